/**
 * kill -9 of all workers while many items wait for budget: until the next useful call, with workers started again at
 * once, as a supervisor does. About 6 minutes; `npm run bench -- bench/killedWorkers.bench.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import type { Program } from '../test/harness/servers/program.js';
import { craftsync } from './measure/services.js';
import { median, numberFrom, printTable, rounded, say } from './measure/table.js';

const ITEMS = numberFrom('CRAFTSYNC_BENCH_ITEMS', 1_000);
const WORKERS = numberFrom('CRAFTSYNC_BENCH_WORKERS', 2);
const KILLS = numberFrom('CRAFTSYNC_BENCH_KILLS', 10);
/** So slow that nearly all still wait at the end, so fast that a slot is never far. */
const PER_MINUTE = numberFrom('CRAFTSYNC_BENCH_PER_MINUTE', 60);
const BETWEEN_KILLS_MS = 15_000;
const GIVES_UP_AFTER_MS = 120_000;

/** Resolves when a dev item is made or a Craft item written. */
function nextWrite({ sandbox }: TestDeployment): Promise<number> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(
      () =>
        reject(new Error('nothing was written: were all items handed over before? Ask for more, or for a lower limit')),
      GIVES_UP_AFTER_MS,
    );
    const end = sandbox.onChange(() => {
      clearTimeout(tooLate);
      end();
      resolve(performance.now());
    });
  });
}

describe('bench/killedWorkers', () => {
  it('goes on after all workers were killed', async () => {
    const deployment = await startDeployment({
      items: ITEMS,
      configuration: {
        km: { rateLimit: { perMinute: PER_MINUTE } },
        pipeline: { maxNewPerSweep: 100_000 },
      },
    });
    try {
      const start = (): Promise<Program[]> =>
        Promise.all(Array.from({ length: WORKERS }, () => deployment.startWorker()));
      let workers = await start();
      await craftsync.startSweep(deployment);
      await nextWrite(deployment);
      const times: { readonly polls: number; readonly writes: number }[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(BETWEEN_KILLS_MS);
        await Promise.all(workers.map((worker) => worker.kill()));
        const killedAt = performance.now();
        const written = nextWrite(deployment);
        workers = await start();
        const polls = performance.now() - killedAt;
        times.push({ polls, writes: (await written) - killedAt });
        say(`${rounded((times.at(-1)?.writes ?? 0) / 1_000, 1)} s`);
      }
      const seconds = (pick: (time: (typeof times)[number]) => number): string => {
        const all = times.map((time) => pick(time) / 1_000);
        return `${rounded(median(all), 1)} (${rounded(Math.min(...all), 1)} to ${rounded(Math.max(...all), 1)})`;
      };
      const rows = [
        ['all workers poll again', seconds(({ polls }) => polls)],
        ['the next useful call', seconds(({ writes }) => writes)],
      ];
      const title = `kill -9 of ${WORKERS} workers under ${ITEMS} items at ${PER_MINUTE} a minute, ${KILLS} times`;
      printTable(title, ['until', 's: median (range)'], rows);
    } finally {
      await deployment.close();
    }
  });
});
