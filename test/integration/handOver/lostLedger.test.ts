/**
 * A ledger that was restored from an older copy, or lost together with Temporal: nothing is created twice, and what the
 * dev tool holds is linked again (decision 18; invariants I1 and I2).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  allFollowed,
  CASE_MS,
  copyLedger,
  counts,
  emptyLedger,
  forgetRuns,
  handOverMore,
  ITEMS,
  putBack,
  startStayingReady,
} from '../../harness/deployment/lostLedger.js';
import type { TestDeployment } from '../../harness/deployment/deployment.js';

const HALF = Math.ceil(ITEMS / 2);

describe('integration/handOver/lostLedger: a ledger that was put back or lost', () => {
  let deployment: TestDeployment;
  beforeEach(async () => {
    deployment = await startStayingReady();
  }, 240_000);
  afterEach(async () => {
    await deployment.close();
  }, 120_000);

  const sweep = async (): Promise<void> => {
    expect(await deployment.run('sweep', 'mobile', '--json')).toMatchObject({ exitCode: 0 });
  };

  it(
    'restored to a copy from before half of its items were handed over, it creates none again, and links all again',
    async () => {
      const worker = await deployment.startWorker();
      await handOverMore(deployment, ITEMS - HALF, ITEMS - HALF);
      await copyLedger(deployment);
      await handOverMore(deployment, HALF, ITEMS);
      await worker.stop();

      await putBack(deployment);
      expect(await counts(deployment)).toMatchObject({ devItems: ITEMS, linked: ITEMS - HALF });
      await deployment.startWorker();
      await sweep();
      await allFollowed(deployment, ITEMS);
      const after = await counts(deployment);
      console.log(`restored: ${JSON.stringify({ items: ITEMS, handedOverSince: HALF, ...after })}`);
      expect(after).toEqual({ devItems: ITEMS, duplicates: 0, unlinked: 0, linked: ITEMS });

      await handOverMore(deployment, 1, ITEMS + 1);
      expect(await counts(deployment)).toMatchObject({ devItems: ITEMS + 1, duplicates: 0 });
    },
    CASE_MS,
  );

  it(
    'restored while its worker runs on, it creates none again, and links all again',
    async () => {
      await deployment.startWorker();
      await handOverMore(deployment, ITEMS - HALF, ITEMS - HALF);
      await copyLedger(deployment);
      await handOverMore(deployment, HALF, ITEMS);
      await putBack(deployment);
      await sweep();
      await allFollowed(deployment, ITEMS);
      expect(await counts(deployment)).toEqual({ devItems: ITEMS, duplicates: 0, unlinked: 0, linked: ITEMS });
    },
    CASE_MS,
  );

  it(
    'lost, it is refused by apply while Temporal shows linked runs; lost with Temporal, all is linked again by markers',
    async () => {
      const worker = await deployment.startWorker();
      await handOverMore(deployment, ITEMS, ITEMS);
      await worker.stop();
      await emptyLedger(deployment);
      const refused = await deployment.run('apply');
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(
        new RegExp(`no item of pipeline mobile, but Temporal shows ${ITEMS} runs .*DATABASE_URL.*apply --accept`, 's'),
      );

      await forgetRuns(deployment);
      await deployment.startWorker();
      await sweep();
      await allFollowed(deployment, ITEMS);
      const after = await counts(deployment);
      console.log(`lost with Temporal: ${JSON.stringify({ items: ITEMS, ...after })}`);
      expect(after).toEqual({ devItems: ITEMS, duplicates: 0, unlinked: 0, linked: ITEMS });
    },
    CASE_MS,
  );
});
