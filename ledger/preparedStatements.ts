/**
 * Statements that are asked often are prepared: the server parses and plans each of them once for a connection, which
 * is half of what it costs (docs/performance.md).
 *
 *  1. A name is made of the text alone. A connection pooler may hand a statement to a connection where another process
 *     has prepared: what has the same name there is the same statement.
 *  2. A server that does not have what was prepared, or cannot use it since a migration has changed a table, says so
 *     before it does anything. It is asked again without a name, and from then on this process prepares nothing.
 *  3. Rare texts are not prepared: each one that is takes memory in every connection.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';

const OFTEN = 5;
const AT_MOST = 200;

/** By SQLSTATE: duplicate and invalid statement names, and a plan whose result has another type by now. */
const CANNOT_USE = ['42P05', '26000', '0A000'];

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

  return async (config) => {
    const name = nameOf(config.text);
    if (name === null) return ask(config);
    try {
      return await ask({ ...config, name });
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || !CANNOT_USE.includes(error.code ?? '')) throw error;
      isOff = true;
      names.clear();
      return ask(config);
    }
  };
}
