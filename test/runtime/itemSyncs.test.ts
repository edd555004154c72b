/** The loop that wakes runs: what one failure, many items and a cancellation do to it (invariant I6). */
import { describe, expect, it } from 'vitest';

import { wakeEach } from '../../runtime/itemSyncs.js';

const wakes = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    item: { pipeline: 'mobile', craftItemId: String(n) },
    changed: 'craft-item' as const,
  }));

describe('runtime/itemSyncs', () => {
  it('one item that cannot be woken stops no other, and comes back', async () => {
    const woken: string[] = [];
    const wake = wakeEach(({ item: { craftItemId: id } }) => {
      if (id === '3' || id === '41') return Promise.reject(new Error('no server'));
      return Promise.resolve(void woken.push(id));
    });
    const all = wakes(50);
    expect(await wake(all)).toEqual([all[3], all[41]]);
    expect(woken).toHaveLength(48);
  });

  it('at most 20 signals are under way at a time, begun in the order given', async () => {
    let underWay = 0;
    let most = 0;
    const begun: string[] = [];
    const wake = wakeEach(async ({ item }) => {
      begun.push(item.craftItemId);
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay -= 1;
    });
    await wake(wakes(90));
    expect(most).toBe(20);
    expect(begun).toEqual(wakes(90).map(({ item }) => item.craftItemId));
  });

  it('an item counts as woken only after `onWoken` has succeeded for it', async () => {
    const all = wakes(3);
    const told: string[] = [];
    const failed = await wakeEach(() => Promise.resolve())(all, {
      onWoken: ({ item: { craftItemId: id } }) =>
        id === '1' ? Promise.reject(new Error('no ledger')) : Promise.resolve(void told.push(id)),
    });
    expect(failed).toEqual([all[1]]);
    expect(told).toEqual(['0', '2']);
  });

  it('a cancellation ends it between two signals', async () => {
    const cancelled = new AbortController();
    let begun = 0;
    const wake = wakeEach(async () => {
      begun += 1;
      await Promise.resolve();
      if (begun >= 30) cancelled.abort(new Error('cancelled'));
    });
    await expect(wake(wakes(500), { signal: cancelled.signal })).rejects.toThrow('cancelled');
    expect(begun).toBeLessThan(60);
  });
});
