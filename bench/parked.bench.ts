/**
 * Many items that rest: what a sweep over all of them costs, what their runs hold in a worker's memory and what a wake
 * costs with a run in the worker's cache and out of it, a worker's restart under them, and sweeps that find nothing.
 * With 2,000 items about 5 minutes, with 10,000 about 20; `npm run bench -- bench/parked.bench.ts`.
 */
import { describe, it } from 'vitest';
import type { ItemLink } from '../domain/link.js';
import { startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { move, signal, sweepDrift, sweepProgress, sweepReady } from '../test/harness/deployment/followed.js';
import type { Program } from '../test/harness/servers/program.js';
import { cpuBetween, cpuNow, memoryNowMb } from './measure/processes.js';
import { completeItems, craftsync, untilLocked } from './measure/services.js';
import { costsIn, shortened, statementsIn, type StatementCost } from './measure/statements.js';
import { median, numberFrom, numbersFrom, printTable, quantile, rounded, say, type Cell } from './measure/table.js';

const ITEMS = numberFrom('CRAFTSYNC_BENCH_ITEMS', 2_000);
const BOUNDS = numbersFrom('CRAFTSYNC_BENCH_CACHED_RUNS', '100,150,500');
const WAKES = numberFrom('CRAFTSYNC_BENCH_WAKES', 100);
/** The first worker keeps so many: a run takes up to half a megabyte, and Node gives a process four gigabytes. */
const FULL = Math.min(ITEMS, numberFrom('CRAFTSYNC_BENCH_FULL_CACHE', 3_000));
const WRITTEN_WITHIN_MS = 60_000;

function startWorker(deployment: TestDeployment, cachedRuns: number): Promise<Program> {
  return deployment.startWorker({ CRAFTSYNC_WORKER_CACHED_RUNS: String(cachedRuns) });
}

/** Resolves with the milliseconds from a move in the tool, and the word of it, until Craft.io was written. */
async function wake(deployment: TestDeployment, link: ItemLink, status: string): Promise<number> {
  const written = new Promise<number>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error('nothing was written')), WRITTEN_WITHIN_MS);
    const end = deployment.sandbox.onChange(({ side, id }) => {
      if (side !== 'craft' || id !== link.craftItemId) return;
      clearTimeout(tooLate);
      end();
      resolve(performance.now());
    });
  });
  const movedAt = performance.now();
  move(deployment, link, status);
  await signal(deployment, link, 'devItemChanged', {});
  return (await written) - movedAt;
}

/** One after the other; a row of the table. */
async function wakes(
  deployment: TestDeployment,
  { worker, links, status, what }: { worker: Program; links: readonly ItemLink[]; status: string; what: string },
): Promise<Cell[]> {
  const before = cpuNow([worker.pid]);
  const times: number[] = [];
  for (const link of links) times.push(await wake(deployment, link, status));
  const { workers, temporal } = cpuBetween(before, cpuNow([worker.pid]));
  return [
    what,
    rounded(median(times)),
    rounded(quantile(times, 0.99)),
    rounded(workers / links.length, 1),
    rounded(temporal / links.length, 1),
    rounded(memoryNowMb([worker.pid])),
  ];
}

async function sweepCost(deployment: TestDeployment, name: string, sweep: () => Promise<unknown>): Promise<Cell[]> {
  const databaseUrl = deployment.env['DATABASE_URL'] ?? '';
  const { records } = deployment.sandbox;
  const before = { calls: records.total(), statements: await statementsIn(databaseUrl) };
  const startedAt = performance.now();
  await sweep();
  const seconds = (performance.now() - startedAt) / 1_000;
  const statements = (await statementsIn(databaseUrl)) - before.statements;
  return [name, records.total() - before.calls, statements, rounded(seconds, 1)];
}

async function handOverAll(deployment: TestDeployment, worker: Program): Promise<Cell[][]> {
  const ids = completeItems(deployment);
  const rows: Cell[][] = [];
  const memoryAtRest = memoryNowMb([worker.pid]);
  let startedAt = performance.now();
  await craftsync.startSweep(deployment);
  for (const part of [0.25, 0.5, 0.75, 1]) {
    const until = ids.length * part;
    await untilLocked(deployment, ids, until);
    const seconds = (performance.now() - startedAt) / 1_000;
    startedAt = performance.now();
    const rate = ids.length / 4 / seconds;
    rows.push([`${rounded(until)} handed over`, rounded(rate, 1), rounded(memoryNowMb([worker.pid]) - memoryAtRest)]);
  }
  await craftsync.untilDone(deployment, ids.length);
  return rows;
}

/** A worker that has just been started under the parked items: 50 of them move at once. */
async function restart(deployment: TestDeployment, links: readonly ItemLink[], bound: number) {
  const startedAt = performance.now();
  const worker = await startWorker(deployment, bound);
  const startMs = performance.now() - startedAt;
  const times = await Promise.all(links.map((link) => wake(deployment, link, 'In Progress')));
  const memory = rounded(memoryNowMb([worker.pid]));
  const row = [`${bound}`, rounded(startMs / 1_000, 1), rounded(median(times)), rounded(Math.max(...times)), memory];
  return { worker, row };
}

function printCostliest(costs: readonly StatementCost[]): void {
  const rows = costs.slice(0, 5).map(({ sql, calls, totalMs }) => [shortened(sql), calls, rounded(totalMs)]);
  printTable('The costliest statements', ['statement', 'times', 'ms in all'], rows);
}

describe('bench/parked', () => {
  it('leaves many items at rest', async () => {
    const deployment = await startDeployment({
      items: ITEMS,
      configuration: { pipeline: { maxNewPerSweep: 100_000 } },
      behaviour: { craftCustomFields: 'replace' },
    });
    try {
      let worker = await startWorker(deployment, FULL);
      const handedOver = await handOverAll(deployment, worker);
      printTable(`One sweep of ${ITEMS} items`, ['so far', 'items/s since', 'MB more in the worker'], handedOver);
      const links = [...(await deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] }))];
      // The newest first: those are in the cache.
      links.sort((a, b) => (b.lockedAt ?? '').localeCompare(a.lockedAt ?? ''));
      const some = (count = WAKES): ItemLink[] => links.splice(0, count);
      const woken: Cell[][] = [];
      const status = 'In Progress';
      woken.push(await wakes(deployment, { worker, links: some(), status, what: `${FULL} kept, in the cache` }));
      const restarts: Cell[][] = [];
      for (const bound of BOUNDS) {
        await worker.kill();
        const begun = await restart(deployment, some(50), bound);
        worker = begun.worker;
        restarts.push(begun.row);
        const cold = some();
        woken.push(await wakes(deployment, { worker, links: cold, status, what: `${bound} kept, out of the cache` }));
        // No more than fit: else each would drive out the next.
        const warm = cold.slice(-Math.min(WAKES, bound / 2));
        woken.push(await wakes(deployment, { worker, links: warm, status: 'Done', what: `${bound} kept, in it` }));
        say(`${bound} runs kept: measured`);
      }
      const head = ['runs', 'wake, median ms', 'p99 ms', 'worker CPU ms', 'Temporal CPU ms', 'MB of the worker'];
      printTable('A wake, from the move to the write', head, woken);
      const restartHead = ['runs kept', 'until it polls, s', '50 moves: median ms', 'the last, ms', 'MB'];
      printTable('A worker that is started again', restartHead, restarts);
      const sweeps = [
        await sweepCost(deployment, 'ready sweep', () => sweepReady(deployment)),
        await sweepCost(deployment, 'progress sweep', () => sweepProgress(deployment)),
        await sweepCost(deployment, 'progress sweep again', () => sweepProgress(deployment)),
        await sweepCost(deployment, 'drift sweep', () => sweepDrift(deployment)),
      ];
      printTable(`Sweeps over ${ITEMS} items at rest`, ['sweep', 'calls', 'statements', 'seconds'], sweeps);
      printCostliest(await costsIn(deployment.env['DATABASE_URL'] ?? ''));
    } finally {
      await deployment.close();
    }
  });
});
