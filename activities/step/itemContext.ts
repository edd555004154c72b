/**
 * What one step of an item works with: its row, its pipeline, its connectors, and the calls it may make.
 * Read once at the start of the step. By the time of a write the row in the database may be newer; claim tokens guard
 * against that (design 3, createDevItem).
 */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { CallClass, GiveBack, ReadCall } from '../../connectors/port/calls.js';
import type { CraftConnector } from '../../connectors/port/craft.js';
import type { DevToolConnector } from '../../connectors/port/devTool.js';
import type { RememberedPipeline } from '../../domain/applied.js';
import { itemSyncWorkflowId, type ItemRef } from '../../domain/ids.js';
import { nextStep, progressOf, statusOf, type ItemState, type Wait } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import type { DevToolSettings, PipelineSettings, Settings } from '../../domain/settings.js';
import { canWriteTo } from '../../domain/craftItem.js';
import { blockedLookMs } from '../../domain/rules/blockedLooks.js';
import { areWordsDue, stateWords } from '../../domain/rules/stateWords.js';
import type { ConnectionPause, LogLine, Opened } from '../../ledger/ledger.js';
import type { ActivityDeps, Needs } from '../ports.js';
import type { FirstAttempt } from './firstAttempt.js';

export interface ItemContext {
  readonly deps: ActivityDeps;
  readonly item: ItemRef;
  readonly link: ItemLink;
  /** What was read with the row, in one statement. */
  readonly opened: Pick<Opened, 'now' | 'pauses' | 'hasNotedCreate' | 'hasWaitingChildren'>;
  /** The snapshot of the item, and who else holds it: as read with the row if that was just now, else read again. */
  readonly knownNow: () => Promise<Pick<Opened, 'snapshot' | 'elsewhere'>>;
  readonly settings: Settings;
  readonly pipeline: PipelineSettings;
  readonly toolSettings: DevToolSettings;
  readonly craft: CraftConnector;
  readonly tool: DevToolConnector;
  /** Within the workflow task; null in an ordinary activity. */
  readonly first: FirstAttempt | null;
  /** A call that the activity's cancellation ends, and in a first attempt the end of its time. */
  readonly call: ReadCall;
  /** Waits for the dev tool's budget before anything is read that the call then needs. */
  readonly turn: () => Promise<GiveBack>;
  /** The traffic of a connection that is paused, or was, starts gently. */
  readonly startGently: (connection: string) => void;
  /** The newest claim token that this step knows: read with the row, then its own leases. See `lease.ts`. */
  readonly claim: { token: string | null };
  /** Paused connections, or the paused pipeline, that a write of this step probes. See `connectionGate.ts`. */
  readonly probing: Set<string>;
  /** The pause of the pipeline, as read when the step began; `ended`: the one that this step has ended. */
  readonly refusal: { pause: ConnectionPause | null; ended: ConnectionPause | null };
}

const HEARTBEAT_EVERY_MS = 2_000;

/** Heartbeats while `body` runs, so that Temporal notices a killed worker and a cancellation arrives. */
export async function heartbeating<T>(body: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}

/** The run keeps its place among those who wait for budget, whichever attempt asks. */
export function callOf(callClass: CallClass, first: FirstAttempt | null = null): ReadCall {
  const waiter = activityInfo().workflowExecution?.workflowId;
  const cancelled = cancellationSignal();
  return {
    callClass,
    ...(waiter !== undefined && { waiter }),
    signal: first === null ? cancelled : AbortSignal.any([cancelled, first.signal]),
    // Temporal warns of each that comes from a local activity.
    ...(first === null && { heartbeat: () => heartbeat() }),
  };
}

/**
 * A call that the activity's cancellation ends only as long as nothing was sent: the answer to a create is needed
 * (design 3, Verbs).
 */
export function untilSent(call: ReadCall): { readonly call: ReadCall; sent(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(call.signal?.reason);
  call.signal?.addEventListener('abort', abort, { once: true });
  if (call.signal?.aborted === true) abort();
  return { call: { ...call, signal: controller.signal }, sent: () => call.signal?.removeEventListener('abort', abort) };
}

/** Timing for items whose pipeline is no longer configured: only a wake moves them. */
const NO_PIPELINE_TIMING = { sweepEveryMs: 24 * 3_600_000, settleForMs: 24 * 3_600_000, readAfterWriteMs: 10_000 };

/** `removed`: what is remembered about a pipeline that is no longer configured. */
export function itemState(
  link: ItemLink,
  settings: Settings,
  now: Date,
  removed: RememberedPipeline | null = null,
): ItemState {
  const pipeline = settings.pipelines[link.pipeline];
  const progress = (pipeline ?? removed)?.progress ?? null;
  const stateField = progress?.stateField ?? null;
  const settleForMs = pipeline?.settleForMs ?? NO_PIPELINE_TIMING.settleForMs;
  const settling = link.phase === 'settling' && link.settlingSince !== null;
  return {
    ...statusOf(link, progressOf(link, progress)),
    next: nextStep(link),
    generation: link.generation,
    craftUrl: link.craftUrl,
    stateDue: stateField !== null && areWordsDue(stateWords(link, now), stateField, link),
    linkedAt: link.linkedAt,
    settleInMs: settling ? Math.max(0, Date.parse(link.settlingSince) + settleForMs - now.getTime()) : null,
    duplicateDevItems: link.duplicateDevItems,
    driftFields: link.driftFields,
    writesBack: pipeline === undefined || canWriteTo(pipeline.source),
    timing:
      pipeline === undefined
        ? NO_PIPELINE_TIMING
        : {
            sweepEveryMs: pipeline.sweepEveryMs,
            settleForMs,
            lookAgainMs: blockedLookMs(link, pipeline.sweepEveryMs),
            readAfterWriteMs: settings.devTools[link.devTool]?.readAfterWriteMs ?? NO_PIPELINE_TIMING.readAfterWriteMs,
          },
  };
}

/** The state of an item that nothing is known of any more: its run ends. */
export function stateWithoutRow(item: ItemRef, now: Date): ItemState {
  return {
    pipeline: item.pipeline,
    craftItemId: item.craftItemId,
    shortId: null,
    phase: 'not-ready',
    blockedBy: null,
    blockedUntil: null,
    devTool: '',
    devItem: null,
    progress: null,
    drift: false,
    duplicate: false,
    lastError: `the pipeline ${item.pipeline} is not configured, and the ledger does not know the item under this name`,
    workflowId: itemSyncWorkflowId(item),
    updatedAt: now.toISOString(),
    next: 'end',
    generation: 1,
    craftUrl: null,
    stateDue: false,
    linkedAt: null,
    settleInMs: null,
    duplicateDevItems: [],
    driftFields: [],
    timing: NO_PIPELINE_TIMING,
  };
}

/** A wait of `ms` from the database's `now`. */
export function waitFor(ms: number, now: Date, wait: Pick<Wait, 'reason' | 'why'>): Wait {
  return { ms: Math.max(1_000, Math.ceil(ms)), until: new Date(now.getTime() + ms).toISOString(), ...wait };
}

/** One line of the sync log (design 7). `detail` holds facts, never a title, a description or a key. */
export async function logStep(
  deps: Needs<'log'>,
  item: ItemRef,
  outcome: string,
  detail: string | null,
): Promise<void> {
  await deps.ledger.log.append({ pipeline: item.pipeline, craftItemId: item.craftItemId, ...logLine(outcome, detail) });
}

/** The same line, for a statement that writes it together with what it tells. */
export function logLine(outcome: string, detail: string | null): LogLine {
  const info = activityInfo();
  return {
    step: info.activityType,
    outcome,
    attempt: info.attempt,
    detail,
    workflowId: info.workflowExecution?.workflowId ?? null,
    runId: info.workflowExecution?.runId ?? null,
  };
}
