/**
 * A dev item that became feedback is told once, whatever happens to the attempts (design 3, Comments are creates too).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { tellDevItem } from '../../../activities/feedback/tellDevItem.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import type { DevToolSettings } from '../../../domain/settings.js';
import type { Submissions } from '../../../ledger/ledger.js';
import { followedSpace, type FollowedSpace } from '../../fixtures/followedSpace.js';
import { gate } from '../../harness/gate.js';

const LATE = { timeoutMs: 1_000, lateWriteMs: 60_000, readAfterWriteMs: 10_000 } as DevToolSettings;

describe('activities/feedback/tellDevItem', { timeout: 60_000 }, () => {
  let space: FollowedSpace;
  let tool: DevToolConnector;
  let ref: { portal: string; origin: string; reference: string };
  let noted: string[];
  beforeEach(async () => {
    space = await followedSpace(10_000);
    tool = (await space.deps.current()).devTool('km');
    const [reference = ''] = await space.follow(1);
    ref = { portal: 'p', origin: 'km', reference };
    noted = [];
    const { submissions } = space.db.ledger;
    const texts = { title: 'Dark mode', description: '', category: null, submitter: null };
    const named = { ref: 'r', devItemKey: null, devItemUrl: null, devScope: space.scope, intake: 'from-support' };
    await submissions.collect([{ ...ref, ...named, ...texts }]);
    const { token } = await submissions.takeLease(ref, 5_000);
    await submissions.noteSent(ref, token);
    await submissions.storeSubmitted(ref, token, { id: 'f-1', link: null });
  });
  afterEach(() => space.close());

  /** One attempt, with the row as it is when it begins. */
  async function attempt(own: Partial<Submissions> = {}): Promise<string | null> {
    const submissions = { ...space.db.ledger.submissions, ...own };
    const row = await submissions.get(ref);
    if (row === null) throw new Error('the submission has no row');
    const note = (outcome: string): Promise<void> => Promise.resolve(void noted.push(outcome));
    const now = () => space.db.ledger.now();
    const call = { callClass: 'hand-over' } as const;
    const wait = await tellDevItem({ submissions, now, tool, toolSettings: LATE, call, note }, row);
    return wait?.why ?? null;
  }
  const comments = () => space.sandbox.world.tools.kitemaker.world.commentsOf(ref.reference);

  it('is told once by two attempts after each other', async () => {
    expect([await attempt(), await attempt()]).toEqual([null, null]);
    expect(comments()).toHaveLength(1);
    expect(noted).toEqual(['told']);
  });

  const places = ['takeLease', 'noteCommentSent'] as const;
  it.each(places)('is not told by an attempt that was stopped before %s while another told it', async (place) => {
    const { submissions } = space.db.ledger;
    const stop = gate();
    const slow = attempt({ [place]: stop.before(submissions[place] as (...args: unknown[]) => Promise<unknown>) });
    await stop.reached;
    expect(await attempt()).toBeNull();
    stop.open();
    expect(await slow).toBe('another attempt is under way');
    expect(comments()).toHaveLength(1);
  });

  it('that is told and done is not waited for by an attempt that was stopped', async () => {
    const { submissions } = space.db.ledger;
    const stop = gate();
    const slow = attempt({ takeLease: stop.before(submissions.takeLease) });
    await stop.reached;
    expect(await attempt()).toBeNull();
    await submissions.finish(ref);
    stop.open();
    expect(await slow).toBeNull();
    expect(comments()).toHaveLength(1);
  });

  it('is told by one of two attempts at the same moment, or by the next', async () => {
    await Promise.all([attempt(), attempt()]);
    expect(comments().length).toBeLessThanOrEqual(1);
    await space.db.sql(`update feedback_submission set send_before = send_before - interval '2 minutes'`);
    expect(await attempt()).toBeNull();
    expect(comments()).toHaveLength(1);
  });
});
