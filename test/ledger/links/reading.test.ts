/** Rows are inserted once, found by id or short id, listed and counted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attentionOf } from '../../../clients/status/attention.js';
import { progressOf, statusOf } from '../../../domain/itemState.js';
import type { ShownLink } from '../../../domain/link.js';
import { PHASES } from '../../../domain/phases.js';
import type { Ledger } from '../../../ledger/ledger.js';
import { CREATE, begin, type LedgerFixture, openLedger, PIPELINE } from '../../fixtures/ledger.js';
import { pipelineOf } from '../../fixtures/settings.js';

describe('ledger/links/reading', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  const { progress } = pipelineOf(PIPELINE);
  const ref = (craftItemId: string, pipeline = PIPELINE) => ({ pipeline, craftItemId });

  it('inserts the row once, in phase checking, however many begin at the same time', async () => {
    const rows = await Promise.all(Array.from({ length: 10 }, () => begin(ledger, 'a1')));
    expect(new Set(rows.map((row) => row.updatedAt)).size).toBe(1);
    expect(rows[0]).toMatchObject({ phase: 'checking', generation: 1, devTool: 'km', drift: false, duplicate: false });
    expect(await db.sql(`select 1 as n from item_detail where craft_item_id = 'a1'`)).toEqual([{ n: 1 }]);
  });

  it('beginning again keeps what is there, fills in what was unknown, and updates the dev tool until something was sent', async () => {
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

  it('an item is live elsewhere when another pipeline holds a dev item, has sent a create, or is about to', async () => {
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

  it('lists what `status --json` shows of each row, as whole rows would show it, and in the same order', async () => {
    const pipeline = 'shown';
    for (const id of ['s2', 's1', 's3']) {
      await ledger.links.begin(ref(id, pipeline), { devTool: 'km', craftShortId: `F-${id}`, craftUrl: null });
    }
    const blockedUntil = '2026-11-20T10:00:00.000Z';
    await ledger.phases.set(ref('s1', pipeline), {
      phase: 'blocked',
      blockedBy: 'refused',
      lastError: 'no',
      blockedUntil,
    });
    const of = (links: readonly ShownLink[]) => links.map((link) => statusOf(link, progressOf(link, progress)));
    const whole = of(await ledger.links.list({ pipeline }));
    expect(of(await ledger.links.listShown(pipeline))).toEqual(whole);
    expect(whole.map(({ shortId }) => shortId)).toEqual(['F-s1', 'F-s2', 'F-s3']);
    expect(of(await ledger.links.listShown())).toEqual(of(await ledger.links.list({})));
  });

  it('lists, of all rows, those that may need a person: whatever attention is asked for is among them', async () => {
    const pipeline = 'troubled';
    const reasons = [null, 'refused', 'rate-limit', 'operator'] as const;
    for (const phase of PHASES) {
      for (const blockedBy of reasons) {
        for (const drift of [false, true]) {
          const craftItemId = `${phase}-${String(blockedBy)}-${drift}`;
          await begin(ledger, craftItemId, pipeline);
          await ledger.phases.patch(ref(craftItemId, pipeline), { drift, duplicate: drift });
          const lastError = blockedBy === null ? null : 'it failed';
          await ledger.phases.set(ref(craftItemId, pipeline), { phase, blockedBy, lastError });
        }
      }
    }
    const all = await ledger.links.list({ pipeline });
    const troubled = await ledger.links.listTroubled(pipeline);
    const ids = new Set(troubled.map(({ craftItemId }) => craftItemId));
    const needed = all.filter((link) => attentionOf(link).length > 0).map(({ craftItemId }) => craftItemId);
    expect(needed.filter((id) => !ids.has(id))).toEqual([]);
    // What runs or is over without a word is not among them.
    for (const phase of ['following', 'creating', 'done', 'released', 'not-ready'])
      expect(ids).not.toContain(`${phase}-null-false`);
    expect(ids).not.toContain('done-refused-false');
    expect(await ledger.links.listTroubled('another')).toEqual([]);
  });
});
