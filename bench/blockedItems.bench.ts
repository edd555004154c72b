/**
 * What blocked items cost while nothing about them changes: calls to Craft.io, history events and statements over ten
 * ready sweeps, with as much time between two sweeps as `sweepEvery`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, it } from 'vitest';
import { itemSyncWorkflowId } from '../domain/ids.js';
import { eventually, startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { sweepReady } from '../test/harness/deployment/followed.js';
import { readyCount } from '../test/harness/deployment/handOverCheck.js';

const ITEMS = Number(process.env['CRAFTSYNC_BENCH_ITEMS'] ?? 1_000);
const SWEEPS = Number(process.env['CRAFTSYNC_BENCH_SWEEPS'] ?? 10);
const SWEEP_EVERY_S = Number(process.env['CRAFTSYNC_BENCH_SWEEP_EVERY_S'] ?? 60);
const DESCRIBED_AT_ONCE = 20;
/** Postgres counts with a delay. */
const COUNTED_AFTER_MS = 12_000;

interface Costs {
  readonly pages: number;
  readonly reads: number;
  readonly writes: number;
  readonly events: number;
  readonly statements: number;
}

async function costsSoFar(deployment: TestDeployment, ids: readonly string[]): Promise<Costs> {
  const counts = deployment.sandbox.records.counters().filter(({ mount }) => mount.startsWith('craft'));
  const sum = (isMeant: (route: string, method: string) => boolean): number =>
    counts.filter(({ route, method }) => isMeant(route, method)).reduce((total, { total: calls }) => total + calls, 0);
  const writes = sum((_, method) => method !== 'GET');
  const reads = sum((route, method) => method === 'GET' && route.startsWith('/item/'));
  const pages = sum((_, method) => method === 'GET') - reads;
  const statements = await transactions(deployment);
  return { pages, reads, writes, events: await historyEvents(deployment, ids), statements };
}

async function historyEvents({ temporal }: TestDeployment, ids: readonly string[]): Promise<number> {
  let events = 0;
  const queue = ids.values();
  const work = async (): Promise<void> => {
    for (const craftItemId of queue) {
      const workflowId = itemSyncWorkflowId({ pipeline: 'mobile', craftItemId });
      const { historyLength } = await temporal.client.workflow.getHandle(workflowId).describe();
      events += historyLength;
    }
  };
  await Promise.all(Array.from({ length: DESCRIBED_AT_ONCE }, work));
  return events;
}

/** Nearly every statement is a transaction of its own. */
async function transactions({ env }: TestDeployment): Promise<number> {
  const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

describe('bench/blockedItems', () => {
  it('leaves blocked items alone', async () => {
    const fields = { effort: { from: 'customFields.nobody_fills_this', required: true } };
    const pipeline = { fields, sweepEvery: `${SWEEP_EVERY_S} seconds`, maxNewPerSweep: 100_000 };
    const deployment = await startDeployment({ items: ITEMS, configuration: { pipeline } });
    try {
      await deployment.startWorker();
      await sweepReady(deployment);
      const ready = readyCount(deployment);
      const blocked = await eventually(
        async () => {
          const links = await deployment.ledger.links.list({ pipeline: 'mobile', phases: ['blocked'] });
          return links.length === ready && links;
        },
        `${ready} items are blocked`,
        600_000,
      );
      const ids = blocked.map(({ craftItemId }) => craftItemId);
      await sleep(COUNTED_AFTER_MS);
      const before = await costsSoFar(deployment, ids);
      for (let swept = 0; swept < SWEEPS; swept += 1) {
        await Promise.all([sweepReady(deployment), sleep(SWEEP_EVERY_S * 1_000)]);
      }
      await sleep(COUNTED_AFTER_MS);
      const after = await costsSoFar(deployment, ids);
      const spent = (name: keyof Costs): number => after[name] - before[name];
      process.stdout.write(
        [
          `${ids.length} blocked items, ${SWEEPS} sweeps, ${SWEEP_EVERY_S} s apart:`,
          `  calls to Craft.io: ${spent('pages')} for the listing, ${spent('reads')} for single items, ${spent('writes')} writes`,
          `  history events of the items: ${spent('events')}`,
          `  statements: ${spent('statements')}`,
          '',
        ].join('\n'),
      );
    } finally {
      await deployment.close();
    }
  });
});
