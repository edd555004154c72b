/** From stored deliveries to woken runs, with a ledger in memory: what is marked, and what stays (design 4, Inbox). */
import { describe, expect, it } from 'vitest';

import type { ItemLink } from '../../domain/link.js';
import type { StoredDelivery } from '../../ledger/ledger.js';
import { wakeItems, wakeWaiting, type InboxDeps } from '../../webhooks/wakeItems.js';
import { linkWith } from '../fixtures/links.js';

const delivery = (id: string, devItemIds: readonly string[] | null): StoredDelivery => ({
  id,
  devTool: 'km',
  devItemIds,
});
const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);

function setUp(rows: readonly ItemLink[], waiting: readonly StoredDelivery[][] = []) {
  const noted = { marked: [] as string[], failed: [] as string[], woken: [] as string[] };
  const unreachable = new Set<string>();
  const batches = [...waiting];
  const deps = {
    ledger: {
      inbox: {
        markWoken: (ids: readonly string[]) => Promise.resolve(void noted.marked.push(...ids)),
        noteFailed: (ids: readonly string[]) => Promise.resolve(void noted.failed.push(...ids)),
        takeWaiting: () => Promise.resolve(batches.shift() ?? []),
      },
      links: {
        byDevItems: (_tool: string, ids: readonly string[]) =>
          Promise.resolve(rows.filter(({ devItemId }) => ids.includes(devItemId ?? ''))),
      },
    },
    wake: (links: readonly ItemLink[]) => {
      const failed = links.filter(({ devItemId }) => unreachable.has(devItemId ?? ''));
      noted.woken.push(...links.filter((one) => !failed.includes(one)).map(({ devItemId }) => devItemId ?? ''));
      return Promise.resolve(failed);
    },
  };
  return { deps: deps as unknown as InboxDeps, noted, unreachable };
}

const following = (devItemId: string, phase: ItemLink['phase'] = 'following') => linkWith({ devItemId, phase });

describe('webhooks/wakeItems', () => {
  it('wakes each run once, however many deliveries name its item', async () => {
    const { deps, noted } = setUp([following('a'), following('b')]);
    const told = await wakeItems(deps, 'km', [delivery('1', ['a']), delivery('2', ['a', 'b', 'unknown'])], no);
    expect(told).toEqual({ marked: 2, woken: 2, left: [] });
    expect(noted).toEqual({ marked: ['1', '2'], failed: [], woken: ['a', 'b'] });
  });

  it.each(['released', 'not-ready', 'paused'] as const)(
    'wakes no item that is %s, and marks the delivery',
    async (phase) => {
      const { deps, noted } = setUp([following('a', phase), following('b', 'done')]);
      await wakeItems(deps, 'km', [delivery('1', ['a']), delivery('2', ['b'])], no);
      expect(noted).toMatchObject({ marked: ['1', '2'], woken: ['b'] });
    },
  );

  it('leaves unmarked each delivery that names an item which could not be woken', async () => {
    const { deps, noted, unreachable } = setUp([following('a'), following('b')]);
    unreachable.add('b');
    const both = delivery('2', ['a', 'b']);
    expect(await wakeItems(deps, 'km', [delivery('1', ['a']), both], no)).toEqual({
      marked: 1,
      woken: 1,
      left: [both],
    });
    expect(noted).toMatchObject({ marked: ['1'], failed: ['2'] });
  });

  it('leaves a delivery that names no item until the feeds are read', async () => {
    const { deps, noted } = setUp([]);
    const nameless = delivery('1', null);
    expect((await wakeItems(deps, 'km', [nameless], no)).left).toEqual([nameless]);
    expect(noted).toMatchObject({ marked: [], failed: [] });
    expect((await wakeItems(deps, 'km', [nameless], yes)).left).toEqual([]);
    expect(noted.marked).toEqual(['1']);
  });

  it('a progress sweep takes what is waiting, batch by batch, and stops at the first that is refused', async () => {
    const batches = [[delivery('1', ['a'])], [delivery('2', ['b'])], [delivery('3', ['a'])]];
    const { deps, noted, unreachable } = setUp([following('a'), following('b')], batches);
    unreachable.add('b');
    expect(await wakeWaiting(deps, 'km', new AbortController().signal)).toBe(1);
    expect(noted).toEqual({ marked: ['1'], failed: ['2'], woken: ['a'] });
  });

  it('a progress sweep that is cancelled takes nothing more', async () => {
    const { deps, noted } = setUp([following('a')], [[delivery('1', ['a'])]]);
    await expect(wakeWaiting(deps, 'km', AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
    expect(noted.woken).toEqual([]);
  });
});
