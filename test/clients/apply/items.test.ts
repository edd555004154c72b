import { describe, expect, it } from 'vitest';
import { endRefusals, mapsDifferently, type Reach } from '../../../clients/apply/items.js';
import { pipelinePauseKey } from '../../../domain/ids.js';
import { refusedSettings } from '../../../domain/rules/refusals.js';
import { begin, openLedger } from '../../fixtures/ledger.js';
import { followedLink } from '../../fixtures/links.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

describe('clients/apply/items', () => {
  const rule = pipelineOf('mobile', { statuses: { Done: 'Shipped' } }).progress;
  if (rule === null) throw new Error('no rule');

  it('finds exactly the items whose value, end or block the new rule changes', () => {
    expect(mapsDifferently(followedLink(), rule)).toBe(false);
    expect(
      mapsDifferently(followedLink({ devStatus: 'Done', lastProgress: { dev_status: 'Done', dev_key: 'KM-1' } }), rule),
    ).toBe(true);
    expect(mapsDifferently(followedLink({ phase: 'blocked', blockedBy: 'status-unmapped' }), rule)).toBe(true);
    expect(mapsDifferently(followedLink({ phase: 'blocked', blockedBy: 'refused' }), rule)).toBe(true);
    expect(mapsDifferently(followedLink(), { ...rule, doneWhen: ['Backlog'] })).toBe(true);
    expect(mapsDifferently(followedLink({ lockedAt: null, devStatus: 'Done' }), rule)).toBe(false);
  });

  it('ends the pause of a refused pipeline only when its settings have changed, and wakes who waits', async () => {
    const db = await openLedger();
    const settings = settingsOf([pipelineOf('mobile')]);
    const now = refusedSettings(pipelineOf('mobile'), settings.devTools['km']);
    const refusal = { step: 'create', words: 'no', message: 'no', accepted: [], most: 1 } as const;
    const pause = async (pipeline: string, asConfigured: string) => {
      await db.ledger.refusals.note({ pipeline, craftItemId: 'r1' }, { ...refusal, settings: asConfigured });
    };
    const paused = () => db.ledger.connections.paused(pipelinePauseKey('mobile'));
    const signalled: string[] = [];
    const signalWithStart = (_type: string, { workflowId }: { workflowId: string }) =>
      Promise.resolve(signalled.push(workflowId));
    const reach: Reach = { client: { workflow: { signalWithStart } } as never, ledger: db.ledger, settings };
    try {
      for (const id of ['r1', 'w1', 'x1']) await begin(db.ledger, id);
      await db.ledger.phases.set({ pipeline: 'mobile', craftItemId: 'r1' }, { phase: 'blocked', blockedBy: 'refused' });
      const waits = { phase: 'creating', blockedBy: 'pipeline-paused' } as const;
      await db.ledger.phases.set({ pipeline: 'mobile', craftItemId: 'w1' }, waits);
      await pause('mobile', now);
      expect([await endRefusals(reach), (await paused())?.reason]).toEqual([new Map(), 'pipeline-paused']);
      await db.ledger.connections.resume(pipelinePauseKey('mobile'));
      await pause('mobile', '{}');
      await pause('gone', '{}');
      expect(await endRefusals(reach)).toEqual(new Map([['mobile', 2]]));
      expect(signalled.sort()).toEqual(['item-sync:mobile:r1', 'item-sync:mobile:w1']);
      expect(await db.ledger.connections.listPaused()).toEqual([]);
    } finally {
      await db.close();
    }
  });
});
