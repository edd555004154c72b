/** A step that failed for good: which items are set aside, and which keep their phase. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { setAside } from '../../../activities/step/setAside.js';
import type { StepResult } from '../../../domain/itemState.js';
import { PHASES, type Phase } from '../../../domain/phases.js';
import { handedOver, type HandedOver } from '../../fixtures/handedOver.js';

describe('activities/step/setAside', { timeout: 60_000 }, () => {
  let over: HandedOver;
  beforeAll(async () => {
    over = await handedOver();
  }, 60_000);
  afterAll(() => over.close());

  async function failIn(phase: Phase): Promise<StepResult['state']> {
    const { item, deps } = over;
    const why = { phase, blockedBy: phase === 'paused' ? ('operator' as const) : null, lastError: 'as it was' };
    await deps.ledger.phases.set(item, why);
    const step = (): Promise<StepResult> => setAside(deps, item, { reason: 'tool-down', message: 'km: 503' });
    const { state }: StepResult = await new MockActivityEnvironment().run(step);
    return state;
  }

  const AS_IT_WAS = ['paused', 'released', 'not-ready'] as const;
  const SHOWN = ['orphaned', 'done'] as const;

  it.each(AS_IT_WAS)('a failure changes nothing of an item that is %s; the log says so', async (phase) => {
    const blockedBy = phase === 'paused' ? 'operator' : null;
    expect(await failIn(phase)).toMatchObject({ phase, blockedBy, lastError: 'as it was' });
    const last = (await over.deps.ledger.log.read({ limit: 1 })).at(-1);
    expect(last).toMatchObject({ outcome: 'failed', detail: 'tool-down: km: 503' });
  });

  it.each(SHOWN)('an item that is %s keeps its phase, and shows the failure', async (phase) => {
    expect(await failIn(phase)).toMatchObject({ phase, blockedBy: 'tool-down', lastError: 'km: 503' });
  });

  const others = PHASES.filter((phase) => ![...AS_IT_WAS, ...SHOWN].some((kept) => kept === phase));
  it.each(others)('an item that is %s is blocked', async (phase) => {
    expect(await failIn(phase)).toMatchObject({ phase: 'blocked', blockedBy: 'tool-down', lastError: 'km: 503' });
  });
});
