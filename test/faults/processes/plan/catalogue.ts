/** For each kind of fault: how it is drawn, and why an item may rest because of it when the run ends. */
import fc from 'fast-check';
import type { Reason } from '../../../../domain/phases.js';
import type { ActionFault, CallKind, Fault, FaultKind, Injection, When, WireFault } from './faults.js';

interface Entry {
  readonly draw: fc.Arbitrary<Injection>;
  /** An item that shows one of these is not lost. */
  readonly excuses: readonly Reason[];
  /** What it is in the table of docs/faults.md. */
  readonly words: string;
}

const WRITES: readonly CallKind[] = ['create', 'put'];
const READS: readonly CallKind[] = ['tool-list', 'tool-by-id', 'craft-list', 'craft-by-id'];
const EACH: readonly CallKind[] = [...WRITES, ...WRITES, ...READS];

const item = fc.integer({ min: 0, max: 11 });
const worker = fc.integer({ min: 0, max: 1 });
const early = fc.integer({ min: 0, max: 6_000 });
const anyTime = fc.integer({ min: 500, max: 11_000 });
const next = fc.integer({ min: 1, max: 4 });

/** Mostly at a call: between two steps of an item. */
const moment: fc.Arbitrary<When> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ atMs: anyTime }) },
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constantFrom<CallKind>('create', 'put', 'create', 'put', 'tool-list', 'craft-list'),
      nth: fc.integer({ min: 1, max: 6 }),
      moment: fc.constantFrom('arrives', 'answered'),
    }),
  },
);

function wire<F extends WireFault>(
  kind: F['kind'],
  calls: readonly CallKind[],
  more: { [K in keyof Omit<F, 'kind' | 'calls' | 'next'>]: fc.Arbitrary<F[K]> },
): fc.Arbitrary<Injection> {
  const fault = fc.record({ kind: fc.constant(kind), calls: fc.constantFrom(...calls), next, ...more });
  return fc.record({ when: fc.record({ atMs: early }), fault: fault as unknown as fc.Arbitrary<Fault> });
}

function action<F extends ActionFault>(
  kind: F['kind'],
  more: { [K in keyof Omit<F, 'kind'>]: fc.Arbitrary<F[K]> },
  when: fc.Arbitrary<When> = moment,
): fc.Arbitrary<Injection> {
  const fault = fc.record({ kind: fc.constant(kind), ...more });
  return fc.record({ when, fault: fault as unknown as fc.Arbitrary<Fault> });
}

const at = (atMs: fc.Arbitrary<number>): fc.Arbitrary<When> => fc.record({ atMs });
const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const byItem = { item };

/** A call that was not answered, or badly: the step is tried again, and says why meanwhile. */
const UNANSWERED: readonly Reason[] = ['tool-down'];
const MISREAD: readonly Reason[] = ['tool-down', 'bad-answer'];

export const CATALOGUE: { readonly [K in FaultKind]: Entry } = {
  'reset-before': {
    draw: wire('reset-before', EACH, {}),
    excuses: UNANSWERED,
    words: 'connection reset before sending',
  },
  'reset-after': {
    draw: wire('reset-after', EACH, {}),
    excuses: UNANSWERED,
    words: 'answer lost after it was applied',
  },
  'hang-before': { draw: wire('hang-before', EACH, {}), excuses: UNANSWERED, words: 'no answer, not applied' },
  'hang-after': { draw: wire('hang-after', EACH, {}), excuses: UNANSWERED, words: 'no answer, applied' },
  late: {
    draw: wire<Extract<WireFault, { kind: 'late' }>>('late', WRITES, { afterMs: between(0, 1_500) }),
    excuses: UNANSWERED,
    words: 'applied after the time-out',
  },
  'slow-body': {
    draw: wire<Extract<WireFault, { kind: 'slow-body' }>>('slow-body', EACH, { forMs: fc.constantFrom(800, 6_000) }),
    excuses: UNANSWERED,
    words: 'slow body',
  },
  'cut-body': { draw: wire('cut-body', EACH, {}), excuses: MISREAD, words: 'body cut short' },
  'malformed-json': { draw: wire('malformed-json', EACH, {}), excuses: MISREAD, words: 'malformed JSON' },
  html: { draw: wire('html', EACH, {}), excuses: MISREAD, words: 'HTML with 200' },
  altered: {
    draw: wire<Extract<WireFault, { kind: 'altered' }>>('altered', READS, {
      set: fc.constantFrom<Readonly<Record<string, unknown>>>(
        { id: 17 },
        { updatedAt: null },
        { status: null },
        { added: { deep: [1] } },
      ),
    }),
    excuses: MISREAD,
    words: 'fields added, null or of another type',
  },
  'status-5xx': {
    draw: wire<Extract<WireFault, { kind: 'status-5xx' }>>('status-5xx', EACH, {
      status: fc.constantFrom(500, 502, 503),
      applied: fc.boolean(),
    }),
    excuses: UNANSWERED,
    words: '5xx, applied or not',
  },
  'status-429': {
    draw: wire<Extract<WireFault, { kind: 'status-429' }>>('status-429', EACH, {
      retryAfter: fc.constantFrom('seconds', 'date', 'absent'),
    }),
    excuses: ['rate-limit', 'tool-down'],
    words: '429, Retry-After in seconds, as a date, absent',
  },
  'status-401': { draw: wire('status-401', EACH, {}), excuses: ['connection', 'tool-down'], words: '401' },
  'status-403': {
    draw: wire('status-403', EACH, {}),
    excuses: ['connection', 'refused', 'tool-down'],
    words: '403',
  },
  'status-404': {
    draw: wire('status-404', ['tool-by-id', 'craft-by-id', 'put'], {}),
    // GraphQL has no such answer for one item, so that it counts as a refusal there.
    excuses: ['tool-down', 'bad-answer', 'refused', 'mass-deletion'],
    words: 'wave of 404',
  },
  refused: {
    draw: action<Extract<ActionFault, { kind: 'refused' }>>(
      'refused',
      { side: fc.constantFrom('craft', 'tool'), forMs: between(500, 6_000) },
      at(early),
    ),
    excuses: UNANSWERED,
    words: 'connection refused',
  },
  'list-lag': {
    draw: action('list-lag', { ms: between(300, 900) }, at(fc.constant(0))),
    excuses: [],
    words: 'lists lag behind writes',
  },
  'lost-right': {
    draw: action<Extract<ActionFault, { kind: 'lost-right' }>>(
      'lost-right',
      { as: fc.constantFrom('missing', 'empty'), forMs: between(2_000, 8_000) },
      at(early),
    ),
    // Five items that are refused alike pause the pipeline; one of them tries again each minute.
    excuses: ['connection', 'bad-answer', 'refused', 'pipeline-paused', 'mass-deletion', 'tool-down'],
    words: 'the key sees less for a while',
  },
  kill: { draw: action('kill', { worker, backAfterMs: between(0, 3_000) }), excuses: [], words: 'kill -9 of a worker' },
  freeze: {
    draw: action('freeze', { worker, forMs: between(2_500, 14_000) }),
    excuses: [],
    words: 'worker stopped past time limits, then woken',
  },
  zombie: {
    draw: action<Extract<ActionFault, { kind: 'zombie' }>>(
      'zombie',
      { write: fc.constantFrom('create', 'put'), forMs: between(6_000, 30_000) },
      at(early),
    ),
    excuses: [],
    words: 'worker stopped between lease and request',
  },
  'temporal-restart': {
    draw: action('temporal-restart', { downMs: between(0, 4_000) }),
    excuses: [],
    words: 'Temporal killed and started again',
  },
  'postgres-restart': {
    draw: action('postgres-restart', { downMs: between(0, 4_000) }),
    excuses: ['unexpected', 'tool-down'],
    words: 'Postgres killed and started again',
  },
  'pool-full': {
    draw: action('pool-full', { forMs: between(1_000, 6_000) }),
    excuses: ['unexpected', 'tool-down'],
    words: 'no connection to Postgres is free',
  },
  clock: {
    draw: action<Extract<ActionFault, { kind: 'clock' }>>(
      'clock',
      {
        worker,
        byMs: fc.constantFrom(-3_600_000, -90_000, 90_000, 3_600_000),
        afterMs: fc.constantFrom(0, 3_000, 6_000),
      },
      at(fc.constant(0)),
    ),
    excuses: [],
    words: "one worker's clock ahead or behind",
  },
  'webhook-storm': {
    draw: action('webhook-storm', { copies: between(2, 12), forged: between(1, 20) }, at(fc.constant(0))),
    excuses: [],
    words: 'webhooks doubled, shuffled, replayed, forged',
  },
  'two-sweeps': { draw: action('two-sweeps', {}), excuses: [], words: 'two sweeps at the same moment' },
  'run-terminated': {
    draw: action('run-terminated', byItem, at(between(4_000, 11_000))),
    excuses: [],
    words: 'a run terminated by hand',
  },
  'ledger-restored': {
    draw: action('ledger-restored', { copyAtMs: between(500, 4_000) }, at(between(5_000, 11_000))),
    excuses: ['unexpected', 'bad-answer', 'tool-down'],
    words: 'ledger restored from an earlier dump',
  },
  'mapping-changed': { draw: action('mapping-changed', {}), excuses: [], words: 'mapping changed, apply' },
  'craft-edited': { draw: action('craft-edited', byItem), excuses: [], words: 'Craft item edited' },
  'craft-unreadied': { draw: action('craft-unreadied', byItem), excuses: [], words: 'Craft item un-readied' },
  'craft-deleted': { draw: action('craft-deleted', byItem), excuses: [], words: 'Craft item deleted' },
  'craft-moved': { draw: action('craft-moved', byItem), excuses: [], words: 'Craft item moved' },
  'more-items': {
    draw: action('more-items', { count: between(1, 6) }),
    excuses: [],
    words: 'items added while pages are read',
  },
  'dev-edited': { draw: action('dev-edited', byItem), excuses: [], words: 'dev item edited' },
  'dev-deleted': { draw: action('dev-deleted', byItem), excuses: [], words: 'dev item deleted' },
  'dev-moved': { draw: action('dev-moved', byItem), excuses: [], words: 'dev item moved to another space' },
  'pause-and-resume': {
    draw: action('pause-and-resume', { item, forMs: between(2_000, 6_000) }),
    excuses: [],
    words: 'pause, later resume',
  },
  release: { draw: action('release', byItem), excuses: [], words: 'release' },
  resync: { draw: action('resync', byItem), excuses: [], words: 'resync' },
  'release-and-recreate': {
    draw: action('release-and-recreate', byItem),
    excuses: [],
    words: 'release, then recreate',
  },
  'read-only-commands': {
    draw: action('read-only-commands', {}),
    excuses: [],
    words: 'preview, check, status, log meanwhile',
  },
};
