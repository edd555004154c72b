/**
 * Deliberate defects of the product's code, each with the checks that may catch it. A defect whose code is no longer
 * where it was fails loudly (copy.ts): then it is to be moved to where the code is now.
 */
import type { Patch } from './copy.js';
import type { Check } from './judges/checks.js';

export interface Defect {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly caughtBy: readonly Check[];
}

const CREATE = 'activities/handOver/createDevItem.ts';
const ADOPT = 'activities/writes/adoptDevItem.ts';
const LEASE = 'activities/writes/lease.ts';
const LEASES = 'ledger/links/leases.ts';

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
        from: 'select $1, $2, generation, $8, sent_at, send_before from link',
        to: 'select $1, $2, generation, $8, sent_at, send_before from link on conflict do nothing',
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
];
