/**
 * Many items that wait for budget, and what else has to go on meanwhile: how often they ask, what of Craft.io they
 * read, whether they are served in the order in which they became ready; the delay of progress and of a `resync`.
 * `CRAFTSYNC_BENCH_MINUTES` (8) of it, whatever is left then; `npm run bench -- bench/waitingItems.bench.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, it } from 'vitest';
import { itemSyncWorkflowId } from '../domain/ids.js';
import type { ItemLink } from '../domain/link.js';
import { seedReadyItems } from '../sandbox/seeding/seedWorld.js';
import { startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { craftField, move, sweepProgress, update } from '../test/harness/deployment/followed.js';
import { costOf } from './measure/histories.js';
import { completeItems, craftsync, untilLocked } from './measure/services.js';
import { statementsIn } from './measure/statements.js';
import { median, numberFrom, printTable, rounded, say, type Cell } from './measure/table.js';

const ITEMS = numberFrom('CRAFTSYNC_BENCH_ITEMS', 1_000);
const FOLLOWED = numberFrom('CRAFTSYNC_BENCH_FOLLOWED', 50);
const PER_MINUTE = numberFrom('CRAFTSYNC_BENCH_PER_MINUTE', 60);
const MINUTES = numberFrom('CRAFTSYNC_BENCH_MINUTES', 8);
const WORKERS = numberFrom('CRAFTSYNC_BENCH_WORKERS', 1);
const MINUTE_MS = 60_000;
/** What others do meanwhile is done so often. */
const OTHERS_EVERY_MS = 15_000;

interface Delays {
  readonly progressMs: number[];
  readonly resyncMs: number[];
}

/** People move followed items, and look at some by hand, until the time is over. */
async function others(deployment: TestDeployment, links: readonly ItemLink[], untilMs: number): Promise<Delays> {
  const delays: Delays = { progressMs: [], resyncMs: [] };
  const under: Promise<unknown>[] = [];
  for (const [at, link] of links.entries()) {
    if (performance.now() + OTHERS_EVERY_MS > untilMs) break;
    under.push(
      at % 3 === 2
        ? timed(delays.resyncMs, () => update(deployment, link, 'resyncNow', {}))
        : progress(deployment, link, delays),
    );
    await sleep(OTHERS_EVERY_MS);
  }
  await Promise.all(under);
  return delays;
}

/** From the move until Craft.io shows it; the sweep that finds it begins with the move. */
function progress(deployment: TestDeployment, link: ItemLink, { progressMs }: Delays): Promise<void> {
  return timed(progressMs, async () => {
    move(deployment, link, 'In Progress');
    await sweepProgress(deployment);
    while (craftField(deployment, link, 'dev_status') !== 'In development') await sleep(50);
  });
}

async function timed(times: number[], work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  times.push(performance.now() - startedAt);
}

/** How often each item's create was tried or told to wait, by the log. */
async function attemptsOf(databaseUrl: string, ids: readonly string[]): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) as count from sync_log where craft_item_id = any($1::text[]) and step = 'createDevItem'`,
      [ids],
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

/** The share of pairs that were created in another order than that in which they are listed; 0.5 is chance. */
function inversions(ready: readonly string[], created: readonly string[]): number {
  const place = new Map(ready.map((id, at) => [id, at]));
  const places = created.map((id) => place.get(id) ?? 0);
  let swapped = 0;
  for (const [at, own] of places.entries()) for (const later of places.slice(at + 1)) if (later < own) swapped += 1;
  return swapped / Math.max(1, (places.length * (places.length - 1)) / 2);
}

/** Craft ids in the order in which their dev items were made. */
function createdIn({ sandbox }: TestDeployment, ids: readonly string[]): readonly string[] {
  const meant = new Set(ids);
  return [...sandbox.world.tools.kitemaker.world.workItems.values()].flatMap(({ description }) => {
    const id = /craftsync:mobile\/(\d+)\//.exec(description)?.[1];
    return id !== undefined && meant.has(id) ? [id] : [];
  });
}

function craftReads({ sandbox }: TestDeployment): number {
  return sandbox.records
    .counters()
    .filter(({ mount, method, route }) => mount.startsWith('craft') && method === 'GET' && route.startsWith('/item/'))
    .reduce((sum, { total }) => sum + total, 0);
}

function refusals({ sandbox }: TestDeployment): number {
  return sandbox.records.counters().reduce((sum, { byStatus }) => sum + (byStatus['429'] ?? 0), 0);
}

async function follow(deployment: TestDeployment): Promise<readonly ItemLink[]> {
  for (let worker = 0; worker < WORKERS; worker += 1) await deployment.startWorker();
  const ids = completeItems(deployment);
  await craftsync.startSweep(deployment);
  await untilLocked(deployment, ids);
  await craftsync.untilDone(deployment, ids.length);
  return deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
}

describe('bench/waitingItems', () => {
  it('serves those who wait', async () => {
    const pipeline = { maxNewPerSweep: 100_000 };
    const deployment = await startDeployment({ items: FOLLOWED, configuration: { pipeline } });
    const { sandbox, temporal } = deployment;
    const databaseUrl = deployment.env['DATABASE_URL'] ?? '';
    try {
      const links = await follow(deployment);
      await deployment.configure({ pipeline, km: { rateLimit: { perMinute: PER_MINUTE } } });
      const limit = { kind: 'limit', calls: PER_MINUTE, windowMs: MINUTE_MS } as const;
      sandbox.faults.addRule({ mounts: ['kitemaker-rest', 'kitemaker-graphql'], fault: limit });
      // Workers look at a changed file with their next question.
      await sleep(2_000);
      const ready = seedReadyItems(sandbox.world, ITEMS);
      const before = { reads: craftReads(deployment), statements: await statementsIn(databaseUrl) };
      const startedAt = performance.now();
      const untilMs = startedAt + MINUTES * MINUTE_MS;
      await craftsync.startSweep(deployment);
      const delays = await others(deployment, links, untilMs);
      await Promise.race([untilLocked(deployment, ready), sleep(Math.max(0, untilMs - performance.now()))]);
      const minutes = (performance.now() - startedAt) / MINUTE_MS;
      const created = createdIn(deployment, ready);
      say(`${created.length} created`);
      const attempts = await attemptsOf(databaseUrl, created);
      const { events } = await costOf(temporal.client, created.slice(0, 100).map(workflowOf));
      const statements = (await statementsIn(databaseUrl)) - before.statements;
      const rows: Cell[][] = [
        ['created', `${created.length} in ${rounded(minutes, 1)} min`],
        ['of the limit', rounded(created.length / (PER_MINUTE * minutes), 2)],
        ['429s of our own making', refusals(deployment)],
        ['lines of the log about the create, per item', rounded(attempts / created.length, 2)],
        ['Craft.io reads of one item, per item', rounded((craftReads(deployment) - before.reads) / created.length, 2)],
        ['history events per item', rounded(events / Math.min(100, created.length), 1)],
        ['statements per item', rounded(statements / created.length, 1)],
        ['pairs out of order', `${rounded(inversions(ready, created) * 100, 1)} %`],
        [`progress meanwhile, ${delays.progressMs.length} moves: median, longest`, words(delays.progressMs)],
        [`resync meanwhile, ${delays.resyncMs.length} times: median, longest`, words(delays.resyncMs)],
      ];
      printTable(`${ITEMS} items at ${PER_MINUTE} a minute, ${WORKERS} worker(s)`, ['what', 'figure'], rows);
    } finally {
      await deployment.close();
    }
  });
});

function workflowOf(craftItemId: string): string {
  return itemSyncWorkflowId({ pipeline: 'mobile', craftItemId });
}

function words(times: readonly number[]): string {
  return times.length === 0
    ? '–'
    : `${rounded(median(times) / 1_000, 1)} s, ${rounded(Math.max(...times) / 1_000, 1)} s`;
}
