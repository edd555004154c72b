/** Who compares a pipeline's markers, and why that could not be done. Times are by the database's clock. */
import type { Reason } from '../../domain/phases.js';
import type { Database, Query } from '../database.js';
import { storableText } from '../rows.js';
import type { Claim, Continuity, OpenComparison } from './continuity.js';

export type Claims = Pick<Continuity, 'claim' | 'renew' | 'postpone' | 'fail' | 'openComparisons'>;

interface OpenRow extends Omit<OpenComparison, 'trouble'> {
  readonly trouble: string | null;
  readonly reason: Reason | null;
}

export function createClaims({ query }: Database): Claims {
  return {
    async claim(pipeline, devTool, forMs) {
      const [row] = await query<{ token: string; failures: number }>(CLAIM, [pipeline, devTool, forMs]);
      if (row !== undefined) {
        return { status: 'claimed', claim: { pipeline, devTool, token: row.token }, failures: row.failures };
      }
      const [busy] = await query<OpenRow>(`${OPEN} where pipeline_id = $1 and dev_tool = $2`, [pipeline, devTool]);
      const none = { pipeline, devTool, trouble: null, failures: 0, underWayMs: null, againInMs: 0 };
      return { status: 'busy', ...(busy === undefined ? none : openOf(busy)) };
    },

    async renew(claim, forMs) {
      const rows = await query(
        `update marker_comparison set claimed_until = clock_timestamp() + $4 * interval '1 millisecond'
         where ${HELD} returning 1 as renewed`,
        [...valuesOf(claim), forMs],
      );
      return rows.length === 1;
    },

    async postpone(claim, ms, wait) {
      await query(
        `update marker_comparison set ${ENDED}, trouble = coalesce($5, trouble), reason = coalesce($6, reason)
         where ${HELD}`,
        [...valuesOf(claim), ms, storableText(wait?.why ?? null), wait?.reason ?? null],
      );
    },

    async fail(claim, ms, { reason, why }) {
      await query(
        `update marker_comparison set ${ENDED}, trouble = $5, reason = $6, failures = failures + 1 where ${HELD}`,
        [...valuesOf(claim), ms, storableText(why), reason],
      );
    },

    async openComparisons() {
      const rows = await query<OpenRow>(
        `${OPEN} where trouble is not null or claimed_until > clock_timestamp() order by 1, 2`,
      );
      return rows.map(openOf);
    },
  };
}

/** Whether the claim is held still; the transaction keeps it until its end. */
export async function holds(query: Query, claim: Claim): Promise<boolean> {
  const rows = await query(`select 1 as held from marker_comparison where ${HELD} for update`, valuesOf(claim));
  return rows.length === 1;
}

function valuesOf({ pipeline, devTool, token }: Claim): string[] {
  return [pipeline, devTool, token];
}

function openOf({ trouble, reason, ...open }: OpenRow): OpenComparison {
  // Workers of the release before noted no reason: there it was always an answer that was no use.
  return { ...open, trouble: trouble === null ? null : { reason: reason ?? 'bad-answer', why: trouble } };
}

/** $1 to $3: the claim. */
export const HELD = 'pipeline_id = $1 and dev_tool = $2 and claim_token::text = $3';

const ENDED = `claim_token = null, claimed_until = clock_timestamp() + $4 * interval '1 millisecond'`;

/** Whoever held the claim neither renewed nor ended it. */
const RAN_OUT = 'c.claim_token is not null';

/**
 * The trouble stays until a comparison was made, so that whoever asks meanwhile learns of it. A claim that ran out
 * counts as a failure; the first one, most likely of a worker that was killed, is not shown.
 */
const CLAIM = `
insert into marker_comparison as c (pipeline_id, dev_tool, claimed_until, claim_token, begun_at)
values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond', gen_random_uuid(), clock_timestamp())
on conflict (pipeline_id, dev_tool) do update set claimed_until = excluded.claimed_until,
  claim_token = excluded.claim_token, begun_at = excluded.begun_at, failures = c.failures + (${RAN_OUT})::integer,
  (trouble, reason) = (
    select case when shown then 'it came to no end: whoever compared was stopped, or lost the ledger' else c.trouble end,
      case when shown then 'unexpected' else c.reason end
    from (select ${RAN_OUT} and c.failures > 0 as shown) as ran_out
  )
where c.claimed_until is null or c.claimed_until < clock_timestamp()
returning claim_token as token, failures`;

const OPEN = `
select pipeline_id as pipeline, dev_tool as "devTool", trouble, reason, failures,
  case when claim_token is not null and claimed_until > clock_timestamp()
    then floor(extract(epoch from clock_timestamp() - begun_at) * 1000)::float8 end as "underWayMs",
  greatest(0, coalesce(ceil(extract(epoch from claimed_until - clock_timestamp()) * 1000), 0))::float8 as "againInMs"
from marker_comparison`;
