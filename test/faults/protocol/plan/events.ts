/**
 * The plan of a run: plain data, so that it can be shrunk, printed and replayed. Each event happens once `after` gates
 * were opened since the one before it; what a run has no moment for happens when nothing else does. So events that
 * stand close together meet the same piece of work, however late in the run it is.
 */
import type { WireFault } from '../outside/network.js';
import type { Side } from '../outside/record.js';
import type { BrokenStatement } from '../running/database.js';

export const PEOPLE_DO = [
  'status',
  'close',
  'delete-dev-item',
  'edit-craft-item',
  'unready',
  'delete-craft-item',
  'move-craft-item',
  'unlock',
  'write-progress',
  'decoy',
] as const;
export type PeopleDo = (typeof PEOPLE_DO)[number];

export const VERBS = [
  'pause',
  'resume',
  'release',
  'relink',
  'relink-back',
  'recreate',
  'resync',
  'accept-drift',
] as const;
export type VerbName = (typeof VERBS)[number];

export const SWEEPS = ['ready', 'progress', 'drift'] as const;
export type SweepName = (typeof SWEEPS)[number];

export const CONFIG_CHANGES = ['remove-pipeline', 'other-target', 'drop-state-field', 'other-title'] as const;
export type ConfigChange = (typeof CONFIG_CHANGES)[number];

export const STOPPED_CALLS = ['tool: create', 'craft: put', 'tool: read by id', 'craft: read by id'] as const;
export type StoppedCall = (typeof STOPPED_CALLS)[number];

export type PlannedAct =
  | {
      readonly do: 'wire';
      readonly side: Side;
      readonly of: 'read' | 'write';
      readonly how: WireFault;
      readonly share: number;
    }
  | { readonly do: 'statement'; readonly how: BrokenStatement }
  /** A signal, or the start of a run, fails. */
  | { readonly do: 'temporal-away' }
  | { readonly do: 'kill'; readonly process: number }
  /** The process that goes on next is stopped, or killed. */
  | { readonly do: 'stop-here'; readonly ms: number }
  | { readonly do: 'kill-here' }
  /** The process that makes the next such call is stopped before it sends, or before it has the answer. */
  | {
      readonly do: 'stop-calling';
      readonly call: StoppedCall;
      readonly moment: 'sends' | 'answer to';
      readonly ms: number;
    }
  /** The attempt that goes on next is slow, by itself. */
  | { readonly do: 'slow-here'; readonly ms: number }
  | { readonly do: 'people'; readonly what: PeopleDo; readonly item: number }
  | { readonly do: 'verb'; readonly verb: VerbName; readonly item: number }
  | { readonly do: 'sweep'; readonly sweep: SweepName }
  | { readonly do: 'missed-by-id'; readonly side: Side; readonly item: number; readonly ms: number }
  | { readonly do: 'blind-search' }
  | { readonly do: 'row-lost'; readonly item: number }
  | { readonly do: 'copy-ledger' }
  | { readonly do: 'restore-ledger' }
  | { readonly do: 'terminate'; readonly item: number }
  | { readonly do: 'configure'; readonly change: ConfigChange }
  | { readonly do: 'ask' }
  | { readonly do: 'wait'; readonly ms: number };

export type PlannedEvent = PlannedAct & { readonly after: number };

export interface Plan {
  readonly items: number;
  /** 0: whoever goes on does so until it waits; else the seed of the order in which gates are opened. */
  readonly mix: number;
  /** By how much the wall clocks of the two worker processes are wrong, in milliseconds. */
  readonly skews: readonly [number, number];
  /** How long a create stays invisible in the dev tool; at most `readAfterWrite`. */
  readonly lagMs: number;
  readonly onDevItemDeleted: 'flag' | 'release' | 'recreate';
  readonly onDrift: 'flag' | 'forward';
  /** In their order. */
  readonly events: readonly PlannedEvent[];
}

/** The kinds of faults by which results are counted. */
export function faultsOf(plan: Plan): readonly string[] {
  const kinds = plan.events.map((event) => (event.do === 'wire' ? `wire: ${event.how}` : kindOf(event)));
  const of = [
    ...kinds,
    ...(plan.lagMs > 0 ? ['list lag'] : []),
    ...(plan.skews.some((ms) => ms !== 0) ? ['clock shifted'] : []),
  ];
  return [...new Set(of.length === 0 ? ['none'] : of)];
}

function kindOf(event: Exclude<PlannedEvent, { do: 'wire' }>): string {
  switch (event.do) {
    case 'statement':
      return `ledger's connection breaks ${event.how} a statement`;
    case 'temporal-away':
      return 'a call to Temporal fails';
    case 'kill':
    case 'kill-here':
      return 'process killed';
    case 'stop-here':
      return 'process stopped and woken';
    case 'stop-calling':
      return 'process stopped at a call';
    case 'slow-here':
      return 'attempt slow';
    case 'people':
      return `people: ${event.what}`;
    case 'verb':
      return `verb: ${event.verb}`;
    case 'sweep':
      return `sweep at a bad moment`;
    case 'missed-by-id':
      return `a 404 by id (${event.side})`;
    case 'blind-search':
      return 'search that cannot tell';
    case 'row-lost':
      return 'row lost';
    case 'copy-ledger':
    case 'restore-ledger':
      return 'ledger restored';
    case 'terminate':
      return 'run terminated';
    case 'configure':
      return `configuration: ${event.change}`;
    case 'ask':
      return 'status asked';
    case 'wait':
      return 'time passes';
  }
}

/** In words, for the timeline. */
export function inWords(event: PlannedEvent): string {
  const { after: _after, do: what, ...more } = event;
  return `${what} ${Object.values(more).join(' ')}`.trim();
}
