/** Many changes near the cursor: what idle sweeps cost, and that nothing is lost (design 4, Feeds; invariant I4). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { followedSpace, type FollowedSpace } from '../../fixtures/followedSpace.js';

const READ_AFTER_WRITE_MS = 20_000;
const MINUTE_MS = 60_000;

describe('activities/sweeps/progressSweep', { timeout: 60_000 }, () => {
  let space: FollowedSpace;
  beforeEach(async () => {
    space = await followedSpace(READ_AFTER_WRITE_MS);
  });
  afterEach(() => space.close());

  const heardOf = (status: string) => space.heard.filter((news) => news.status === status).length;
  /** As if that much more time had passed since the cursor moved. */
  const cursorStoodFor = (seconds: number) =>
    space.db.sql(`update sweep_cursor set standing_since = standing_since - interval '${seconds} seconds'`);

  it('ten idle sweeps make as many calls after 60 changes at once as with 12 items', async () => {
    space.aheadMs = -MINUTE_MS;
    await space.follow(12);
    await space.sweep();
    const callsForFew = await space.callsOf(10);
    const ids = await space.follow(60);
    space.move(ids, 'In Progress');
    await space.sweep();
    expect(heardOf('In Progress')).toBe(60);
    expect(await space.callsOf(10)).toBe(callsForFew);
  });

  it('the same where the tool tells no time, once the cursor has stood and the space was read again', async () => {
    space.tellsTime = false;
    await space.follow(12);
    await space.sweep();
    const callsForFew = await space.callsOf(10);
    const ids = await space.follow(60);
    space.move(ids, 'In Progress');
    await space.sweep();
    expect(await space.callsOf(2)).toBeGreaterThan(2 * (callsForFew / 10));
    await cursorStoodFor(20);
    expect(await space.callsOf(2)).toBeGreaterThan(2 * (callsForFew / 10));
    await cursorStoodFor(5);
    await space.sweep();
    expect(await space.callsOf(10)).toBe(callsForFew);
  });

  it.each([true, false])(
    'a change that becomes visible late wakes its item, however many came after it (tells time: %s)',
    async (tellsTime) => {
      space.tellsTime = tellsTime;
      const [late = '', ...others] = await space.follow(61);
      await space.sweep();
      space.aheadMs += 10;
      space.lag(READ_AFTER_WRITE_MS);
      space.move([late], 'Done');
      space.lag(1);
      space.aheadMs += 10;
      space.move(others, 'In Progress');
      space.aheadMs += 10;
      for (const _ of [1, 2, 3]) await space.sweep();
      expect([heardOf('In Progress'), heardOf('Done')]).toEqual([60, 0]);
      space.aheadMs += READ_AFTER_WRITE_MS;
      await space.sweep();
      expect(heardOf('Done')).toBe(1);
    },
  );

  it('changes after everything has settled wake their items: one, and more than a page of them', async () => {
    space.aheadMs = -MINUTE_MS;
    const ids = await space.follow(120);
    await space.sweep();
    space.aheadMs += 1;
    space.move(ids.slice(0, 1), 'In Review');
    await space.sweep();
    expect(heardOf('In Review')).toBe(1);
    space.aheadMs += 1;
    space.move(ids, 'Done');
    await space.sweep();
    expect(new Set(space.heard.filter(({ status }) => status === 'Done').map(({ devItemId }) => devItemId)).size).toBe(
      120,
    );
  });
});
