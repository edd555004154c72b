import { MockActivityEnvironment } from '@temporalio/testing';
import type { ApplicationFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSweepStep } from '../../../activities/step/sweepStep.js';
import { readRetryAfter } from '../../../connectors/http/retryAfter.js';
import { ToolError } from '../../../domain/errors.js';
import { begin, openLedger, PIPELINE, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

const tooMany = () => {
  const retryInMs = readRetryAfter({ 'retry-after': '60' });
  return Promise.reject(new ToolError('rate-limited', 'km: over the limit', { connection: 'km', retryInMs }));
};

describe.each([0, -1, 1])(
  "activities/step/rateLimit: with this process's clock off by %i hours, Retry-After: 60",
  (hours) => {
    let db: LedgerFixture;

    beforeEach(async () => {
      db = await openLedger();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    });
    afterEach(async () => {
      vi.useRealTimers();
      await db.close();
    });

    it('lets an item wait for a minute, by the clock of the ledger', async () => {
      const systems = memorySystems(db);
      await begin(db.ledger, 'a');
      const { wait } = await systems.step({ pipeline: PIPELINE, craftItemId: 'a' }, tooMany);
      expect(wait?.ms).toBe(60_000);
      const inMs = Date.parse(wait?.until ?? '') - (await db.ledger.now()).getTime();
      expect(Math.abs(inMs - 60_000)).toBeLessThan(5_000);
    });

    it('lets a sweep wait for a minute', async () => {
      const { deps } = memorySystems(db);
      const failure = await new MockActivityEnvironment()
        .run(() => runSweepStep(deps, 'km', tooMany))
        .catch((error: unknown) => error as ApplicationFailure);
      expect((failure as ApplicationFailure).nextRetryDelay).toBe(60_000);
    });
  },
);
