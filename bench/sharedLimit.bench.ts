/**
 * Real workers that share one limit on the tool and one on Craft.io: how much of it they use, and how often they exceed
 * it. With two workers, 120 and 240 a minute and 240 items about 3 minutes;
 * `npm run bench -- bench/sharedLimit.bench.ts`.
 */
import { describe, it } from 'vitest';
import type { MountName } from '../sandbox/http/mount.js';
import { startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { completeItems, craftsync, untilLocked } from './measure/services.js';
import { numberFrom, printTable, rounded, type Cell } from './measure/table.js';

const ITEMS = numberFrom('CRAFTSYNC_BENCH_ITEMS', 240);
const WORKERS = numberFrom('CRAFTSYNC_BENCH_WORKERS', 2);
const TOOL_PER_MINUTE = numberFrom('CRAFTSYNC_BENCH_TOOL_PER_MINUTE', 120);
const CRAFT_PER_MINUTE = numberFrom('CRAFTSYNC_BENCH_CRAFT_PER_MINUTE', 240);
const MINUTE_MS = 60_000;

const SIDES = [
  { name: 'the tool', mounts: ['kitemaker-rest', 'kitemaker-graphql'], perMinute: TOOL_PER_MINUTE },
  { name: 'Craft.io', mounts: ['craft-guide'], perMinute: CRAFT_PER_MINUTE },
] as const satisfies readonly { name: string; mounts: readonly MountName[]; perMinute: number }[];

function callsOf({ sandbox }: TestDeployment, mounts: readonly MountName[]) {
  const counts = sandbox.records.counters().filter(({ mount }) => mounts.includes(mount));
  const refused = counts.reduce((sum, { byStatus }) => sum + (byStatus['429'] ?? 0), 0);
  return { all: counts.reduce((sum, { total }) => sum + total, 0), refused };
}

describe('bench/sharedLimit', () => {
  it('hands items over within the limits', async () => {
    const deployment = await startDeployment({
      items: ITEMS,
      behaviour: { craftCustomFields: 'replace' },
      configuration: {
        craft: { rateLimit: { perMinute: CRAFT_PER_MINUTE } },
        km: { rateLimit: { perMinute: TOOL_PER_MINUTE } },
        pipeline: { maxNewPerSweep: 100_000 },
      },
    });
    const { sandbox } = deployment;
    try {
      for (const { mounts, perMinute } of SIDES)
        sandbox.faults.addRule({ mounts, fault: { kind: 'limit', calls: perMinute, windowMs: MINUTE_MS } });
      const ids = completeItems(deployment);
      for (let worker = 0; worker < WORKERS; worker += 1) await deployment.startWorker();
      const startedAt = performance.now();
      await craftsync.startSweep(deployment);
      await untilLocked(deployment, ids);
      const minutes = (performance.now() - startedAt) / MINUTE_MS;
      await craftsync.untilDone(deployment, ids.length);
      const rows = SIDES.map(({ name, mounts, perMinute }): Cell[] => {
        const { all, refused } = callsOf(deployment, mounts);
        return [name, perMinute, rounded(all / ids.length, 2), rounded(all / (perMinute * minutes), 2), refused];
      });
      const head = ['side', 'calls a minute', 'calls for an item', 'of the limit', '429s'];
      printTable(`${WORKERS} workers, ${ids.length} items in ${rounded(minutes, 1)} minutes`, head, rows);
    } finally {
      await deployment.close();
    }
  });
});
