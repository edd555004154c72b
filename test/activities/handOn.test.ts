/** Which dev items of a feed are news, with a ledger and runs that answer from memory. */
import { describe, expect, it } from 'vitest';
import { handOn } from '../../src/activities/handOn.js';
import type { ActivityDeps } from '../../src/activities/ports.js';
import type { DevItem } from '../../src/domain/devItem.js';

const SECOND = '2026-11-24T12:00:05Z';
const devItem = (more: Partial<DevItem> = {}): DevItem => ({
  id: 'd-1',
  key: null,
  url: null,
  scope: 's',
  status: 'planned',
  updatedAt: SECOND,
  createdAt: null,
  ...more,
});

/** A followed link that knows the dev item as `planned` at `SECOND`. */
function depsWith(link: object = {}) {
  const woken: string[] = [];
  const row = {
    ...{ pipeline: 'mobile', craftItemId: '1', phase: 'following', devItemId: 'd-1', devItemKey: null },
    ...{ devItemUrl: null, devScope: 's', devStatus: 'planned', devUpdatedAt: SECOND },
    ...link,
  };
  const deps = {
    current: () => Promise.resolve({ settings: { pipelines: {} } }),
    ledger: { links: { byDevItems: () => Promise.resolve([row]), noteWoken: () => Promise.resolve() } },
    itemSyncs: { devItemChanged: (_link: unknown, { status }: DevItem) => Promise.resolve(void woken.push(status)) },
  };
  return { deps: deps as unknown as ActivityDeps, woken };
}

const before = () => true;

describe('src/activities/handOn.ts', () => {
  it('a second change within the second of one that was handed on is handed on, too', async () => {
    const { deps, woken } = depsWith();
    await handOn(deps, 'cd', [devItem({ status: 'in_progress' })], before);
    expect(woken).toEqual(['in_progress']);
  });

  it('what was handed on and is as its row knows it wakes nobody again', async () => {
    const { deps, woken } = depsWith();
    expect(await handOn(deps, 'cd', [devItem()], before)).toMatchObject({ changed: 0, signalled: 0 });
    expect(woken).toEqual([]);
  });

  it('what was handed on and has not reached its row yet wakes nobody again', async () => {
    const { deps, woken } = depsWith({ devUpdatedAt: '2026-11-24T11:00:00Z', devStatus: 'old' });
    await handOn(deps, 'cd', [devItem()], before);
    expect(woken).toEqual([]);
    await handOn(deps, 'cd', [devItem()]);
    expect(woken).toEqual(['planned']);
  });

  it('an item without a time is news only when it differs from its row', async () => {
    const { deps, woken } = depsWith();
    await handOn(deps, 'cd', [devItem({ updatedAt: null })]);
    await handOn(deps, 'cd', [devItem({ updatedAt: null, status: 'completed' })]);
    expect(woken).toEqual(['completed']);
  });
});
