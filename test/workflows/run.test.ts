import { describe, expect, it } from 'vitest';
import { carriedOf, mergeNews, newRun, type Carried } from '../../workflows/itemSync/run.js';

const snapshot = (status: string, updatedAt: string | null) => ({
  snapshot: { id: 'a', key: 'MOB-1', url: null, status, updatedAt },
});

describe('workflows/run', () => {
  it('keeps the newer of two snapshots, in whichever order they arrive', () => {
    const older = snapshot('To do', '2026-11-21T10:00:00.000Z');
    const newer = snapshot('Done', '2026-11-21T10:00:01.000Z');
    expect(mergeNews(older, newer)).toBe(newer);
    expect(mergeNews(newer, older)).toBe(newer);
  });

  it('asks for a read when two snapshots are of the same time', () => {
    const one = snapshot('To do', '2026-11-21T10:00:00.000Z');
    const other = snapshot('Done', '2026-11-21T10:00:00.000Z');
    expect(mergeNews(one, other)).toEqual({});
  });

  it('asks for a read when a time is missing or news came without a snapshot', () => {
    const timed = snapshot('To do', '2026-11-21T10:00:00.000Z');
    expect(mergeNews(timed, snapshot('Done', null))).toEqual({});
    expect(mergeNews({}, timed)).toEqual({});
    expect(mergeNews(timed, {})).toEqual({});
  });

  const item = { pipeline: 'mobile', craftItemId: 'a' };
  const carried: Carried = {
    devItemNews: snapshot('Done', '2026-11-21T10:00:00.000Z'),
    craftItemNews: true,
    suspectGone: true,
    releaseWhenKnown: 'by hand',
    releaseInPause: true,
    acceptDrift: true,
  };

  it('takes over what a run of the last release carried over continue-as-new', () => {
    expect(newRun(item, carried)).toMatchObject({
      news: { devItem: snapshot('Done', '2026-11-21T10:00:00.000Z'), craftItem: true },
      suspectGone: true,
      pendingRelease: { why: 'by hand', inPause: true },
      acceptDrift: true,
    });
  });

  it('takes over what a run of the first release carried, which knew of no release in a pause', () => {
    const first: Carried = {
      devItemNews: null,
      craftItemNews: false,
      suspectGone: false,
      releaseWhenKnown: '',
      acceptDrift: false,
    };
    expect(newRun(item, first).pendingRelease).toEqual({ why: '', inPause: false });
    expect(newRun(item, { ...first, releaseWhenKnown: null }).pendingRelease).toBeNull();
  });

  it('takes over what the run before it rested with: a wake, a wait, orders', () => {
    const rest: Carried = {
      ...carried,
      woken: true,
      wait: { ms: 500, until: '2026-11-21T10:00:00.000Z', reason: 'rate-limit', why: 'the limit' },
      orders: [{ verb: 'resync', input: {} }],
    };
    expect(carriedOf(newRun(item, rest))).toEqual(rest);
  });

  it('carries many equal orders in a row as one', () => {
    const run = newRun(item);
    const pause = { verb: 'pause', input: { reason: 'a holiday' } } as const;
    const resync = { verb: 'resync', input: {} } as const;
    for (const order of [resync, resync, pause, pause, resync]) run.commands.push({ order });
    expect(carriedOf(run).orders).toEqual([resync, pause, resync]);
  });

  it('carries what the last release can read, so that its workers may take a run over during a roll-out', () => {
    const nothing = { devItemNews: null, craftItemNews: false, suspectGone: false, acceptDrift: false };
    expect(carriedOf(newRun(item, carried))).toEqual(carried);
    expect(carriedOf(newRun(item))).toEqual({ ...nothing, releaseWhenKnown: null, releaseInPause: false });
  });
});
