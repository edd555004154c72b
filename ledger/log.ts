/** The sync log: appended to, read, pruned; never changed. */
import type { Database } from './database.js';
import type { SyncLog } from './ledger.js';
import { type LogRow, logEntryFromRow, storableText } from './rows.js';

const OTHERS_PASSED = `
with failed as (
  select id from sync_log
  where pipeline_id = $1 and craft_item_id = $2 and outcome in ('unavailable', 'ambiguous')
  order by id desc limit $3
)
select exists (
  select 1 from sync_log
  where pipeline_id = $1 and craft_item_id <> $2 and outcome = any($4::text[]) and id > (select min(id) from failed)
) as passed`;

export function createLog({ query }: Database): SyncLog {
  return {
    async append(entry) {
      await query(
        `insert into sync_log (pipeline_id, craft_item_id, step, outcome, attempt, detail, workflow_id, run_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          entry.pipeline,
          entry.craftItemId,
          entry.step,
          entry.outcome,
          entry.attempt,
          storableText(entry.detail),
          entry.workflowId,
          entry.runId,
        ],
      );
    },

    async read({ pipeline, craftItemId, afterId, limit }) {
      const following = afterId !== undefined;
      const rows = await query<LogRow>(
        `select * from sync_log
         where ($1::text is null or pipeline_id = $1) and ($2::text is null or craft_item_id = $2) and id > $3
         order by id ${following ? 'asc' : 'desc'} limit $4`,
        [pipeline ?? null, craftItemId ?? null, afterId ?? '0', limit],
      );
      const entries = rows.map(logEntryFromRow);
      return following ? entries : entries.reverse();
    },

    async othersPassed({ pipeline, craftItemId }, { failures, accepted }) {
      const rows = await query<{ passed: boolean }>(OTHERS_PASSED, [pipeline, craftItemId, failures, accepted]);
      return rows[0]?.passed ?? false;
    },

    // By `now()`: a clock that may move within a statement is looked up in no index.
    async prune(keepMs) {
      const rows = await query<{ count: number }>(
        `with pruned as (
           delete from sync_log where at < now() - $1 * interval '1 millisecond' returning 1
         ) select count(*)::int as count from pruned`,
        [keepMs],
      );
      return rows[0]?.count ?? 0;
    },
  };
}
