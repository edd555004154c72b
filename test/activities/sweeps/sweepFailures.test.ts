/** One failure in a sweep's activity does not stop the rest: with connectors and a ledger that answer from memory. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it, vi } from 'vitest';

import type { ActivityDeps } from '../../../activities/ports.js';
import { takeInventory } from '../../../activities/sweeps/inventory.js';
import { listScopes, readFeed, wakePending } from '../../../activities/sweeps/progressSweep.js';
import { runSweepStep } from '../../../activities/step/sweepStep.js';
import { ToolError, type ToolErrorKind } from '../../../domain/errors.js';
import { wakeEach } from '../../../runtime/itemSyncs.js';

const toolError = (kind: ToolErrorKind) => new ToolError(kind, `km: ${kind}`, { connection: 'km' });
const run = <T>(body: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(body);

function depsOf(tool: object = {}, paused: 'connection' | 'mass-deletion' | null = null) {
  const unreachable = new Set<string>();
  const linkOf = (id: string) => ({
    devItemId: id,
    phase: 'following',
    blockedBy: null as string | null,
    pipeline: 'mobile',
    craftItemId: id,
  });
  const state = {
    paused: paused as string | null,
    inventories: 0,
    cleared: [] as string[],
    woken: [] as string[],
    /** In the order in which the ledger lists them. */
    rowsOf: (id: string): readonly Partial<ReturnType<typeof linkOf>>[] => [linkOf(id)],
    /** Of these the pending change cannot be cleared. */
    stuck: new Set<string>(),
  };
  const deps = {
    ledger: {
      now: () => Promise.resolve(new Date()),
      connections: {
        paused: () => Promise.resolve(state.paused === null ? null : { reason: state.paused, message: 'why' }),
        mayProbe: () => Promise.resolve(true),
        answered: vi.fn(() => Promise.resolve(true)),
        pause: vi.fn(() => Promise.resolve({ first: false })),
        noteSweepTrouble: () => Promise.resolve(),
      },
      phases: { noteTold: () => Promise.resolve() },
      links: {
        byDevItems: (_tool: string, ids: readonly string[]) =>
          Promise.resolve(ids.flatMap(state.rowsOf).map((row) => ({ ...row, told: null }))),
      },
      live: {
        liveScopes: () => Promise.resolve(['moved-to']),
        liveDevItemIds: () => Promise.resolve(['1', '2', '3']),
        missingDevItemIds: () => Promise.resolve([]),
      },
      gone: { noteClosedMissing: () => Promise.resolve(), noteClosedFound: () => Promise.resolve() },
      feeds: {
        cursor: () => Promise.resolve({ value: null, version: 0 }),
        pending: () => Promise.resolve(['1', '2', '3'].map((devItemId) => ({ devItemId, snapshot: {} }))),
        clearPending: ({ devItemId }: { devItemId: string }) =>
          state.stuck.has(devItemId)
            ? Promise.reject(new Error('no ledger'))
            : Promise.resolve(void state.cleared.push(devItemId)),
        noteInventory: () => Promise.resolve(void (state.inventories += 1)),
      },
    },
    current: () =>
      Promise.resolve({
        settings: {
          devTools: { km: { readAfterWriteMs: 0, inventoryEveryMs: 1 } },
          pipelines: {
            a: { devTool: 'km', target: 'bad', progress: null },
            b: { devTool: 'km', target: 'good', progress: null },
          },
        },
        devTool: () => tool,
      }),
    itemSyncs: {
      wake: wakeEach(({ item }) => {
        if (unreachable.has(item.craftItemId)) return Promise.reject(new Error('no server'));
        return Promise.resolve(void state.woken.push(item.craftItemId));
      }),
    },
    alerts: { send: () => Promise.resolve() },
  };
  return { deps: deps as unknown as ActivityDeps, state, unreachable, answered: deps.ledger.connections.answered };
}

const SCOPE = { devTool: 'km', scope: 'gone' };

describe('activities/sweeps/sweepFailures', () => {
  it('a paused connection is resumed after the probe has succeeded, not before', async () => {
    const { deps, answered } = depsOf({}, 'connection');
    await run(() => runSweepStep(deps, 'km', () => Promise.resolve(expect(answered).not.toHaveBeenCalled())));
    expect(answered).toHaveBeenCalledExactlyOnceWith('km', 'read');
  });

  it('a probe that fails resumes nothing', async () => {
    const { deps, answered } = depsOf({}, 'connection');
    const step = run(() => runSweepStep(deps, 'km', () => Promise.reject(toolError('unauthorized'))));
    await expect(step).rejects.toThrow('km: unauthorized');
    expect(answered).not.toHaveBeenCalled();
  });

  it('steps that may ask the tool nothing do not end a pause', async () => {
    const { deps, answered } = depsOf({ scopeOf: () => Promise.resolve('s') }, 'connection');
    await run(() => wakePending(deps, 'km'));
    expect(await run(() => listScopes(deps, 'km'))).toEqual(['moved-to']);
    expect(answered).not.toHaveBeenCalled();
  });

  it('a target that cannot be looked up hides no other scope', async () => {
    const scopeOf = (target: string) =>
      target === 'bad' ? Promise.reject(toolError('invalid')) : Promise.resolve('space-b');
    const { deps } = depsOf({ scopeOf });
    expect(await run(() => listScopes(deps, 'km'))).toEqual(['moved-to', 'space-b']);
  });

  it('a tool that cannot be reached is not asked for every target, and the failure says whose it is', async () => {
    const refused = () => new ToolError('unavailable', 'km: refused', { connection: 'km', notSent: true });
    let asked = 0;
    const scopeOf = () => {
      asked += 1;
      return Promise.reject(refused());
    };
    const { deps } = depsOf({ scopeOf, readFeed: () => Promise.reject(refused()) });
    expect(await run(() => listScopes(deps, 'km'))).toEqual(['moved-to']);
    expect(asked).toBe(1);
    await expect(run(() => readFeed(deps, SCOPE))).rejects.toMatchObject({ details: [{ ofTheConnection: true }] });
    const { deps: answering } = depsOf({ readFeed: () => Promise.reject(toolError('unavailable')) });
    await expect(run(() => readFeed(answering, SCOPE))).rejects.toMatchObject({ type: 'unavailable', details: [] });
  });

  it('a pending change that cannot be signalled stays stored, the others are told', async () => {
    const { deps, state, unreachable } = depsOf();
    unreachable.add('2');
    expect(await run(() => wakePending(deps, 'km'))).toBe(2);
    expect(state.cleared).toEqual(['1', '3']);
  });

  it('a pending change reaches the row that follows the dev item, also where another pipeline released it before', async () => {
    const { deps, state } = depsOf();
    const row = (phase: string, pipeline: string) => (id: string) => ({
      devItemId: id,
      phase,
      pipeline,
      craftItemId: `${pipeline}-${id}`,
    });
    state.rowsOf = (id) => [row('released', 'a')(id), ...(id === '2' ? [] : [row('following', 'b')(id)])];
    expect(await run(() => wakePending(deps, 'km'))).toBe(2);
    expect(state.woken).toEqual(['b-1', 'b-3']);
    expect(state.cleared).toEqual(['1', '3', '2']);
  });

  it('a change that nobody wants any more and that cannot be cleared keeps the others from nothing', async () => {
    const { deps, state } = depsOf();
    state.rowsOf = (id) => [
      { devItemId: id, phase: id === '1' ? 'released' : 'following', pipeline: 'b', craftItemId: id },
    ];
    state.stuck.add('1');
    expect(await run(() => wakePending(deps, 'km'))).toBe(2);
    expect(state.woken).toEqual(['2', '3']);
  });

  it('a scope that is gone wakes its items to look, and fails', async () => {
    const { deps, state } = depsOf({ readFeed: () => Promise.reject(toolError('not-found')) });
    await expect(run(() => readFeed(deps, SCOPE))).rejects.toMatchObject({ type: 'not-found', nonRetryable: true });
    expect(state.woken).toEqual(['1', '2', '3']);
  });

  it('the only absent item, whose answer is malformed, is woken to look', async () => {
    const readItems = () => Promise.reject(toolError('unexpected-response'));
    const { deps, state } = depsOf({ listIds: () => Promise.resolve(['1', '2']), readItems });
    expect(await run(() => takeInventory(deps, SCOPE))).toBe(1);
    expect(state).toMatchObject({ woken: ['3'], inventories: 1 });
  });

  it('the only absent item, which the key may not read, is woken to look, and the connection is not paused', async () => {
    const refusal = new ToolError('forbidden', 'km: refused', { connection: 'km', byId: true });
    const { deps, state } = depsOf({
      listIds: () => Promise.resolve(['1', '2']),
      readItems: () => Promise.reject(refusal),
    });
    expect(await run(() => takeInventory(deps, SCOPE))).toBe(1);
    expect(state).toMatchObject({ woken: ['3'], inventories: 1 });
    expect(deps.ledger.connections.pause).not.toHaveBeenCalled();
  });

  it('of several absent items, one that the key may not read keeps no other from being told', async () => {
    const readItems = () => Promise.resolve({ found: [], missing: ['1'], refused: ['2'] });
    const { deps, state } = depsOf({ listIds: () => Promise.resolve(['3']), readItems });
    await run(() => takeInventory(deps, SCOPE));
    expect(state).toMatchObject({ woken: ['1', '2'], inventories: 1 });
  });

  it.each(['refused', 'bad-answer'])(
    'an item that shows already that it cannot be read (%s) is not woken for it again',
    async (blockedBy) => {
      const readItems = () =>
        Promise.resolve({ found: [], missing: ['1'], malformed: [{ id: '2', problem: 'odd' }], refused: ['3'] });
      const { deps, state } = depsOf({ listIds: () => Promise.resolve([]), readItems });
      const { rowsOf } = state;
      state.rowsOf = (id) =>
        id === '1' ? rowsOf(id) : [{ devItemId: id, craftItemId: id, phase: 'blocked', blockedBy }];
      await run(() => takeInventory(deps, SCOPE));
      expect(state.woken).toEqual(['1']);
    },
  );

  it('a sweep whose read of one item is refused fails without pausing the connection', async () => {
    const refusal = new ToolError('forbidden', 'km: refused', { connection: 'km', byId: true });
    const { deps } = depsOf();
    await expect(run(() => runSweepStep(deps, 'km', () => Promise.reject(refusal)))).rejects.toThrow('km: refused');
    expect(deps.ledger.connections.pause).not.toHaveBeenCalled();
  });

  it('an inventory that could not wake everybody is not noted', async () => {
    const readItems = (ids: readonly string[]) => Promise.resolve({ found: [], missing: ids, malformed: [] });
    const { deps, state, unreachable } = depsOf({ listIds: () => Promise.resolve([]), readItems });
    unreachable.add('2');
    await expect(run(() => takeInventory(deps, SCOPE))).rejects.toThrow('1 runs could not be signalled');
    expect(state).toMatchObject({ woken: ['1', '3'], inventories: 0 });
  });
});
