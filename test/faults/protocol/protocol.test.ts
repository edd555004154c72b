/**
 * Fixed seeds of the protocol's fault runner, and the deliberate defects that it must catch: each with the plan that
 * caught it (caught.json, written by `npm run test:protocol -- --defects --write`).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeCopy, withDefect, type Copy } from './copy.js';
import { DEFECTS } from './defects.js';
import type { Caught } from './hunt.js';
import { runShard, type Result } from './shards.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SHARD = 'test/faults/protocol/shard.ts';
const CAUGHT = JSON.parse(readFileSync(new URL('caught.json', import.meta.url), 'utf8')) as Record<string, Caught>;

/** Of faults that are mended. */
const FOUND = JSON.parse(readFileSync(new URL('found.json', import.meta.url), 'utf8')) as Record<
  string,
  Caught['plan']
>;

/** A change of the product may move a step that a plan hits by its number: events are tried a little to both sides. */
const STEPS_AROUND = 24;

function around(plan: Caught['plan']): Caught['plan'][] {
  const moves = Array.from({ length: 2 * STEPS_AROUND + 1 }, (_, n) => n - STEPS_AROUND);
  const movable = plan.events.flatMap(({ after }, nth) => (after === 0 ? [] : [nth]));
  return movable.flatMap((nth) =>
    moves.map((by) => ({
      ...plan,
      events: plan.events.map((event, n) => (n === nth ? { ...event, after: Math.max(0, event.after + by) } : event)),
    })),
  );
}

describe('faults/protocol/protocol', { timeout: 240_000 }, () => {
  let copy: Copy;
  beforeAll(async () => {
    copy = await makeCopy(ROOT);
  }, 240_000);
  afterAll(() => copy.remove());
  const run = (options: Parameters<typeof runShard>[2], of = copy): Promise<Result> =>
    runShard(of.scriptOf(SHARD), inject('postgresUrl'), options);

  it('the product keeps its promises in the runs of fixed seeds', async () => {
    const results = await Promise.all([11, 12].map((seed) => run({ seed, runs: 12, countOnly: true })));
    expect(results.flatMap(({ seen }) => seen)).toEqual([]);
    expect(results.map(({ passed }) => passed)).toEqual([12, 12]);
  });

  it('the same seed gives the same steps in the same order', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => run({ seed: 13, runs: 4, traces: true })));
    expect(one?.traces).toHaveLength(4);
    expect(two?.traces).toEqual(one?.traces);
  });

  it('the product passes in the plans that have found its faults', async () => {
    expect((await run({ seed: 0, runs: 0, plans: Object.values(FOUND) })).seen).toEqual([]);
  });

  it('the product passes in every plan that catches a defect', async () => {
    const plans = Object.values(CAUGHT).map(({ plan }) => plan);
    expect((await run({ seed: 0, runs: 0, plans })).seen).toEqual([]);
  });

  it.concurrent.each(DEFECTS)('catches: $name', async ({ name, patches, caughtBy }) => {
    const plan = CAUGHT[name]?.plan;
    if (plan === undefined) throw new Error('no plan that catches it is kept');
    const broken = await withDefect(copy, ROOT, patches);
    try {
      const caught = async (plans: Caught['plan'][]): Promise<readonly string[]> => {
        const { seen } = await run({ seed: 0, runs: 0, plans }, broken);
        return seen.filter((line) => caughtBy.some((check) => line.startsWith(`${check}: `)));
      };
      const atOnce = await caught([plan]);
      expect(atOnce.length > 0 ? atOnce : await caught(around(plan))).not.toEqual([]);
    } finally {
      await broken.remove();
    }
  });

  it('a defect whose code is not there any more is told', async () => {
    const gone = { file: 'domain/ids.ts', from: 'what is not there', to: '' };
    await expect(withDefect(copy, ROOT, [gone])).rejects.toThrow(
      '0 times in domain/ids.ts, not once: what is not there',
    );
    const unused = { file: 'clients/main.ts', from: 'process.exitCode', to: '' };
    await expect(withDefect(copy, ROOT, [unused])).rejects.toThrow('clients/main.ts');
  });
});
