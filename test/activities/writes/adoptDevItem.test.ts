/** A lost create that cannot be looked for: longer and longer waits, then a person (design 3, createDevItem). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { releaseCraftItem } from '../../../activities/follow/releaseCraftItem.js';
import { asks } from '../../../activities/step/step.js';
import { attentionOf } from '../../../clients/status/attention.js';
import type { DevToolConnector, MarkerSearch } from '../../../connectors/port/devTool.js';
import type { ItemLink } from '../../../domain/link.js';
import { begin, CREATE, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const item = { pipeline: 'mobile', craftItemId: 'a' };
const create = asks('create', createDevItem);
const HOUR_MS = 3_600_000;
const UNKNOWN: MarkerSearch = { answer: 'unknown', why: 'the space has items that cannot be read' };

describe('activities/writes/adoptDevItem', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  let answer: MarkerSearch;
  let searches: number;
  let createdSince: string;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    answer = UNKNOWN;
    searches = 0;
    const current = await systems.deps.current();
    const findByMarker = (query: Parameters<DevToolConnector['findByMarker']>[0]) => {
      searches += 1;
      ({ createdSince } = query);
      return Promise.resolve(answer);
    };
    const devTool = (name: string) => ({ ...current.devTool(name), findByMarker });
    Object.assign(systems.deps, { current: () => Promise.resolve({ ...current, devTool }) });
    await begin(db.ledger, 'a');
    const { token } = await db.ledger.leases.take(item, 5_000);
    await db.ledger.leases.noteSent(item, token, CREATE);
    await sent('- 30 days');
  });
  afterEach(async () => {
    vi.useRealTimers();
    await db.close();
  });

  /** The create was sent this long from now, and its lease was for five seconds more. */
  const sent = (fromNow: string) =>
    db.sql(
      `with link as (
        update item_link set sent_at = now() + $1::interval, send_before = now() + $1::interval + interval '5 seconds'
      )
      update sent_create set sent_at = now() + $1::interval, send_before = now() + $1::interval + interval '5 seconds'`,
      [fromNow],
    );
  const row = async (): Promise<ItemLink> => {
    const link = await db.ledger.links.get(item);
    if (link === null) throw new Error('there is no row');
    return link;
  };

  it('is searched for ever more rarely, then blocks with what to do, and is never created again', async () => {
    const waits: (number | undefined)[] = [];
    for (let look = 0; look < 8; look += 1) waits.push((await systems.step(item, create)).wait?.ms);
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, undefined, undefined, undefined]);
    const link = await row();
    expect(link).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer' });
    expect(attentionOf(link)).toHaveLength(1);
    expect(link.lastError).toMatch(/items that cannot be read.*craftsync:mobile\/a\/1.*relink/);
    expect([searches, systems.created.length]).toEqual([8, 0]);
  });

  it.each([-1, 1])(
    'is searched for once it would show, since it was sent, with the clock of this process off by %i hours',
    async (hours) => {
      await sent('0 seconds');
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * HOUR_MS });
      const { wait } = await systems.step(item, create);
      expect(searches).toBe(0);
      expect(wait?.ms).toBeLessThan(HOUR_MS / 2);
      await sent('- 3 hours');
      await systems.step(item, create);
      expect(searches).toBe(1);
      const agoMs = Date.now() - Date.parse(createdSince);
      expect(agoMs / HOUR_MS).toBeGreaterThan(3);
      expect(agoMs / HOUR_MS).toBeLessThan(3.5);
    },
  );

  it('a release of it waits in the same way, and blocks it in the end', async () => {
    for (let look = 0; look < 6; look += 1) await systems.step(item, releaseCraftItem(''));
    expect(await row()).toMatchObject({ phase: 'blocked', blockedBy: 'bad-answer', devItemId: null });
  });

  it('a search that can tell again ends the count: what was not made is created', async () => {
    for (let look = 0; look < 6; look += 1) await systems.step(item, create);
    answer = { answer: 'absent' };
    await systems.step(item, create);
    expect(await row()).toMatchObject({ unknownSearches: 0 });
    for (const body of [asks('check', checkReadiness), create]) await systems.step(item, body);
    expect(systems.created).toHaveLength(1);
  });
});
