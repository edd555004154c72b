/** Pauses, memory, the last run of each sweep, and the applied configuration. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../ledger/ledger.js';
import { type LedgerFixture, openLedger } from '../fixtures/ledger.js';

describe('ledger/connections', () => {
  let db: LedgerFixture;
  let ledger: Ledger;

  beforeAll(async () => {
    db = await openLedger();
    ledger = db.ledger;
  });
  afterAll(() => db.close());

  it('exactly one of many that pause a connection at once is the first', async () => {
    const pauses = Array.from({ length: 10 }, () => ledger.connections.pause('one', 'connection', '401'));
    expect((await Promise.all(pauses)).filter((pause) => pause.first)).toHaveLength(1);
    expect(await ledger.connections.paused('one')).toMatchObject({ reason: 'connection', message: '401' });
    expect(await ledger.connections.resume('one')).toBe(true);
    expect(await ledger.connections.resume('one')).toBe(false);
    expect(await ledger.connections.paused('one')).toBeNull();
    expect((await ledger.connections.pause('one', 'connection', '401')).first).toBe(true);
  });

  it('a pause that a person must end is not replaced by one that ends by itself', async () => {
    await ledger.connections.pause('two', 'connection', '401');
    const { since } = (await ledger.connections.paused('two')) ?? {};
    expect(await ledger.connections.pause('two', 'mass-deletion', '6 gone')).toEqual({ first: false });
    expect(await ledger.connections.paused('two')).toMatchObject({ reason: 'mass-deletion', message: '6 gone', since });
    await ledger.connections.pause('two', 'connection', '403');
    expect(await ledger.connections.paused('two')).toMatchObject({ reason: 'mass-deletion', message: '6 gone' });
    expect((await ledger.connections.listPaused()).map((pause) => pause.connection)).toContain('two');
  });

  it('an answer ends only a pause with reason `connection`, and an answered read does not end one that a refused write began', async () => {
    const { pause, answered, paused } = ledger.connections;
    expect(await answered('four', 'write')).toBe(false);
    await pause('four', 'connection', '401');
    expect(await answered('four', 'read')).toBe(true);
    await pause('four', 'connection', '403', { writeRefused: true });
    await pause('four', 'connection', '401');
    expect(await answered('four', 'read')).toBe(false);
    expect(await paused('four')).toMatchObject({ writeRefused: true });
    expect(await answered('four', 'write')).toBe(true);
    await pause('four', 'connection', '401');
    expect(await paused('four')).toMatchObject({ writeRefused: false });
    await pause('four', 'mass-deletion', '6 gone');
    expect(await answered('four', 'write')).toBe(false);
  });

  it('one caller a minute may probe a paused connection, and nobody may probe one that is not paused', async () => {
    expect(await ledger.connections.mayProbe('three')).toBe(false);
    await ledger.connections.pause('three', 'connection', '401');
    const probes = await Promise.all(Array.from({ length: 5 }, () => ledger.connections.mayProbe('three')));
    expect(probes.filter((granted) => granted)).toHaveLength(1);
    await db.sql(`update connection_state set probed_at = probed_at - interval '61 seconds'`);
    expect(await ledger.connections.mayProbe('three')).toBe(true);
  });

  it('remembers the last value of a key of a connection', async () => {
    expect(await ledger.connections.recall('craft', 'put')).toBeNull();
    await ledger.connections.remember('craft', 'put', 'partial');
    await ledger.connections.remember('craft', 'put', 'whole');
    expect(await ledger.connections.recall('craft', 'put')).toBe('whole');
    expect(await ledger.connections.recall('km', 'put')).toBeNull();
  });

  it('keeps the last result of a sweep until the next one has ended, and the start of that one', async () => {
    const note = (result: Record<string, unknown> | null, heldBack: string | null = null) =>
      ledger.connections.noteSweep({ scheduleId: 'ready-sweep:mobile', result, heldBack });
    const sweep = async () => (await ledger.connections.sweeps())[0];
    await note(null);
    expect(await sweep()).toMatchObject({ scheduleId: 'ready-sweep:mobile', endedAt: null, result: null });
    await note({ found: 3 });
    const ended = await sweep();
    expect(ended).toMatchObject({ result: { found: 3 }, heldBack: null });
    expect(ended?.endedAt).not.toBeNull();
    await note(null);
    const running = await sweep();
    expect(running).toMatchObject({ endedAt: null, result: { found: 3 } });
    await note({ found: 9 }, '9 new items');
    expect(await sweep()).toMatchObject({
      startedAt: running?.startedAt,
      result: { found: 9 },
      heldBack: '9 new items',
    });
  });

  it('keeps the trouble of a sweep, and when it began, until a run has ended', async () => {
    const scheduleId = 'progress-sweep:km';
    const sweep = async () => (await ledger.connections.sweeps()).find((each) => each.scheduleId === scheduleId);
    await ledger.connections.noteSweepTrouble(scheduleId, 'it answered with HTML');
    const first = await sweep();
    expect(first).toMatchObject({ endedAt: null, result: null, trouble: 'it answered with HTML' });
    await ledger.connections.noteSweepTrouble(scheduleId, 'it is down');
    expect(await sweep()).toMatchObject({ trouble: 'it is down', troubleSince: first?.troubleSince });
    await ledger.connections.noteSweep({ scheduleId, result: { read: 3 }, heldBack: null });
    expect(await sweep()).toMatchObject({ result: { read: 3 }, trouble: null, troubleSince: null });
  });

  it('keeps the configuration that was applied last', async () => {
    expect(await ledger.connections.applied()).toBeNull();
    await ledger.connections.storeApplied({ pipelines: { a: 1 } });
    await ledger.connections.storeApplied({ pipelines: { b: [2] } });
    expect(await ledger.connections.applied()).toEqual({ pipelines: { b: [2] } });
  });
});
