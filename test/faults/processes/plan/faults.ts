/** The kinds of faults and their parameters. `wire/` and `actions/` carry them out, `catalogue.ts` draws them. */

/** What a fault waits for: a time after the start, or a call at the proxy. */
export type When =
  | { readonly atMs: number }
  | {
      readonly call: CallKind;
      /** From 1. */
      readonly nth: number;
      /** `arrives`: nothing of it has reached the other side. `answered`: nothing of the answer has reached us. */
      readonly moment: 'arrives' | 'answered';
    };

export type CallKind =
  'create' | 'comment' | 'tool-list' | 'tool-by-id' | 'put' | 'craft-list' | 'craft-by-id' | 'craft-other';

export interface Injection {
  readonly when: When;
  readonly fault: Fault;
}

/** Which calls, and how many of them, from the fault's moment on. */
export interface Struck {
  readonly calls: CallKind;
  readonly next: number;
}

/** On the way to the other side, or in its answer. Times in milliseconds. */
export type WireFault =
  | ({ readonly kind: 'reset-before' | 'reset-after' | 'hang-before' | 'hang-after' } & Struck)
  /** Applied this long after the client gave up. */
  | ({ readonly kind: 'late'; readonly afterMs: number } & Struck)
  | ({ readonly kind: 'slow-body'; readonly forMs: number } & Struck)
  | ({ readonly kind: 'cut-body' | 'malformed-json' | 'html' } & Struck)
  | ({ readonly kind: 'altered'; readonly set: Readonly<Record<string, unknown>> } & Struck)
  | ({ readonly kind: 'status-5xx'; readonly status: 500 | 502 | 503; readonly applied: boolean } & Struck)
  | ({ readonly kind: 'status-429'; readonly retryAfter: 'seconds' | 'date' | 'absent' } & Struck)
  | ({ readonly kind: 'status-401' | 'status-403' } & Struck)
  | ({ readonly kind: 'status-404' } & Struck);

/** `worker`: its number, modulo the workers that run. */
export type ActionFault =
  | { readonly kind: 'refused'; readonly side: Side; readonly forMs: number }
  | { readonly kind: 'list-lag'; readonly ms: number }
  | { readonly kind: 'lost-right'; readonly as: 'missing' | 'empty'; readonly forMs: number }
  | { readonly kind: 'kill'; readonly worker: number; readonly backAfterMs: number }
  | { readonly kind: 'freeze'; readonly worker: number; readonly forMs: number }
  /** Stopped between the lease and the request. */
  | { readonly kind: 'zombie'; readonly write: 'create' | 'put'; readonly forMs: number }
  | { readonly kind: 'temporal-restart' | 'postgres-restart'; readonly downMs: number }
  | { readonly kind: 'pool-full'; readonly forMs: number }
  /** The worker's clock is so much ahead (or behind) from its start, or from `afterMs` on. */
  | { readonly kind: 'clock'; readonly worker: number; readonly byMs: number; readonly afterMs: number }
  | { readonly kind: 'webhook-storm'; readonly copies: number; readonly forged: number }
  | { readonly kind: 'two-sweeps' }
  | { readonly kind: 'run-terminated'; readonly item: number }
  | { readonly kind: 'ledger-restored'; readonly copyAtMs: number }
  | { readonly kind: 'mapping-changed' }
  | { readonly kind: 'craft-edited' | 'craft-unreadied' | 'craft-deleted' | 'craft-moved'; readonly item: number }
  | { readonly kind: 'more-items'; readonly count: number }
  | { readonly kind: 'dev-edited' | 'dev-deleted' | 'dev-moved'; readonly item: number }
  | { readonly kind: 'pause-and-resume'; readonly item: number; readonly forMs: number }
  | { readonly kind: 'release' | 'resync' | 'release-and-recreate'; readonly item: number }
  | { readonly kind: 'read-only-commands' };

export type Side = 'craft' | 'tool';
export type Fault = WireFault | ActionFault;
export type FaultKind = Fault['kind'];

const KINDS_OF_WIRE = [
  'reset-before',
  'reset-after',
  'hang-before',
  'hang-after',
  'late',
  'slow-body',
  'cut-body',
  'malformed-json',
  'html',
  'altered',
  'status-5xx',
  'status-429',
  'status-401',
  'status-403',
  'status-404',
] as const satisfies readonly WireFault['kind'][];

const ACTION_KINDS = [
  'refused',
  'list-lag',
  'lost-right',
  'kill',
  'freeze',
  'zombie',
  'temporal-restart',
  'postgres-restart',
  'pool-full',
  'clock',
  'webhook-storm',
  'two-sweeps',
  'run-terminated',
  'ledger-restored',
  'mapping-changed',
  'craft-edited',
  'craft-unreadied',
  'craft-deleted',
  'craft-moved',
  'more-items',
  'dev-edited',
  'dev-deleted',
  'dev-moved',
  'pause-and-resume',
  'release',
  'resync',
  'release-and-recreate',
  'read-only-commands',
] as const satisfies readonly ActionFault['kind'][];

export const WIRE_KINDS: readonly FaultKind[] = KINDS_OF_WIRE;
export const FAULT_KINDS: readonly FaultKind[] = [...WIRE_KINDS, ...ACTION_KINDS];

export function isWire(fault: Fault): fault is WireFault {
  return WIRE_KINDS.includes(fault.kind);
}
