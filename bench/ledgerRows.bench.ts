/**
 * Whether what is done costs: commands, pages and sweeps with a small ledger and with a large one, whose other rows are
 * all `done`. About 3 minutes; `npm run bench -- bench/ledgerRows.bench.ts`.
 */
import pg from 'pg';
import { describe, it } from 'vitest';
import { startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { sweepDrift, sweepProgress, sweepReady } from '../test/harness/deployment/followed.js';
import { completeItems, craftsync, untilLocked } from './measure/services.js';
import { costsIn, shortened, type StatementCost } from './measure/statements.js';
import { median, numberFrom, numbersFrom, printTable, rounded, say, type Cell } from './measure/table.js';

const ROWS = numbersFrom('CRAFTSYNC_BENCH_ROWS', '1000,100000');
const LIVE = numberFrom('CRAFTSYNC_BENCH_ITEMS', 50);
const TIMES = numberFrom('CRAFTSYNC_BENCH_TURNS', 3);

interface Measured {
  /** What was done → seconds, each time. */
  readonly seconds: ReadonlyMap<string, readonly number[]>;
  readonly statements: ReadonlyMap<string, StatementCost>;
}

async function measure(deployment: TestDeployment, listenerUrl: string): Promise<Measured> {
  const databaseUrl = deployment.env['DATABASE_URL'] ?? '';
  const seconds = new Map<string, number[]>();
  const time = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const startedAt = performance.now();
    await work();
    say(name);
    seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - startedAt) / 1_000]);
  };
  const command = (...args: string[]): Promise<void> =>
    time(`craftsync ${args.join(' ')}`, async () => {
      const { exitCode, stderr } = await deployment.run(...args);
      if (exitCode !== 0) throw new Error(`craftsync ${args.join(' ')}: ${stderr}`);
    });
  const page = (path: string): Promise<void> =>
    time(`page ${path}`, async () => {
      const answer = await fetch(`${listenerUrl}${path}`);
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await answer.text();
    });
  const before = await byText(databaseUrl);
  for (let turn = 0; turn < TIMES; turn += 1) {
    await command('status');
    await command('status', '--json');
    await command('status', 'mobile', 'OLD-1');
    await command('log', 'mobile');
    await command('sweep', 'mobile');
    await command('progress', 'km');
    await time('ready sweep', () => sweepReady(deployment));
    await time('progress sweep', () => sweepProgress(deployment));
    await time('drift sweep', () => sweepDrift(deployment));
    for (const path of ['/', '/metrics', '/readyz']) await page(path);
  }
  return { seconds, statements: since(before, await byText(databaseUrl)) };
}

async function byText(databaseUrl: string): Promise<ReadonlyMap<string, StatementCost>> {
  const costs = await costsIn(databaseUrl);
  return new Map(costs.map((cost) => [cost.sql, cost]));
}

function since(before: ReadonlyMap<string, StatementCost>, after: ReadonlyMap<string, StatementCost>) {
  return new Map(
    [...after].map(([sql, { calls, totalMs }]) => {
      const earlier = before.get(sql) ?? { calls: 0, totalMs: 0 };
      return [sql, { sql, calls: calls - earlier.calls, totalMs: totalMs - earlier.totalMs }];
    }),
  );
}

/** Rows as hand-overs leave them, of items that both sides have removed since: nobody reads them again. */
async function fillUp(databaseUrl: string, from: number, to: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(DONE_LINKS, [from, to]);
    await client.query(DONE_DETAILS, [from, to]);
    await client.query(DONE_LOG, [from, to]);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

const DONE_LINKS = `
insert into item_link (pipeline_id, craft_item_id, craft_short_id, dev_tool, dev_item_id, dev_item_key, dev_item_url,
  dev_scope, dev_status, phase, claim_token, claimed_at, send_before, sent_at, linked_at, locked_at, handed_over,
  fingerprint, last_progress, dev_updated_at, updated_at)
select 'mobile', (9000000000000000000 + n)::text, 'OLD-' || n, 'km', 'old-' || n, 'OLD-' || n, 'https://km.example/' || n,
  (select dev_scope from item_link where dev_scope is not null limit 1), 'Done', 'done', gen_random_uuid(), at, at, at, at,
  at, '{"values":{"title":"An item that was handed over long ago","description":"It has been done since."}}',
  md5(n::text), '{"dev_status":"Done"}', at, at
from generate_series($1::int + 1, $2::int) n, lateral (select clock_timestamp() - n * interval '1 minute') t (at)`;

const DONE_DETAILS = `
insert into item_detail (pipeline_id, craft_item_id, craft_url, missing_since, settling_since)
select 'mobile', (9000000000000000000 + n)::text, 'https://craft.example/' || n, clock_timestamp(), clock_timestamp() - n * interval '1 minute'
from generate_series($1::int + 1, $2::int) n`;

const DONE_LOG = `
insert into sync_log (at, pipeline_id, craft_item_id, step, outcome, attempt)
select clock_timestamp() - n * interval '1 minute', 'mobile', (9000000000000000000 + n)::text, step, 'done', 1
from generate_series($1::int + 1, $2::int) n, unnest(array['createDevItem', 'lockCraftItem', 'pushProgress']) step`;

/** Milliseconds of one time, on average. */
function meanMs({ calls, totalMs }: StatementCost): number {
  return calls === 0 ? 0 : totalMs / calls;
}

/** The statements that take longest in the largest ledger, and how long they took in the smallest. */
function statementRows(small: Measured, large: Measured): Cell[][] {
  const costs = [...large.statements.values()].filter(({ calls }) => calls > 0);
  return costs
    .sort((a, b) => meanMs(b) - meanMs(a))
    .slice(0, 12)
    .map((cost) => {
      const before = small.statements.get(cost.sql);
      return [
        shortened(cost.sql),
        before === undefined ? '–' : rounded(meanMs(before), 2),
        rounded(meanMs(cost), 2),
        cost.calls,
      ];
    });
}

describe('bench/ledgerRows', () => {
  it('reads small and large ledgers', async () => {
    const deployment = await startDeployment({ items: LIVE });
    const databaseUrl = deployment.env['DATABASE_URL'] ?? '';
    try {
      await deployment.startWorker();
      const ids = completeItems(deployment);
      await craftsync.startSweep(deployment);
      await untilLocked(deployment, ids);
      await craftsync.untilDone(deployment, ids.length);
      // With it the inventory of the day is done.
      await sweepProgress(deployment);
      const { url } = await deployment.startListener();
      const measured: Measured[] = [];
      let filled = 0;
      for (const rows of ROWS) {
        await fillUp(databaseUrl, filled, rows);
        filled = rows;
        measured.push(await measure(deployment, url));
      }
      const [small, large] = [measured[0], measured.at(-1)];
      if (small === undefined || large === undefined) return;
      const names = [...large.seconds.keys()];
      const rows = names.map((name) => [
        name,
        ...measured.map(({ seconds }) => rounded(median(seconds.get(name) ?? []), 2)),
      ]);
      const columns = ROWS.map((count) => `s at ${count.toLocaleString('en')} rows`);
      printTable(`${LIVE} items at work, the other rows done; medians of ${TIMES}`, ['what', ...columns], rows);
      const head = ['statement', `ms at ${ROWS[0] ?? 0} rows`, `ms at ${ROWS.at(-1) ?? 0} rows`, 'times'];
      printTable('The statements that take longest', head, statementRows(small, large));
    } finally {
      await deployment.close();
    }
  });
});
