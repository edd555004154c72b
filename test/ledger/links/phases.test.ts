/** Changes that need no lease: phases, single fields, wakes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger, LinkPatch } from '../../../ledger/ledger.js';
import { begin, following, type LedgerFixture, openLedger, PIPELINE } from '../../fixtures/ledger.js';

describe('ledger/links/phases', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const ref = (craftItemId: string, pipeline = PIPELINE) => ({ pipeline, craftItemId });

  it('a phase without reason, time or error clears them', async () => {
    await begin(ledger, 'c1');
    const until = '2026-01-01T10:00:00.000Z';
    const change = { phase: 'blocked', blockedBy: 'rate-limit', blockedUntil: until, lastError: 'slow' } as const;
    expect(await ledger.phases.set(ref('c1'), change)).toMatchObject(change);
    expect(await ledger.phases.set(ref('c1'), { phase: 'checking' })).toMatchObject({
      ...{ phase: 'checking', blockedBy: null, blockedUntil: null, lastError: null },
    });
    await expect(ledger.phases.set(ref('none'), { phase: 'done' })).rejects.toMatchObject({ kind: 'no-row' });
  });

  it('a patch changes its fields in both tables and nothing else', async () => {
    const { item } = await following(ledger, 'c2');
    const before = await ledger.links.get(item);
    const patch: LinkPatch = {
      drift: true,
      driftFields: ['title'],
      duplicate: true,
      duplicateDevItems: ['x', 'y'],
      dismissedDevItems: ['z'],
      devScope: null,
      uncertainCreates: 3,
      pausedFrom: 'following',
      lastProgress: { a: 'b "c" \\' },
      settlingSince: '2026-01-01T10:00:00.000Z',
      devUpdatedAt: '2025-01-01T10:00:00.000Z',
      lockedAt: null,
      handedOver: { values: { title: null }, lockField: null, lockStatus: null },
      craftUrl: 'https://craft/c2',
      unanswered: { customFields: { n: 1, b: true, e: null }, status: 's', until: '2026-01-01T10:00:00.000Z' },
    };
    const after = await ledger.phases.patch(item, patch);
    expect(after).toEqual({ ...before, ...patch, updatedAt: after.updatedAt });
    expect(await ledger.phases.patch(item, { drift: false })).toMatchObject({ drift: false, driftFields: ['title'] });
    expect(await ledger.phases.patch(item, {})).toMatchObject({ drift: false });
    await expect(ledger.phases.patch(ref('none'), { drift: true })).rejects.toMatchObject({ kind: 'no-row' });
  });

  it('stores a replacement character for characters that Postgres cannot store', async () => {
    const { item } = await following(ledger, 'c3');
    await ledger.phases.patch(item, {
      handedOver: { values: { title: 'a\u0000b\ud800c\\u0000' }, lockField: null, lockStatus: null },
    });
    await ledger.phases.set(item, { phase: 'blocked', lastError: 'a\u0000b' });
    const link = await ledger.links.get(item);
    expect(link?.handedOver?.values['title']).toBe('a\ufffdb\ufffdc\\u0000');
    expect(link?.lastError).toBe('a\ufffdb');
  });

  it('a step that has read the row before another noted its write does not send the item back', async () => {
    const { item } = await following(ledger, 'back');
    const token = (await ledger.links.get(item))?.claimToken ?? null;
    for (const phase of ['checking', 'creating', 'locking'] as const)
      expect([phase, await ledger.phases.setUnder(item, token, { phase, blockedBy: 'tool-down' }, phase)]).toEqual([
        phase,
        false,
      ]);
    expect(await ledger.links.get(item)).toMatchObject({ phase: 'following', blockedBy: null });
    expect(await ledger.phases.setUnder(item, token, { phase: 'following', blockedBy: 'tool-down' }, 'following')).toBe(
      true,
    );
  });

  it('a wake is noted without touching the row', async () => {
    const link = await begin(ledger, 'c4');
    await ledger.phases.noteWoken(ref('c4'));
    const woken = await ledger.links.get(ref('c4'));
    expect(woken?.wokenAt).not.toBeNull();
    expect(woken?.updatedAt).toBe(link.updatedAt);
    await ledger.phases.noteWoken(ref('none'));
  });
});
