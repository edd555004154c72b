/** Pauses of connections, what connectors remember, the last run of each sweep, and the configuration applied last. */
import type { Database } from './database.js';
import type { Connections } from './ledger.js';
import { type PauseRow, type SweepRow, pauseFromRow, storableJson, storableText, sweepFromRow } from './rows.js';

export const PAUSED = `select connection, paused_by, message, since, write_refused, refused_step, refused_items, refused_settings,
  admitted_items from connection_state where paused_by is not null`;

export function createConnections(database: Database): Connections {
  return { ...createPauses(database), ...createMemory(database), ...createRecords(database) };
}

function createPauses({
  query,
}: Database): Pick<Connections, 'pause' | 'resume' | 'answered' | 'paused' | 'listPaused' | 'mayProbe'> {
  return {
    async pause(connection, reason, message, { writeRefused } = { writeRefused: false }) {
      await query('insert into connection_state (connection) values ($1) on conflict do nothing', [connection]);
      const rows = await query<{ first: boolean }>(PAUSE, [connection, reason, storableText(message), writeRefused]);
      return { first: rows[0]?.first ?? false };
    },

    async resume(connection) {
      const rows = await query(
        `${RESUME}, deletions_accepted_at =
           case when paused_by = 'mass-deletion' then clock_timestamp() else deletions_accepted_at end
         where connection = $1 and paused_by is not null returning 1 as resumed`,
        [connection],
      );
      return rows.length === 1;
    },

    async answered(connection, by) {
      const rows = await query(
        `${RESUME} where connection = $1 and paused_by = 'connection' and (not write_refused or $2) returning 1 as resumed`,
        [connection, by === 'write'],
      );
      return rows.length === 1;
    },

    async paused(connection) {
      const rows = await query<PauseRow>(`${PAUSED} and connection = $1`, [connection]);
      return rows[0] === undefined ? null : pauseFromRow(rows[0]);
    },

    async listPaused() {
      return (await query<PauseRow>(`${PAUSED} order by connection`)).map(pauseFromRow);
    },

    async mayProbe(connection, quietMs) {
      const rows = await query(
        `update connection_state set probed_at = clock_timestamp()
         where connection = $1 and paused_by is not null
           and (probed_at is null or probed_at <= clock_timestamp() - interval '1 minute')
           and ($2::integer is null or greatest(since, probed_at) <= clock_timestamp() - $2 * interval '1 millisecond')
         returning 1 as granted`,
        [connection, quietMs ?? null],
      );
      return rows.length === 1;
    },
  };
}

const RESUME = `update connection_state set paused_by = null, message = null, since = null, probed_at = null,
  write_refused = false, refusal = null, refused_items = '{}', admitted_items = '{}'`;

/**
 * A pause with the reason `connection` ends by itself when a probe succeeds; a person must end every other one. So it
 * never replaces another pause, while any other replaces it. `since` keeps the time of the first.
 */
const PAUSE = `
with before as (
  select paused_by from connection_state where connection = $1 for update
)
update connection_state c set
  paused_by = case when c.paused_by is null or c.paused_by = 'connection' then $2 else c.paused_by end,
  message = case when c.paused_by is null or c.paused_by in ('connection', $2) then $3 else c.message end,
  since = case when c.paused_by is null then clock_timestamp() else c.since end,
  write_refused = (c.paused_by is not null and c.write_refused) or $4
from before where c.connection = $1
returning before.paused_by is null as first`;

function createMemory({ query }: Database): Pick<Connections, 'recall' | 'remember'> {
  return {
    async recall(connection, key) {
      const rows = await query<{ value: string }>(
        'select value from connection_memory where connection = $1 and key = $2',
        [connection, key],
      );
      return rows[0]?.value ?? null;
    },

    async remember(connection, key, value) {
      await query(
        `insert into connection_memory (connection, key, value) values ($1, $2, $3)
         on conflict (connection, key) do update set value = excluded.value`,
        [connection, key, storableText(value)],
      );
    },
  };
}

function createRecords({
  query,
}: Database): Pick<Connections, 'noteSweep' | 'noteSweepTrouble' | 'sweeps' | 'applied' | 'storeApplied'> {
  return {
    async noteSweep({ scheduleId, result, heldBack }) {
      const ended = result !== null || heldBack !== null;
      await query(ended ? SWEEP_ENDED : SWEEP_STARTED, [
        scheduleId,
        ...(ended ? [storableJson(result), storableText(heldBack)] : []),
      ]);
    },

    async noteSweepTrouble(scheduleId, trouble) {
      await query(SWEEP_TROUBLE, [scheduleId, storableText(trouble)]);
    },

    async sweeps() {
      return (await query<SweepRow>('select * from sweep_run order by schedule_id')).map(sweepFromRow);
    },

    async applied() {
      const rows = await query<{ configuration: Readonly<Record<string, unknown>> }>(
        'select configuration from applied_configuration',
      );
      return rows[0]?.configuration ?? null;
    },

    async storeApplied(configuration) {
      await query(
        `insert into applied_configuration (configuration) values ($1)
         on conflict (only_row) do update set configuration = excluded.configuration, applied_at = excluded.applied_at`,
        [storableJson(configuration)],
      );
    },
  };
}

/** The result of the previous run stays until this one ends. */
const SWEEP_STARTED = `
insert into sweep_run (schedule_id, started_at) values ($1, clock_timestamp())
on conflict (schedule_id) do update set started_at = excluded.started_at, ended_at = null`;

const SWEEP_ENDED = `
insert into sweep_run as s (schedule_id, started_at, ended_at, result, held_back)
values ($1, clock_timestamp(), clock_timestamp(), $2, $3)
on conflict (schedule_id) do update set
  started_at = case when s.ended_at is null then s.started_at else excluded.started_at end,
  ended_at = excluded.ended_at, result = excluded.result, held_back = excluded.held_back,
  trouble = null, trouble_since = null`;

const SWEEP_TROUBLE = `
insert into sweep_run as s (schedule_id, started_at, trouble, trouble_since)
values ($1, clock_timestamp(), $2, clock_timestamp())
on conflict (schedule_id) do update set
  trouble = excluded.trouble, trouble_since = coalesce(s.trouble_since, excluded.trouble_since)`;
