/**
 * Statements that are asked often are prepared: the server parses and plans each of them once for a connection, which
 * is half of what it costs (docs/performance.md).
 *
 *  1. A name is made of the text alone. A connection pooler may hand a statement to a connection where another process
 *     has prepared: what has the same name there is the same statement.
 *  2. A server that does not have what was prepared, or cannot use it since a migration has changed a table (another
 *     result, or values of another type than when it was prepared), answers with an error and has changed nothing. It
 *     is asked again without a name; where it then answers, this process prepares nothing from then on.
 *  3. Rare texts are not prepared: each one that is takes memory in every connection.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';

const OFTEN = 5;
const AT_MOST = 200;

/**
 * Classes of SQLSTATE: a plan whose result has another type by now (0A), a value that is none of the type that its
 * place had (22), invalid and duplicate statement names (26, 42), and operators that do not fit any more (42). Errors
 * that the statement itself has are among them: it is told by the second answer, which is the same then.
 */
const MAY_BE_UNUSABLE = ['0A', '22', '26', '42'];

type Ask = <Row extends object>(config: pg.QueryConfig) => Promise<pg.QueryResult<Row>>;

/** Asks by `ask`, under a name where that is worth it. */
export function preparing(ask: Ask): Ask {
  const timesAsked = new Map<string, number>();
  const names = new Map<string, string>();
  let isOff = false;

  const nameOf = (text: string): string | null => {
    const known = names.get(text);
    if (known !== undefined || isOff || names.size === AT_MOST) return known ?? null;
    const times = (timesAsked.get(text) ?? 0) + 1;
    timesAsked.set(text, times);
    if (times < OFTEN) return null;
    const name = `craftsync_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    names.set(text, name);
    timesAsked.delete(text);
    return name;
  };

  return async <Row extends object>(config: pg.QueryConfig) => {
    const name = nameOf(config.text);
    if (name === null) return ask<Row>(config);
    try {
      return await ask<Row>({ ...config, name });
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || !MAY_BE_UNUSABLE.includes(error.code?.slice(0, 2) ?? '')) throw error;
      const result = await ask<Row>(config);
      isOff = true;
      names.clear();
      return result;
    }
  };
}
