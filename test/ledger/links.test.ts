/** Links: begun once, found by id or short id, counted, changed field by field. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger, LinkPatch } from '../../ledger/ledger.js';
import { CREATE, begin, following, linked, type LedgerFixture, openLedger, PIPELINE } from '../fixtures/ledger.js';

describe('ledger/links', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const ref = (craftItemId: string, pipeline = PIPELINE) => ({ pipeline, craftItemId });
  const age = (id: string, by: string) =>
    db.sql(`update item_link set updated_at = updated_at - $2::interval where craft_item_id = $1`, [id, by]);

  it('begins in phase checking, once, however many begin at the same time', async () => {
    const rows = await Promise.all(Array.from({ length: 10 }, () => begin(ledger, 'a1')));
    expect(new Set(rows.map((row) => row.updatedAt)).size).toBe(1);
    expect(rows[0]).toMatchObject({ phase: 'checking', generation: 1, devTool: 'km', drift: false, duplicate: false });
    expect(await db.sql(`select 1 as n from item_detail where craft_item_id = 'a1'`)).toEqual([{ n: 1 }]);
  });

  it('begun again, it keeps what is there, fills in what was not known, and follows the dev tool until something was sent', async () => {
    const { begin: beginLink } = ledger.links;
    await beginLink(ref('a2'), { devTool: 'km', craftShortId: null, craftUrl: null });
    await ledger.phases.set(ref('a2'), {
      phase: 'blocked',
      blockedBy: 'missing-field',
      lastError: 'Effort is empty',
    });
    const again = await beginLink(ref('a2'), { devTool: 'redmine', craftShortId: 'F-2', craftUrl: 'https://craft/2' });
    expect(again).toMatchObject({
      ...{ devTool: 'redmine', craftShortId: 'F-2', craftUrl: 'https://craft/2' },
      ...{ phase: 'blocked', lastError: 'Effort is empty' },
    });
    const { token } = await ledger.leases.take(ref('a2'), 5_000);
    await ledger.leases.noteSent(ref('a2'), token, { ...CREATE, phase: 'blocked', devTool: 'redmine' });
    const sent = await beginLink(ref('a2'), { devTool: 'km', craftShortId: null, craftUrl: null });
    expect(sent).toMatchObject({ devTool: 'redmine', craftShortId: 'F-2', craftUrl: 'https://craft/2' });
  });

  it('is found by Craft id before short id, in its own pipeline only', async () => {
    await ledger.links.begin(ref('b1'), { devTool: 'km', craftShortId: 'b2', craftUrl: null });
    await ledger.links.begin(ref('b2'), { devTool: 'km', craftShortId: 'B-2', craftUrl: null });
    expect((await ledger.links.find(PIPELINE, 'b2'))?.craftItemId).toBe('b2');
    expect((await ledger.links.find(PIPELINE, 'B-2'))?.craftItemId).toBe('b2');
    expect(await ledger.links.find('another', 'b2')).toBeNull();
    expect(await ledger.links.get(ref('none'))).toBeNull();
  });

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

  it('stores characters that Postgres cannot, as a replacement character', async () => {
    const { item } = await following(ledger, 'c3');
    await ledger.phases.patch(item, {
      handedOver: { values: { title: 'a\u0000b\ud800c\\u0000' }, lockField: null, lockStatus: null },
    });
    await ledger.phases.set(item, { phase: 'blocked', lastError: 'a\u0000b' });
    const link = await ledger.links.get(item);
    expect(link?.handedOver?.values['title']).toBe('a\ufffdb\ufffdc\\u0000');
    expect(link?.lastError).toBe('a\ufffdb');
  });

  it('a wake is noted without touching the row', async () => {
    const link = await begin(ledger, 'c4');
    await ledger.phases.noteWoken(ref('c4'));
    const woken = await ledger.links.get(ref('c4'));
    expect(woken?.wokenAt).not.toBeNull();
    expect(woken?.updatedAt).toBe(link.updatedAt);
    await ledger.phases.noteWoken(ref('none'));
  });

  it('idle: rows in a phase that is not final, untouched for long enough', async () => {
    for (const id of ['d1', 'd2', 'd3']) await begin(ledger, id, 'idle');
    await ledger.phases.set(ref('d2', 'idle'), { phase: 'not-ready' });
    await age('d1', '11 minutes');
    await age('d2', '11 minutes');
    expect(await ledger.live.idle('idle', 600_000)).toEqual([ref('d1', 'idle')]);
    expect(await ledger.live.idle(null, 600_000)).toContainEqual(ref('d1', 'idle'));
    await ledger.phases.set(ref('d1', 'idle'), { phase: 'checking' });
    expect(await ledger.live.idle('idle', 600_000)).toEqual([]);
  });

  it('lists and counts by pipeline, dev tool and phase', async () => {
    for (const id of ['e2', 'e1']) await begin(ledger, id, 'list');
    await ledger.phases.set(ref('e1', 'list'), { phase: 'blocked', blockedBy: 'parent' });
    expect((await ledger.links.list({ pipeline: 'list' })).map((link) => link.craftItemId)).toEqual(['e1', 'e2']);
    expect(await ledger.links.list({ pipeline: 'list', phases: ['following'] })).toEqual([]);
    expect(await ledger.links.list({ pipeline: 'list', devTool: 'redmine' })).toEqual([]);
    expect(await ledger.links.countByPhase('list')).toEqual([
      { pipeline: 'list', phase: 'blocked', blockedBy: 'parent', count: 1 },
      { pipeline: 'list', phase: 'checking', blockedBy: null, count: 1 },
    ]);
  });

  it('feeds and inventories read what is linked and neither released nor not ready', async () => {
    await following(ledger, 'f1', { scope: 'live-1' });
    await following(ledger, 'f2', { scope: 'live-2' });
    await following(ledger, 'f3', { scope: 'live-3' });
    await ledger.phases.set(ref('f2'), { phase: 'done' });
    await ledger.phases.set(ref('f3'), { phase: 'released' });
    const scopes = await ledger.live.liveScopes('km');
    expect(scopes.filter((scope) => scope.startsWith('live'))).toEqual(['live-1', 'live-2']);
    expect(await ledger.live.liveDevItemIds('km', 'live-1')).toEqual(['dev-f1']);
    expect(await ledger.live.liveDevItemIds('km', 'live-3')).toEqual([]);
    const found = await ledger.links.byDevItems('km', ['dev-f1', 'dev-f3', 'unknown']);
    expect(found.map((link) => link.craftItemId)).toEqual(['f1', 'f3']);
    expect(await ledger.links.byDevItems('km', [])).toEqual([]);
  });

  it('live elsewhere: another pipeline holds a dev item, has sent a create, or is about to', async () => {
    await begin(ledger, 'g1');
    const elsewhere = () => ledger.links.liveElsewhere(ref('g1')).then((link) => link?.pipeline ?? null);
    expect(await elsewhere()).toBeNull();
    await begin(ledger, 'g1', 'web');
    expect(await elsewhere()).toBeNull();
    const { token } = await ledger.leases.take(ref('g1', 'web'), 60_000);
    expect(await elsewhere()).toBe('web');
    await db.sql(`update item_link set send_before = clock_timestamp() where craft_item_id = 'g1'`);
    expect(await elsewhere()).toBeNull();
    await ledger.leases.noteSent(ref('g1', 'web'), token, CREATE);
    expect(await elsewhere()).toBe('web');
    for (const phase of ['released', 'not-ready'] as const) {
      await ledger.phases.set(ref('g1', 'web'), { phase });
      expect(await elsewhere()).toBeNull();
    }
  });

  it('counts what was found gone within the hour, whatever became of it, and what is followed', async () => {
    const tool = async (id: string) => {
      await linked(ledger, id, {}, 'gone');
      await db.sql(`update item_link set dev_tool = 'gone-tool' where craft_item_id = $1`, [id]);
    };
    for (const id of ['h1', 'h2', 'h3', 'h4', 'h5']) await tool(id);
    expect(await ledger.gone.goneCounts('gone-tool')).toEqual({ gone: 0, followed: 5 });
    await ledger.gone.noteGone(ref('h1', 'gone'));
    await ledger.gone.noteGone(ref('h1', 'gone'));
    await ledger.phases.set(ref('h1', 'gone'), { phase: 'released' });
    await ledger.phases.set(ref('h2', 'gone'), { phase: 'orphaned' });
    await ledger.gone.noteGone(ref('h3', 'gone'));
    await ledger.pairings.raiseGeneration(ref('h3', 'gone'), { generation: 1 });
    expect(await ledger.gone.goneCounts('gone-tool')).toEqual({ gone: 3, followed: 5 });
    await db.sql(`update item_detail set gone_at = gone_at - interval '61 minutes' where craft_item_id = 'h1'`);
    expect(await ledger.gone.goneCounts('gone-tool')).toEqual({ gone: 2, followed: 4 });
    await ledger.phases.set(ref('h2', 'gone'), { phase: 'orphaned', lastError: 'still' });
    expect((await ledger.gone.goneCounts('gone-tool')).gone).toBe(2);
  });

  it('what was gone when a person resumed after a mass deletion is accepted for an hour', async () => {
    await linked(ledger, 'i1', {}, 'accepted');
    await db.sql(`update item_link set dev_tool = 'accepted-tool' where craft_item_id = 'i1'`);
    await ledger.gone.noteGone(ref('i1', 'accepted'));
    await ledger.connections.pause('accepted-tool', 'mass-deletion', '6 of 20 gone');
    expect((await ledger.gone.goneCounts('accepted-tool')).gone).toBe(1);
    await ledger.connections.resume('accepted-tool');
    expect((await ledger.gone.goneCounts('accepted-tool')).gone).toBe(0);
    await db.sql(`update connection_state set deletions_accepted_at = clock_timestamp() - interval '2 hours'`);
    expect((await ledger.gone.goneCounts('accepted-tool')).gone).toBe(1);
  });
});
