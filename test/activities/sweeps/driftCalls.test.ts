/** What a drift sweep costs: it does not grow with what is in Craft.io, nor with what is done (design 3, Drift). */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ActivityDeps } from '../../../activities/ports.js';
import { compareListing } from '../../../activities/sweeps/driftSweep.js';
import type { CraftSource } from '../../../domain/craftItem.js';
import type { DriftSweepResult } from '../../../domain/messages.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';
import { lock } from '../../fixtures/craftItems.js';
import { following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { PORTFOLIO, WORKSPACE } from '../../connectors/craft/craftServer.js';
import { idOf, item as itemJson, open, type SetUp } from '../../connectors/craft/setUp.js';

const WEEKS_AGO = '2026-11-01T10:00:00.000Z';
const items = (many: number) => Array.from({ length: many }, (_, n) => itemJson(n + 1, { updateTime: WEEKS_AGO }));

describe('activities/sweeps/driftCalls', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let woken: string[];
  let deps: ActivityDeps;
  let made: SetUp;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    woken = [];
  });
  afterEach(() => db.close());

  const start = async (options: Parameters<typeof open>[0], source: CraftSource = { workspace: WORKSPACE }) => {
    made = await open(options);
    systems.settings = settingsOf([{ ...pipelineOf('mobile', { source }), lock }]);
    const wake = wakeEach(({ item }) => Promise.resolve(void woken.push(item.craftItemId)));
    const current = async () => ({ ...(await systems.deps.current()), craft: made.craft });
    deps = { ...systems.deps, current, itemSyncs: { ...systems.deps.itemSyncs, wake } };
  };
  const follow = async (...numbers: number[]) => {
    for (const n of numbers) await following(db.ledger, idOf(n));
  };
  const edit = (n: number, updateTime: string) => {
    const all = made.server.options.initiatives ?? made.server.options.items ?? [];
    all[n - 1] = itemJson(n, { title: 'edited', updateTime });
  };
  /** The calls of one sweep: pages of the list, and single reads. */
  const sweep = async () => {
    woken.length = 0;
    const before = made.server.requests.length;
    await new MockActivityEnvironment().run((): Promise<DriftSweepResult> => compareListing(deps, 'mobile'));
    const calls = made.server.requests.slice(before);
    const isList = (path: string) => path.startsWith('/workspace/') || path.startsWith('/portfolio/');
    const pages = calls.filter(({ path }) => isList(path)).length;
    return { pages, singly: calls.length - pages };
  };

  /** A first sweep, and a later one that sees nothing newer. */
  const settle = async () => {
    await sweep();
    await db.sql(
      `update connection_memory set value = (value::jsonb || '{"seenBy": "2026-11-01T11:00:00Z"}')::text where key like 'drift-%'`,
    );
    await sweep();
  };

  it('the Swagger is asked for what was updated since the last sweep alone, and nothing updated is missed', async () => {
    await start({ dialect: 'swagger', items: items(450) });
    await follow(1, 2, 3, 4, 5, 6, 7);
    edit(450, '2026-11-21T10:00:00.000Z');
    expect(await sweep()).toEqual({ pages: 5, singly: 0 });
    expect(await sweep()).toEqual({ pages: 1, singly: 0 });
    expect(woken).toEqual([]);
    edit(3, '2026-11-21T09:55:00.000Z');
    edit(5, '2026-11-21T10:30:00.000Z');
    expect(await sweep()).toEqual({ pages: 1, singly: 0 });
    expect(woken).toEqual([idOf(3), idOf(5)]);
  });

  it('what moves over the edge of a page while changes are read is compared in the same sweep', async () => {
    await start({ dialect: 'swagger', items: items(250) });
    await follow(101);
    await settle();
    for (let n = 1; n <= 250; n += 1) edit(n, '2026-11-21T10:00:00.000Z');
    let moved = false;
    made.server.options.intercept = ({ query }) => {
      const all = made.server.options.items ?? [];
      // The first of page 1 is updated, and listed last from then on.
      if (query['page'] === '2' && !moved) all.push(...all.splice(0, 1));
      moved ||= query['page'] === '2';
      return null;
    };
    expect(await sweep()).toEqual({ pages: 9, singly: 0 });
    expect(woken).toEqual([idOf(101)]);
  });

  it('once a day everything is compared, so that what left the listing is looked for', async () => {
    await start({ dialect: 'swagger', items: items(150) });
    await follow(1, 2, 3, 4);
    await settle();
    (made.server.options.items ?? []).splice(1, 1);
    expect([await sweep(), woken]).toEqual([{ pages: 1, singly: 0 }, []]);
    await db.sql(
      `update connection_memory set value = (value::jsonb || '{"wholeAt": "2026-01-01T00:00:00Z"}')::text where key like 'drift-%'`,
    );
    expect(await sweep()).toEqual({ pages: 2, singly: 1 });
    expect(woken).toContain(idOf(2));
  });

  it('a sweep that could not read everything, or tell it, is no beginning for the next one', async () => {
    await start({ dialect: 'swagger', items: items(150) });
    await follow(1, 2, 3, 4);
    made.server.options.intercept = ({ query }) => (query['page'] === '2' ? { status: 503, body: {} } : null);
    await expect(sweep()).rejects.toThrow();
    made.server.options.intercept = () => null;
    expect(await sweep()).toEqual({ pages: 2, singly: 0 });
    await settle();
    edit(3, '2026-11-21T10:00:00.000Z');
    const { wake } = deps.itemSyncs;
    deps = { ...deps, itemSyncs: { ...deps.itemSyncs, wake: wakeEach(() => Promise.reject(new Error('no'))) } };
    await expect(sweep()).rejects.toThrow();
    made.server.options.intercept = () => ({ status: 503, body: { message: 'later' } });
    deps = { ...deps, itemSyncs: { ...deps.itemSyncs, wake } };
    await expect(sweep()).rejects.toThrow();
    made.server.options.intercept = () => null;
    await sweep();
    expect(woken).toEqual([idOf(3)]);
  });

  it('what the policy has not dealt with yet is looked at again, although nothing was updated', async () => {
    await start({ dialect: 'swagger', items: items(150) });
    await follow(1, 2, 3, 4);
    systems.settings = settingsOf([
      { ...pipelineOf('mobile', { source: { workspace: WORKSPACE } }), lock: { ...lock, onDrift: 'revert' } },
    ]);
    await settle();
    await db.ledger.phases.patch({ pipeline: 'mobile', craftItemId: idOf(2) }, { drift: true, driftFields: ['title'] });
    expect([await sweep(), woken]).toEqual([{ pages: 1, singly: 0 }, [idOf(2)]]);
  });

  it('the guide, which knows no such query, is asked for a few followed items singly instead of many pages', async () => {
    await start({ dialect: 'guide', items: items(450) });
    await follow(1, 2, 3);
    expect(await sweep()).toEqual({ pages: 5, singly: 0 });
    expect(await sweep()).toEqual({ pages: 0, singly: 3 });
    expect(woken).toEqual([idOf(1), idOf(2), idOf(3)]);
    await follow(4, 5, 6, 7);
    expect(await sweep()).toEqual({ pages: 5, singly: 0 });
  });

  it.each(['guide', 'swagger'] as const)(
    'of a portfolio only followed initiatives are read, later only updated ones (%s)',
    async (dialect) => {
      await start({ dialect, initiatives: items(40) }, { portfolio: PORTFOLIO });
      await follow(1, 2, 3);
      expect(await sweep()).toEqual({ pages: 1, singly: 3 });
      await settle();
      edit(2, '2026-11-21T10:00:00.000Z');
      expect(await sweep()).toEqual({ pages: 1, singly: 1 });
      expect(woken).toEqual([idOf(2)]);
      (made.server.options.initiatives ?? []).splice(2, 1);
      await sweep();
      expect(woken).toContain(idOf(3));
    },
  );
});
