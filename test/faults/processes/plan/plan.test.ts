import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from './faults.js';
import { drawPlan, faultsOf, readPlan, shorterPlans } from './plan.js';

describe('faults/processes/plan/plan', () => {
  it('draws the same plan from the same seed, and others from others', () => {
    expect(drawPlan(7)).toEqual(drawPlan(7));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => faultsOf(drawPlan(seed)))).size).toBeGreaterThan(3);
  });

  it('draws every kind of fault within a batch of two hundred', () => {
    const plans = Array.from({ length: 200 }, (_, seed) => drawPlan(seed));
    const drawn = new Set(plans.flatMap(({ injections }) => injections.map(({ fault }) => fault.kind)));
    expect(FAULT_KINDS.filter((kind) => !drawn.has(kind))).toEqual([]);
  });

  it('draws only the kinds that were asked for', () => {
    expect(faultsOf(drawPlan(3, ['kill']))).toBe('kill');
  });

  it('is read back as it was printed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-test-'));
    const path = join(folder, 'plan.json');
    await writeFile(path, JSON.stringify(drawPlan(11)));
    expect(readPlan(path)).toEqual(drawPlan(11));
    await rm(folder, { recursive: true });
  });

  it('is shortened by one fault at a time', () => {
    const plan = drawPlan(5);
    const lengths = shorterPlans(plan).map(({ injections }) => injections.length);
    expect(lengths).toEqual(plan.injections.map(() => plan.injections.length - 1));
  });
});
