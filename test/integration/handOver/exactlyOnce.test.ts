/**
 * Exactly once while answers are lost, late or wrong (I1, I2). To run it in full: harness/deployment/exactlyOnce.ts.
 */
import { afterEach, describe, it } from 'vitest';
import type { FaultPlan } from '../../../sandbox/http/faults.js';
import {
  CASE_MS,
  creates,
  expectAllHandedOver,
  LATE_COMMIT_MS,
  LIST_LAG_MS,
  startFaulty,
  sweepInBackground,
  type FaultyDeployment,
} from '../../harness/deployment/exactlyOnce.js';

let deployment: FaultyDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

async function start(faults: FaultPlan = {}): Promise<FaultyDeployment> {
  deployment = await startFaulty(faults);
  return deployment;
}

describe('integration/handOver/exactlyOnce', () => {
  it.each([
    ['a fifth of the answers to creates is lost after the commit', { rules: [lost(0.2, true)] }],
    ['a fifth of the creates is lost before the commit', { rules: [lost(0.2, false)] }],
    ['answers are lost and lists lag behind', { rules: [lost(0.2, true)], listLagMs: { kitemaker: LIST_LAG_MS } }],
    [
      'the tool commits after the client gave up',
      {
        rules: [
          {
            mounts: ['kitemaker-rest'],
            methods: ['POST'],
            routes: ['/workitem'],
            share: 0.2,
            fault: { kind: 'late-commit', afterMs: LATE_COMMIT_MS, from: 'client-gone', silence: 'hang' },
          },
        ],
      },
    ],
    [
      'creates are answered with 500 after the commit, and with HTML',
      {
        rules: [
          { ...creates(0.1), fault: { kind: 'status', status: 500, applied: true } },
          { ...creates(0.1), fault: { kind: 'html', applied: true } },
          { ...creates(0.1), fault: { kind: 'truncated', applied: true } },
        ],
      },
    ],
    [
      'a fifth of the answers to PUTs to Craft.io is lost',
      {
        rules: [
          {
            mounts: ['craft-guide'],
            methods: ['PUT'],
            share: 0.2,
            fault: { kind: 'lose-answer', applied: true, silence: 'reset' },
          },
        ],
      },
    ],
  ] satisfies [string, FaultPlan][])(
    'creates and locks each item once when %s',
    async (_what, faults) => {
      const deployed = await start(faults);
      await deployed.startWorker();
      await sweepInBackground(deployed);
      await expectAllHandedOver(deployed);
    },
    CASE_MS,
  );
});

function lost(share: number, applied: boolean): NonNullable<FaultPlan['rules']>[number] {
  return { ...creates(share), fault: { kind: 'lose-answer', applied, silence: 'reset' } };
}
