/** What sweeps ask every few minutes is answered without reading what is done, which only grows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPARED_PHASES } from '../../domain/phases.js';
import { openDatabase, type Database, type Query } from '../../ledger/database.js';
import { createHierarchy } from '../../ledger/links/hierarchy.js';
import { createLive } from '../../ledger/links/live.js';
import { createReading } from '../../ledger/links/reading.js';
import { createLog } from '../../ledger/log.js';
import { createRefusals } from '../../ledger/refusals.js';
import { createSnapshots } from '../../ledger/snapshots.js';
import { following, type LedgerFixture, openLedger, PIPELINE } from '../fixtures/ledger.js';

const DONE = 20_000;
const SWEEP = 'sweep-1';

describe('ledger/doneRows', () => {
  let db: LedgerFixture;
  let database: Database;

  beforeAll(async () => {
    db = await openLedger();
    database = openDatabase({ databaseUrl: db.url, applicationName: 'test', maxConnections: 2 });
    for (const id of ['a', 'b', 'c']) await following(db.ledger, id, { scope: 'space-1' });
    await db.sql(
      `insert into item_link (pipeline_id, craft_item_id, dev_tool, dev_item_id, dev_scope, phase, updated_at)
       select '${PIPELINE}', 'done-' || n, 'km', 'done-' || n, 'space-' || n % 3, 'done', now() - interval '1 day'
       from generate_series(1, ${DONE}) n`,
    );
    await db.sql(
      `insert into item_detail (pipeline_id, craft_item_id)
       select '${PIPELINE}', 'done-' || n from generate_series(1, ${DONE}) n`,
    );
    await db.sql(
      `insert into sync_log (at, pipeline_id, craft_item_id, step, outcome, attempt)
       select now() - n * interval '1 minute', '${PIPELINE}', 'done-' || n, 'lockCraftItem', 'done', 1
       from generate_series(1, ${DONE}) n`,
    );
    await db.sql(
      `insert into sweep_item (pipeline_id, sweep_id, craft_item_id) select '${PIPELINE}', '${SWEEP}', 'done-' || n
       from generate_series(1, 20) n`,
    );
    await db.sql('analyze');
  });
  afterAll(async () => {
    await database.close();
    await db.close();
  });

  /** Tables that are read from end to end when `ask` is answered. */
  async function readInFull(ask: (explaining: Database) => Promise<unknown>): Promise<readonly string[]> {
    const plans: string[] = [];
    const query = async (sql: string, values: Parameters<Query>[1] = []) => {
      const plan = await database.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, values);
      plans.push(...plan.map((line) => line['QUERY PLAN']));
      return [];
    };
    await ask({ ...database, query });
    expect(plans).not.toEqual([]);
    return plans.flatMap((line) => /Seq Scan on (item_link|item_detail|sync_log)/.exec(line)?.[1] ?? []);
  }

  it.each<[string, (explaining: Database) => Promise<unknown>]>([
    ['which rows were not touched for long', (given) => createLive(given).idle(PIPELINE, 600_000)],
    [
      'which rows the drift sweep compares',
      (given) => createReading(given).list({ pipeline: PIPELINE, phases: COMPARED_PHASES }),
    ],
    ['which items are blocked', (given) => createSnapshots(given).blocked(PIPELINE, [PIPELINE])],
    ['how many items a sweep has collected', (given) => createSnapshots(given).counts(PIPELINE, SWEEP)],
    ['which of them it starts next', (given) => createSnapshots(given).nextUnknown(PIPELINE, SWEEP, null, 50)],
    ['how many of them are in hand', (given) => createSnapshots(given).inHand(PIPELINE, SWEEP)],
    ['whether a parent is collected', (given) => createHierarchy(given).isCollected('done-1', [PIPELINE])],
    [
      'who waits for a refused pipeline',
      (given) => createRefusals(given).waiting({ pipeline: PIPELINE, craftItemId: 'a' }, 60_000),
    ],
    ['what of the log is too old', (given) => createLog(given).prune(180 * 86_400_000)],
  ])('%s', async (_what, ask) => {
    expect(await readInFull(ask)).toEqual([]);
  });

  it('and the scopes are the right ones all the same', async () => {
    expect(await db.ledger.live.liveScopes('km')).toEqual(['space-0', 'space-1', 'space-2']);
    expect(await db.ledger.live.liveScopes('another')).toEqual([]);
  });
});
