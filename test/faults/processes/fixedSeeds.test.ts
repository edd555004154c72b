/** A few fixed seeds in the gate, on the servers that its other tests use: without faults that restart those. */
import { describe, expect, inject, it } from 'vitest';
import { needsTemporal } from '../../harness/servers/needsTemporal.js';
import { sharedServers } from './actions/servers.js';
import type { FaultKind } from './plan/faults.js';
import { drawPlan, faultsOf } from './plan/plan.js';
import { timeline } from './record/timeline.js';
import { run } from './run.js';

const KINDS: readonly FaultKind[] = [
  'kill',
  'reset-after',
  'late',
  'malformed-json',
  'pool-full',
  'webhook-storm',
  'more-items',
  'pause-and-resume',
  'dev-moved',
];

describe('faults/processes/fixedSeeds', () => {
  it.concurrent.each([1, 2])(
    'the run of seed %i breaks no invariant',
    async (seed) => {
      const plan = drawPlan(seed, KINDS);
      const { record, findings } = await run(plan, sharedServers(inject('postgresUrl'), needsTemporal()));
      expect(findings, `${faultsOf(plan)}\n${findings.length === 0 ? '' : timeline(record)}`).toEqual([]);
      expect(record.struck).not.toEqual([]);
    },
    240_000,
  );
});
