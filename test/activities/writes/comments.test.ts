/** A comment is posted once, whatever happens to its answers (design 3, Comments are creates too). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { commentOnce } from '../../../activities/writes/comments.js';
import type { ActivityDeps } from '../../../activities/ports.js';
import { runStep } from '../../../activities/step/step.js';
import { ToolError } from '../../../domain/errors.js';
import type { StepResult, Wait } from '../../../domain/itemState.js';
import type { Fault } from '../../../sandbox/http/faults.js';
import { followedSpace, type FollowedSpace } from '../../fixtures/followedSpace.js';
import { gate } from '../../harness/gate.js';

const EVENT = 'released-1';

/** Refuses as a connector does that knows before the request that the tool takes no comments on the item. */
const refuse = () => Promise.reject(new ToolError('invalid', 'no', { connection: 'km', notSent: true }));

describe('activities/writes/comments', { timeout: 60_000 }, () => {
  let space: FollowedSpace;
  let devItemId: string;
  beforeEach(async () => {
    space = await followedSpace(10_000);
    [devItemId = ''] = await space.follow(1);
  });
  afterEach(() => space.close());

  /** One attempt of a step that comments; resolves with its wait. */
  async function attempt(deps: ActivityDeps = space.deps): Promise<Wait | null> {
    const item = { pipeline: 'mobile', craftItemId: `craft-${devItemId}` };
    const step = (): Promise<StepResult> =>
      runStep(deps, item, async (ctx) => {
        const wait = await commentOnce(ctx, EVENT, 'No longer synced with Craft.io.');
        return wait === null ? undefined : { wait };
      });
    const result: StepResult = await new MockActivityEnvironment().run(step);
    return result.wait ?? null;
  }
  const strikeNext = (fault: Fault): void => {
    const at = { mounts: ['kitemaker-rest' as const], methods: ['POST'], routes: ['/comment'] };
    space.sandbox.faults.add({ rules: [{ ...at, next: 1, fault }] });
  };
  const comments = () => space.sandbox.world.tools.kitemaker.world.commentsOf(devItemId);
  const requests = () => space.sandbox.records.total();
  const outcomes = async () =>
    (await space.deps.ledger.log.read({ limit: 100 })).map(({ outcome }) => outcome).filter((one) => one !== 'blocked');
  const passed = (seconds: number) => space.db.sql(`update sync_log set at = at - interval '${seconds} seconds'`);

  it('is posted, and then neither posted nor looked for again, even where lists lag', async () => {
    space.lag(60_000);
    expect(await attempt()).toBeNull();
    const before = requests();
    expect(await attempt()).toBeNull();
    expect([requests(), comments().length]).toEqual([before, 1]);
  });

  it('whose answer is lost and which is applied late is waited for, then found', async () => {
    strikeNext({ kind: 'late-commit', afterMs: 500, from: 'arrival', silence: 'reset' });
    const wait = await attempt();
    // 5 seconds to send, 1 of the time-out, 60 of late writes, 10 until it is seen.
    expect(wait?.ms).toBeGreaterThan(60_000);
    expect(wait?.ms).toBeLessThanOrEqual(76_000);
    const before = requests();
    expect(await attempt()).toMatchObject({ why: expect.stringContaining('comment was lost') as string });
    expect(requests()).toBe(before);
    await expect.poll(() => comments().length).toBe(1);
    await passed(76);
    expect(await attempt()).toBeNull();
    expect(comments()).toHaveLength(1);
  });

  it('whose answer is lost and which was not applied is posted again, after the same wait', async () => {
    strikeNext({ kind: 'lose-answer', applied: false, silence: 'reset' });
    expect(await attempt()).not.toBeNull();
    await passed(60);
    expect(await attempt()).not.toBeNull();
    await passed(16);
    expect(await attempt()).toBeNull();
    expect(comments()).toHaveLength(1);
  });

  it('is not repeated where the tool cannot list its comments, and the log says so', async () => {
    const deps: ActivityDeps = {
      ...space.deps,
      async current() {
        const current = await space.deps.current();
        const { comments: own, ...tool } = current.devTool('km');
        if (own === undefined) throw new Error('Kitemaker has comments');
        return { ...current, devTool: () => ({ ...tool, comments: { ...own, find: async () => 'unknown' } }) };
      },
    };
    strikeNext({ kind: 'lose-answer', applied: false, silence: 'reset' });
    expect(await attempt(deps)).not.toBeNull();
    await passed(76);
    expect(await attempt(deps)).toBeNull();
    expect(comments()).toEqual([]);
    expect(await outcomes()).toContain('comment-not-repeated');
  });

  it.each([
    ['has no comments', {}, 'km-like has no comments'],
    ['takes none of this item', { comments: { post: refuse, find: () => Promise.resolve('absent' as const) } }, 'no'],
  ])('is left out where the tool %s, and the log says so', async (_which, own, why) => {
    const deps: ActivityDeps = {
      ...space.deps,
      async current() {
        const current = await space.deps.current();
        const { comments: _, ...tool } = current.devTool('km');
        return { ...current, devTool: () => ({ ...tool, type: 'km-like', ...own }) };
      },
    };
    expect(await attempt(deps)).toBeNull();
    const log = await space.deps.ledger.log.read({ limit: 100 });
    expect(log.at(-1)).toMatchObject({ outcome: 'comment-impossible', detail: `${EVENT}: ${why}` });
  });

  it('that was clearly refused is posted by the next attempt, without a wait', async () => {
    strikeNext({ kind: 'rate-limit', retryAfter: 'seconds', seconds: 3 });
    expect(await attempt()).toMatchObject({ reason: 'rate-limit' });
    expect(await attempt()).toBeNull();
    expect(comments()).toHaveLength(1);
  });

  it('is left out after ten attempts without an answer', async () => {
    for (let n = 0; n < 10; n += 1) {
      strikeNext({ kind: 'lose-answer', applied: false, silence: 'reset' });
      expect(await attempt()).not.toBeNull();
      await passed(76);
    }
    expect(await attempt()).toBeNull();
    expect([comments(), (await outcomes()).at(-1)]).toEqual([[], 'comment-not-repeated']);
  });

  it('is posted once by many attempts at the same moment', async () => {
    await Promise.all(Array.from({ length: 5 }, () => attempt()));
    expect(comments().length).toBeLessThanOrEqual(1);
    await passed(76);
    expect(await attempt()).toBeNull();
    expect(comments()).toHaveLength(1);
  });

  it('is not posted by a process that was stopped while another, whose lease it had read, noted its attempt', async () => {
    const [lease, note] = [gate(), gate()];
    const { ledger } = space.deps;
    const slow: ActivityDeps = {
      ...space.deps,
      ledger: { ...ledger, leases: { ...ledger.leases, take: lease.before(ledger.leases.take) } },
    };
    const slower: ActivityDeps = {
      ...space.deps,
      ledger: { ...ledger, log: { ...ledger.log, append: note.before(ledger.log.append) } },
    };
    const first = attempt(slower);
    await note.reached;
    const second = attempt(slow);
    await lease.reached;
    note.open();
    expect(await first).toBeNull();
    lease.open();
    expect(await second).toMatchObject({ why: 'another attempt is under way' });
    expect(comments()).toHaveLength(1);
  });
});
