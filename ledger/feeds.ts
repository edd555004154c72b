/**
 * How far each feed has been read, which changes near that point were handed on, that is, woke their items, and which
 * failed to (design 4, Feeds). Invariant I4: a cursor moves in the transaction that stores the failed ones.
 */
import type { DevItemSnapshot } from '../domain/devItem.js';
import type { Database, Query } from './database.js';
import type { FeedCursor, Feeds, PendingChange } from './ledger.js';
import { iso } from './rows.js';

type Move = Parameters<Feeds['advance']>[2];

type CursorRow = Omit<FeedCursor, 'lookedUpAt'> & { readonly now: Date };

export function createFeeds(database: Database): Feeds {
  return { ...createCursors(database), ...createPending(database), ...createInventories(database) };
}

function createCursors(database: Database): Pick<Feeds, 'cursor' | 'woken' | 'advance'> {
  const { query } = database;
  return {
    async cursor(devTool, scope) {
      const [row] = await query<CursorRow>(CURSOR, [devTool, scope]);
      if (row === undefined) throw new Error('a query without conditions gave no row');
      const { now, ...cursor } = row;
      return { ...cursor, lookedUpAt: now.toISOString() };
    },

    async woken(devTool, scope, since) {
      return await query<{ devItemId: string; updatedAt: string }>(
        `select dev_item_id as "devItemId", updated_at as "updatedAt" from handed_on
         where dev_tool = $1 and scope = $2 and updated_time >= $3::timestamptz order by updated_time, dev_item_id`,
        [devTool, scope, since],
      );
    },

    advance: (devTool, scope, move) =>
      database.transaction(async (run) => {
        await storePending(run, move.pending);
        const moved = await moveCursor(run, devTool, scope, move);
        if (moved) await storePairs(run, devTool, scope, move);
        return moved;
      }),
  };
}

function createPending({ query }: Database): Pick<Feeds, 'pending' | 'clearPending'> {
  return {
    async pending(devTool) {
      const rows = await query<{ id: string; snapshot: DevItemSnapshot }>(
        'select dev_item_id as id, snapshot from pending_change where dev_tool = $1 order by stored_at, dev_item_id',
        [devTool],
      );
      return rows.map((row) => ({ devTool, devItemId: row.id, snapshot: row.snapshot }));
    },

    async clearPending({ devTool, devItemId, snapshot }) {
      await query(
        `delete from pending_change where dev_tool = $1 and dev_item_id = $2
           and snapshot->>'updatedAt' is not distinct from $3 and snapshot->>'status' = $4`,
        [devTool, devItemId, snapshot.updatedAt, snapshot.status],
      );
    },
  };
}

function createInventories({ query }: Database): Pick<Feeds, 'lastInventory' | 'noteInventory'> {
  return {
    async lastInventory(devTool, scope) {
      const rows = await query<{ at: Date | null }>(
        'select last_inventory as at from sweep_cursor where dev_tool = $1 and scope = $2',
        [devTool, scope],
      );
      return iso(rows[0]?.at ?? null);
    },

    async noteInventory(devTool, scope) {
      await query(
        `insert into sweep_cursor (dev_tool, scope, last_inventory) values ($1, $2, clock_timestamp())
         on conflict (dev_tool, scope) do update set last_inventory = excluded.last_inventory`,
        [devTool, scope],
      );
    },
  };
}

/** Keeps the newest snapshot of an item; one without a time replaces what is stored. */
async function storePending(run: Query, pending: readonly PendingChange[]): Promise<void> {
  const inOrder = [...pending].sort((a, b) => (a.devItemId < b.devItemId ? -1 : 1));
  for (const change of inOrder) {
    await run(
      `insert into pending_change as p (dev_tool, dev_item_id, snapshot) values ($1, $2, $3)
       on conflict (dev_tool, dev_item_id) do update set snapshot = excluded.snapshot, stored_at = excluded.stored_at
       where coalesce((excluded.snapshot->>'updatedAt')::timestamptz >= (p.snapshot->>'updatedAt')::timestamptz, true)`,
      [change.devTool, change.devItemId, JSON.stringify(change.snapshot)],
    );
  }
}

/** Gives a row even without a cursor. The age of a value is known only if it was noted for this very value. */
const CURSOR = `
select c.value, coalesce(c.version, 0) as version, c.settled_to as "settledTo", clock.now,
  case when c.standing_value = c.value
    then greatest(0, extract(epoch from clock.now - c.standing_since) * 1000)::float8 else 0 end as "standsForMs"
from (select clock_timestamp() as now) clock
left join sweep_cursor c on c.dev_tool = $1 and c.scope = $2`;

const NEWER_VALUE = 'case when $4::text is null or $4::timestamptz <= value::timestamptz then value else $4 end';

/** Compare-and-set by version. The value never goes back; `to: null` leaves it as it is. */
async function moveCursor(run: Query, devTool: string, scope: string, move: Move): Promise<boolean> {
  await run('insert into sweep_cursor (dev_tool, scope) values ($1, $2) on conflict do nothing', [devTool, scope]);
  const moved = await run(
    `update sweep_cursor set version = version + 1,
       value = ${NEWER_VALUE}, standing_value = ${NEWER_VALUE},
       standing_since = case when standing_value = ${NEWER_VALUE} then standing_since else clock_timestamp() end,
       settled_to = case when $5::text is null or $5::timestamptz <= settled_to::timestamptz then settled_to else $5 end
     where dev_tool = $1 and scope = $2 and version = $3 returning 1 as moved`,
    [devTool, scope, move.fromVersion, move.to, move.settledTo ?? null],
  );
  return moved.length === 1;
}

async function storePairs(run: Query, devTool: string, scope: string, move: Move): Promise<void> {
  await run(
    `insert into handed_on (dev_tool, scope, dev_item_id, updated_at, updated_time)
     select $1, $2, id, at, at::timestamptz from unnest($3::text[], $4::text[]) as pair (id, at)
     on conflict do nothing`,
    [devTool, scope, move.woken.map((pair) => pair.devItemId), move.woken.map((pair) => pair.updatedAt)],
  );
  await run('delete from handed_on where dev_tool = $1 and scope = $2 and updated_time < $3::timestamptz', [
    devTool,
    scope,
    move.keepPairsSince,
  ]);
}
