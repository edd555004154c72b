/** A refused read of one id concerns that item, unless its listing or scope is refused, too (design 3, Refused). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkDrift } from '../../../activities/follow/checkDrift.js';
import { pushProgress } from '../../../activities/follow/pushProgress.js';
import { unlessHandsOff } from '../../../activities/step/step.js';
import { attentionOf } from '../../../clients/status/attention.js';
import { ToolError } from '../../../domain/errors.js';
import { following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';

const item = { pipeline: 'mobile', craftItemId: 'x' };

describe('activities/step/refusedById', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let systems: MemorySystems;
  beforeEach(async () => {
    db = await openLedger();
    systems = memorySystems(db);
    await following(db.ledger, 'x');
  });
  afterEach(() => db.close());

  const sides = [
    { side: 'craft', id: 'x', body: unlessHandsOff(checkDrift({ acceptDrift: false })) },
    { side: 'km', id: 'dev-x', body: unlessHandsOff(pushProgress()) },
  ] as const;
  const refuse = (connection: string, id: string): void =>
    void systems.unreadable.set(id, new ToolError('forbidden', `${connection}: 403`, { connection, byId: true }));

  it.each(sides)('$side refuses one item: it is blocked and needs a person, and nothing else stops', async (one) => {
    refuse(one.side, one.id);
    for (let minute = 0; minute < 3; minute += 1) await systems.step(item, one.body);
    expect(await db.ledger.connections.listPaused()).toEqual([]);
    expect(systems.alerts).toEqual([]);
    const link = await db.ledger.links.get(item);
    expect(link).toMatchObject({ phase: 'blocked', blockedBy: 'refused' });
    expect(link?.lastError).toContain('refused this one alone');
    expect(link === null ? [] : attentionOf(link)).toHaveLength(1);
    systems.unreadable.clear();
    await systems.step(item, unlessHandsOff(pushProgress()));
    expect((await db.ledger.links.get(item))?.phase).toBe('following');
  });

  it.each(sides)('$side refuses the listing or the scope, too: the connection pauses with one alert', async (one) => {
    refuse(one.side, one.id);
    systems.sees = false;
    systems.listingRefusal = new ToolError('forbidden', 'craft: 403', { connection: 'craft' });
    expect((await systems.step(item, one.body)).wait).toMatchObject({ reason: 'connection' });
    expect(await db.ledger.connections.paused(one.side)).toMatchObject({ reason: 'connection' });
    expect(systems.alerts).toHaveLength(1);
  });

  it.each(sides)('$side cannot say: neither is concluded, and the step is tried again', async (one) => {
    refuse(one.side, one.id);
    systems.listingRefusal = new ToolError('unavailable', 'it is down', { connection: one.side });
    await expect(systems.step(item, one.body)).rejects.toThrow('it is down');
    expect(await db.ledger.connections.listPaused()).toEqual([]);
    expect((await db.ledger.links.get(item))?.phase).toBe('following');
  });
});
