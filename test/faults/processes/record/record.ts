/**
 * What a run leaves behind: everything that the judges and the timeline go by. Plain data, kept as
 * JSON where it failed. All times are milliseconds since the epoch, by the clock of the process that conducts the run.
 */
import type { ItemLink } from '../../../../domain/link.js';
import type { LogEntry } from '../../../../ledger/ledger.js';
import type { CallKind, FaultKind, Side } from '../plan/faults.js';
import type { Plan } from '../plan/plan.js';

/** A request as the proxy saw it. */
export interface SeenCall {
  readonly seq: number;
  readonly atMs: number;
  /** `command`: a command that only reads was running with an address of its own. */
  readonly from: 'worker' | 'command';
  readonly side: Side;
  readonly kind: CallKind;
  readonly method: string;
  readonly path: string;
  /** The parsed body; null for reads without one. */
  readonly body: unknown;
  /** Which Craft item it writes, by its path or by the marker that it carries. */
  readonly craftItemId: string | null;
  /** What of a create makes it one of a kind. */
  readonly marker: string | null;
  /** What met it. */
  fault: FaultKind | null;
  /** When it was passed on to the other side; null: never. */
  forwardedMs: number | null;
  /** What the other side answered; null: it was not asked, or did not answer. */
  status: number | null;
  /** The id of what a create made. */
  madeId: string | null;
  /** When the other side had carried it out. */
  appliedMs: number | null;
  /** What we were told: a status, or how the connection ended. */
  told: number | 'reset' | 'nothing' | 'cut' | null;
  endedMs: number | null;
}

/** What was done to the run, or in it, by something other than craftsync. */
export interface Deed {
  readonly atMs: number;
  /** When it was done: when a command had ended. */
  readonly untilMs: number;
  readonly who: 'fault' | 'product manager' | 'developer' | 'operator' | 'run';
  readonly what: string;
  /** The fault of the plan that it carries out. */
  readonly kind: FaultKind | null;
  readonly craftItemId?: string | null;
  readonly devItemId?: string | null;
  /** The status of the dev item from then on. */
  readonly status?: string;
  readonly ok: boolean;
}

/** What the deed says by which a later restore knows its copy. */
export const LEDGER_COPIED = 'the ledger is copied';

/** An item of Craft.io at the end. */
export interface CraftSide {
  readonly id: string;
  readonly status: string | null;
  readonly isReady: boolean;
  readonly lock: string | null;
  readonly progress: string | null;
  readonly key: string | null;
}

/** A dev item at the end. */
export interface DevSide {
  readonly id: string;
  readonly key: string;
  readonly marker: string | null;
  readonly status: string;
}

export interface SeenWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly status: string;
  readonly startedMs: number;
  readonly closedMs: number | null;
  readonly failedTasks: readonly { readonly atMs: number; readonly cause: string; readonly message: string }[];
  readonly events: readonly { readonly atMs: number; readonly type: string }[];
}

export interface SaidLine {
  readonly process: string;
  readonly line: string;
  /** Null: the line tells no time. */
  readonly atMs: number | null;
}

export interface EndedProcess {
  readonly process: string;
  readonly how: string;
  /** The run ended it. */
  readonly wanted: boolean;
}

/** The ids of the custom fields that craftsync writes. */
export interface FieldIds {
  readonly progress: string;
  readonly lock: string;
  readonly state: string;
}

export interface RunRecord {
  readonly plan: Plan;
  readonly startedMs: number;
  readonly liftedMs: number;
  readonly endedMs: number;
  /** Faults that met something. */
  readonly struck: readonly FaultKind[];
  /** The tool's word → Craft.io's, in the order in which they were configured. */
  readonly mappings: readonly Readonly<Record<string, string>>[];
  /** Items that were made ready, in order. */
  readonly wanted: readonly string[];
  readonly calls: readonly SeenCall[];
  readonly deeds: readonly Deed[];
  readonly craft: readonly CraftSide[];
  readonly dev: readonly DevSide[];
  readonly rows: readonly ItemLink[];
  readonly log: readonly LogEntry[];
  readonly workflows: readonly SeenWorkflow[];
  readonly said: readonly SaidLine[];
  readonly ended: readonly EndedProcess[];
  readonly fields: FieldIds;
  /** Connections that are paused at the end, with the words. */
  readonly pauses: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}
