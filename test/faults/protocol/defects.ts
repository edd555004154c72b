/**
 * Deliberate defects of the product's code, each with the checks that may catch it. A defect whose code is no longer
 * where it was fails loudly (copy.ts): then it is to be moved to where the code is now.
 */
import type { Patch } from './copy.js';
import type { Check } from './judges/checks.js';
import type { Subject } from './plan/arbitrary.js';

export interface Defect {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly caughtBy: readonly Check[];
  /** Where it is hunted with plans of one subject, because few others meet it. */
  readonly subject?: Subject;
}

const CREATE = 'activities/handOver/createDevItem.ts';
const ADOPT = 'activities/writes/adoptDevItem.ts';
const LEASE = 'activities/writes/lease.ts';
const LEASES = 'ledger/links/leases.ts';
const PUSH = 'activities/follow/pushProgress.ts';
const FEED = 'activities/sweeps/progressSweep.ts';
const READY = 'activities/sweeps/readySweep.ts';

const NO_RIVALS: Patch = { file: LEASE, from: 'if (isRival) throw new Superseded();', to: '' };
const LATE_ATTEMPTS_GO_ON: Patch = {
  file: LEASE,
  from: 'return before.phase !== ctx.link.phase && isAtRest(before.phase);',
  to: 'return false;',
};

export const DEFECTS: readonly Defect[] = [
  {
    name: 'no marker look-up before a create is repeated',
    patches: [
      {
        file: ADOPT,
        from: 'const search = await lookForLostCreate(ctx, sendsNothing);',
        to: "const search = { status: 'absent', token: ctx.link.claimToken };",
      },
    ],
    caughtBy: ['duplicate', 'lost'],
  },
  {
    name: 'no lease',
    patches: [
      NO_RIVALS,
      {
        file: CREATE,
        from: 'if (lease.before.devItemId !== null || lease.before.sentAt !== null) throw new Superseded();',
        to: '',
      },
      // The note of a create refuses a second one, too.
      {
        file: LEASES,
        from: 'where s.pipeline_id = $1 and s.craft_item_id = $2 and s.generation = item_link.generation',
        to: 'where false',
      },
      {
        file: LEASES,
        from: 'select $1, $2, generation, $8, sent_at, send_before, $6::jsonb from link',
        to: 'select $1, $2, generation, $8, sent_at, send_before, $6::jsonb from link on conflict do nothing',
      },
    ],
    caughtBy: ['duplicate', 'wrong progress', 'lost'],
  },
  {
    name: 'other values are written while an unanswered write may still be applied',
    patches: [
      {
        file: 'activities/writes/craftWrite.ts',
        from: 'if (openMs > 0 && !repeats(write, unanswered)) {',
        to: 'if (openMs > 1e15) {',
      },
    ],
    caughtBy: ['wrong progress', 'not locked', 'written after release'],
  },
  {
    name: 'adoption of a prefix of the marker',
    patches: [
      { file: 'connectors/text/marker.ts', from: 'bare(line) === marker);', to: 'bare(line).startsWith(marker));' },
    ],
    caughtBy: ['not asked for', 'lost', 'wrong progress'],
  },
  {
    name: 'a search that cannot tell counts as absent',
    patches: [
      {
        file: ADOPT,
        from: 'return unknown(ctx, { why: search.why, ...lookFor(ctx), now });',
        to: 'return notFound();',
      },
    ],
    caughtBy: ['duplicate'],
  },
  {
    name: 'a look-up without a wait after an unanswered create',
    patches: [{ file: ADOPT, from: 'if (early > 0) return waitingFor(', to: 'if (early > 1e15) return waitingFor(' }],
    caughtBy: ['duplicate'],
  },
  {
    name: 'a marker without the generation',
    patches: [{ file: 'domain/ids.ts', from: '${item.craftItemId}/${generation}`;', to: '${item.craftItemId}/1`;' }],
    caughtBy: ['duplicate', 'lost'],
  },
  {
    name: "a lease by the process's clock",
    patches: [
      {
        file: LEASES,
        from: "send_before = clock.now + $3 * interval '1 millisecond'",
        to: 'send_before = to_timestamp($3::float8 / 1000)',
      },
      {
        file: LEASES,
        from: '      aheadMs,\n      write === undefined',
        to: '      Date.now() + aheadMs,\n      write === undefined',
      },
    ],
    caughtBy: ['duplicate', 'lost'],
  },
  {
    name: 'a create is sent without a note of it',
    patches: [
      {
        file: CREATE,
        from: 'if (!(await leases.noteSent(ctx.item, lease.token, create))) throw new Superseded();',
        to: '',
      },
    ],
    caughtBy: ['duplicate', 'lost'],
  },
  {
    name: 'markers are not compared after the ledger was put back',
    patches: [
      {
        file: 'activities/handOver/compareMarkers.ts',
        from: 'const doubt = await continuity.doubt(place.pipeline, place.devTool);',
        to: 'const doubt = null;',
      },
      {
        file: CREATE,
        from: 'if ((await continuity.doubt(ctx.item.pipeline, devTool)) !== null) {',
        to: 'if (devTool === null) {',
      },
      { file: 'ledger/links/leases.ts', from: ") and not ${isInDoubt('$1', '$8')}", to: ')' },
    ],
    caughtBy: ['duplicate', 'lost'],
  },
  {
    name: 'the lock is written before the dev item is in the ledger',
    patches: [
      {
        file: CREATE,
        from: "const line = logLine('created', ",
        to:
          'await ctx.craft.writeItem(ctx.pipeline.source, ctx.item.craftItemId, ' +
          '{ customFields: { [ctx.pipeline.lock.field]: ctx.pipeline.lock.value } }, ' +
          "{ ...ctx.call, authorise: async () => ({ passed: () => false }) });\n  const line = logLine('created', ",
      },
    ],
    caughtBy: ['locked before created'],
  },
  {
    name: 'a released item is still written',
    patches: [
      LATE_ATTEMPTS_GO_ON,
      { file: 'activities/step/step.ts', from: 'isHandsOff(ctx.link.phase) ? undefined : body(ctx)', to: 'body(ctx)' },
    ],
    caughtBy: ['written after release', 'written while paused'],
  },
  {
    name: 'a create is repeated in the client',
    patches: [
      {
        file: CREATE,
        from: 'const created = await ctx.tool.createItem(draft, lease.call);',
        to:
          'const again = { ...ctx.call, authorise: async () => ({ passed: () => false }) };\n    ' +
          'const created = await ctx.tool.createItem(draft, lease.call).catch(() => ctx.tool.createItem(draft, again));',
      },
    ],
    caughtBy: ['duplicate'],
  },
  {
    // Two guards: a snapshot that is not newer than what was pushed is not used, and no older state is pushed.
    name: 'no order check on progress',
    patches: [
      { file: PUSH, from: 'isOlder(devUpdatedAt, snapshot.updatedAt);', to: 'true;' },
      { file: PUSH, from: '!isOlder(devItem.updatedAt, ctx.link.devUpdatedAt)', to: 'true' },
    ],
    caughtBy: ['wrong progress'],
    subject: 'progress',
  },
  {
    name: 'a lease never ends',
    patches: [
      {
        file: LEASES,
        from: 'passed: () => performance.now() - startedMs >= aheadMs || Date.now() - startedAtMs >= aheadMs,',
        to: 'passed: () => false,',
      },
    ],
    caughtBy: ['duplicate', 'wrong progress'],
    subject: 'lateAttempts',
  },
  {
    name: 'a dev item that one read by id does not find is gone',
    patches: [
      {
        file: 'activities/follow/confirmGone.ts',
        from: 'const devItem = await readDevItem(ctx);',
        to: 'const devItem = null;',
      },
    ],
    caughtBy: ['lost', 'not asked for'],
    subject: 'gone',
  },
  {
    name: 'the answer to an older create replaces a newer link',
    patches: [
      {
        file: 'ledger/links/pairings.ts',
        from: 'where ${THIS_ITEM} and claim_token::text = $9',
        to: 'where ${THIS_ITEM} and $9::text is not null',
      },
    ],
    caughtBy: ['not asked for', 'wrong progress', 'lost'],
    subject: 'lateAttempts',
  },
  {
    name: 'a pause is ignored by a late attempt',
    patches: [LATE_ATTEMPTS_GO_ON],
    caughtBy: ['written while paused'],
    subject: 'lateAttempts',
  },
  {
    name: 'a late pause undoes the resume after it',
    patches: [
      {
        file: 'activities/step/changePhase.ts',
        from: 'if (seenAt !== undefined && link.updatedAt !== seenAt) throw new Outdated();',
        to: '',
      },
    ],
    caughtBy: ['lost'],
    subject: 'lateAttempts',
  },
  {
    name: 'a change that is pending is cleared before its item is woken',
    patches: [
      {
        file: FEED,
        from: 'const failed = await deps.itemSyncs.wake(wakes, {',
        to: 'for (const change of pending) await feeds.clearPending(change);\n    const failed = await deps.itemSyncs.wake(wakes, {',
      },
    ],
    caughtBy: ['wrong progress'],
    subject: 'progress',
  },
  {
    name: 'a change whose item could not be woken is not kept',
    patches: [{ file: FEED, from: 'pending: told.failed,', to: 'pending: [],' }],
    caughtBy: ['wrong progress'],
    subject: 'progress',
  },
  {
    name: 'the cursor moves before the items are woken',
    patches: [
      {
        file: FEED,
        from: 'const told = await wakeChangedItems(deps, ref.devTool, fresh);',
        to:
          'const early = later(cursor.value, feed.newest);\n    ' +
          'if (feed.complete) await deps.ledger.feeds.advance(ref.devTool, ref.scope, { fromVersion: cursor.version, ' +
          'to: early, woken: [], pending: [], keepPairsSince: remembersSince(early, readAfterWriteMs), ' +
          'settledTo: settledBy(cursor, feed, readAfterWriteMs) });\n    ' +
          'const told = await wakeChangedItems(deps, ref.devTool, fresh);',
      },
    ],
    caughtBy: ['wrong progress'],
    subject: 'progress',
  },
  {
    // Two guards: nothing is started before all pages are read, and what a pass has missed the next one finds.
    name: 'children are started while pages are read, once',
    patches: [
      { file: READY, from: 'const MAX_PASSES = 3;', to: 'const MAX_PASSES = 1;' },
      {
        file: READY,
        from: 'await collectPass(deps.ledger.snapshots, craft,',
        to: 'await collectPass({ ...deps.ledger.snapshots, itemSyncs: deps.itemSyncs }, craft,',
      },
      {
        file: READY,
        from: 'await snapshots.collect(sweep.pipeline, sweep.sweepId, matching);',
        to:
          'await snapshots.collect(sweep.pipeline, sweep.sweepId, matching);\n    ' +
          'await snapshots.itemSyncs.startEach(' +
          'matching.map(({ id }) => ({ pipeline: sweep.pipeline, craftItemId: id })));',
      },
    ],
    caughtBy: ['left out'],
    subject: 'collecting',
  },
];
