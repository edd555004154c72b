/**
 * How a step of an item runs, and the one place where its errors become what Temporal and the operator see:
 * a wait that the workflow shows, a `blocked` row, or a retryable failure. (DESIGN 5; style rule "translated once".)
 *
 * A body returns nothing when its work is in the row, or a `Wait`/flags for the workflow.
 */
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { TOOL_ERROR_FACTS, ToolError } from '../domain/errors.js';
import type { ItemRef } from '../domain/ids.js';
import { nextStep, PHASE_OF_STEP, stepOf, type NextStep, type StepResult, type Wait } from '../domain/itemState.js';
import { isFinal, type Phase, type Reason } from '../domain/phases.js';
import { callOf, heartbeating, itemState, logStep, waitFor, type ItemContext } from './itemContext.js';
import { setPhase, Superseded } from './lease.js';
import type { PipelineSettings } from '../domain/settings.js';
import type { ActivityDeps, Current } from './ports.js';
import { pauseForRemoval, pipelineToSaySo, remembered } from './removedPipeline.js';
import { wakeChildren } from './wakeChildren.js';

type StepFlags = Omit<StepResult, 'state'>;
export type StepBody = (ctx: ItemContext) => Promise<StepFlags | undefined>;

const CONNECTION_PROBE_MS = 60_000;
/** A pause that only an operator ends is looked at this seldom; `resume` wakes the items at once. */
const OPERATOR_LOOK_MS = 15 * 60_000;
/** From this attempt on, a failure that goes on is written into the row, so that `status` shows it. */
const WORTH_SHOWING_ATTEMPT = 2;
/** An answer that is not as documented is asked for this often before only this item is set aside. */
const BAD_ANSWER_ATTEMPTS = 3;
const SUPERSEDED_WAIT_MS = 2_000;

/** Phases in which nothing is written for an item: an attempt that comes too late finds its row there. */
const AT_REST: readonly Phase[] = ['paused', 'released', 'not-ready'];

/**
 * A step whose attempt was handed out, and run only after others had gone on (a worker that was stopped and woken), must
 * find that its row no longer asks for it, and do nothing.
 */
export function asks(step: Exclude<NextStep, 'rest' | 'end'>, body: StepBody): StepBody {
  return async (ctx) => (nextStep(ctx.link) === step ? body(ctx) : undefined);
}

/** The same for steps of linked items, which `done` and `orphaned` items may take, too. */
export function unlessAtRest(body: StepBody): StepBody {
  return async (ctx) => (AT_REST.includes(ctx.link.phase) ? undefined : body(ctx));
}

/** Runs a step. `quiet`: a courtesy that waits for nothing and changes no reason in the row (`reportState`). */
export async function runStep(
  deps: ActivityDeps,
  item: ItemRef,
  body: StepBody,
  options: { readonly quiet?: boolean } = {},
): Promise<StepResult> {
  return heartbeating(async () => {
    const quiet = options.quiet === true;
    const ctx = (await loadContext(deps, item)) ?? (await withoutPipeline(deps, item, quiet));
    const flags = ctx === null ? {} : await flagsOf(ctx, body, quiet);
    // Read last: it shows what the body, or the handling of its error, has written.
    return { state: await stateNow(deps, item), ...flags };
  });
}

async function flagsOf(ctx: ItemContext, body: StepBody, quiet: boolean): Promise<StepFlags> {
  try {
    const wait = await waitAtGate(ctx);
    if (wait !== null) return quiet ? {} : await putOff(ctx, wait);
    const flags = (await body(ctx)) ?? {};
    if (!quiet && flags.wait === undefined) await clearTrouble(ctx);
    return flags;
  } catch (error) {
    return handleError(ctx, error);
  }
}

/** A wait or failure that is over must not stay in the row of an item whose phase it did not change. */
async function clearTrouble(ctx: ItemContext): Promise<void> {
  const { phase, blockedBy } = ctx.link;
  if (blockedBy === null || phase === 'blocked' || phase === 'paused') return;
  const link = await ctx.deps.ledger.links.get(ctx.item);
  if (link?.phase === phase && link.blockedBy === blockedBy) await setPhase(ctx, { phase });
}

/** Null when the pipeline or its dev tool is no longer configured, or there is no row: the row says what follows. */
export async function loadContext(deps: ActivityDeps, item: ItemRef): Promise<ItemContext | null> {
  const current = await deps.current();
  const pipeline = current.settings.pipelines[item.pipeline];
  return pipeline === undefined ? null : contextOf(deps, item, { current, pipeline });
}

/** The pipeline was taken out: the item pauses, lest its run ask for the same step for ever, and may say so. */
async function withoutPipeline(deps: ActivityDeps, item: ItemRef, saysSo: boolean): Promise<ItemContext | null> {
  const current = await deps.current();
  if (current.settings.pipelines[item.pipeline] !== undefined) return null;
  await pauseForRemoval(deps, item);
  const known = saysSo ? await remembered(deps, item.pipeline) : null;
  if (known === null) return null;
  return contextOf(deps, item, { current, pipeline: pipelineToSaySo(item.pipeline, known) });
}

async function contextOf(
  deps: ActivityDeps,
  item: ItemRef,
  { current, pipeline }: { readonly current: Current; readonly pipeline: PipelineSettings },
): Promise<ItemContext | null> {
  const link = await deps.ledger.links.get(item);
  const toolSettings = current.settings.devTools[pipeline.devTool];
  if (link === null || toolSettings === undefined) return null;
  const call = callOf(link.devItemId === null ? 'hand-over' : 'progress');
  return {
    deps,
    item,
    link,
    settings: current.settings,
    pipeline,
    toolSettings,
    craft: current.craft,
    tool: current.devTool(pipeline.devTool),
    call,
    claim: { token: link.claimToken },
    uninterrupted: { callClass: call.callClass, ...(call.heartbeat && { heartbeat: call.heartbeat }) },
  };
}

/** How the item stands. A row that a restored ledger has lost is begun again: it is looked for by its marker then. */
export async function stateNow(deps: ActivityDeps, item: ItemRef): Promise<StepResult['state']> {
  const [current, found, now] = await Promise.all([deps.current(), deps.ledger.links.get(item), deps.ledger.now()]);
  const devTool = current.settings.pipelines[item.pipeline]?.devTool;
  const removed = devTool === undefined ? await remembered(deps, item.pipeline) : null;
  if (found !== null) return itemState(found, current.settings, now, removed);
  if (devTool === undefined) {
    throw ApplicationFailure.nonRetryable(`pipeline "${item.pipeline}" is not configured`, 'pipeline-removed');
  }
  const link = await deps.ledger.links.begin(item, { devTool, craftShortId: null, craftUrl: null });
  return itemState(link, current.settings, now);
}

/** A paused connection lets one probe a minute pass; everybody else waits (DESIGN 5). */
export async function waitAtGate(ctx: ItemContext): Promise<Wait | null> {
  const { connections } = ctx.deps.ledger;
  for (const pause of await connections.listPaused()) {
    if (pause.connection !== 'craft' && pause.connection !== ctx.pipeline.devTool) continue;
    const isProbe = pause.reason === 'connection' && (await connections.mayProbe(pause.connection));
    if (isProbe && (await answersAgain(ctx, pause.connection))) {
      await connections.resume(pause.connection, 'connection');
      continue;
    }
    const ms = pause.reason === 'connection' ? CONNECTION_PROBE_MS : OPERATOR_LOOK_MS;
    return waitFor(ms, await ctx.deps.ledger.now(), { reason: pause.reason, why: pause.message });
  }
  return null;
}

/** One read of the paused connection itself: what another connection answers proves nothing. */
async function answersAgain(ctx: ItemContext, connection: string): Promise<boolean> {
  try {
    if (connection === 'craft') {
      for await (const page of ctx.craft.listAll(ctx.pipeline.source, ctx.call)) return page.items.length >= 0;
      return true;
    }
    return await ctx.tool.seesScope(await ctx.tool.scopeOf(ctx.pipeline.target, ctx.call), ctx.call);
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}

/** Shows a wait in the row, and gives it to the workflow. */
export async function putOff(ctx: ItemContext, wait: Wait): Promise<{ readonly wait: Wait }> {
  await setPhase(ctx, {
    phase: workingPhase(ctx),
    blockedBy: wait.reason,
    blockedUntil: wait.until,
    lastError: wait.why,
  });
  return { wait };
}

/** Settling, resting and closed items keep their phase while a call for them waits or fails. */
function workingPhase(ctx: ItemContext): ItemContext['link']['phase'] {
  const { phase } = ctx.link;
  const keeps = phase === 'settling' || phase === 'orphaned' || phase === 'paused' || isFinal(phase);
  return keeps ? phase : PHASE_OF_STEP[stepOf(ctx.link)];
}

/** Sets the item aside with a reason; it is looked at again on a wake and every `sweepEvery`. */
export async function block(ctx: ItemContext, reason: Reason, message: string): Promise<void> {
  await setPhase(ctx, { phase: 'blocked', blockedBy: reason, lastError: message });
  await logStep(ctx.deps, ctx.item, 'blocked', `${reason}: ${message}`);
  // Those who wait for this item say why.
  const isNews = ctx.link.phase !== 'blocked' || ctx.link.lastError !== message;
  if (isNews && ctx.link.devItemId === null) await wakeChildren(ctx.deps, ctx.item);
}

async function handleError(ctx: ItemContext, error: unknown): Promise<StepFlags> {
  if (error instanceof CancelledFailure || cancellationSignal().aborted)
    throw new CancelledFailure('a verb came first');
  if (error instanceof Superseded) return supersededWait(ctx);
  if (error instanceof ToolError) {
    try {
      return await handleToolError(ctx, error);
    } catch (late) {
      if (late instanceof Superseded) return supersededWait(ctx);
      throw late;
    }
  }
  if (error instanceof ApplicationFailure) throw error;
  throw ApplicationFailure.create({
    type: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
  });
}

async function supersededWait(ctx: ItemContext): Promise<StepFlags> {
  await logStep(ctx.deps, ctx.item, 'superseded', 'a newer attempt has the lease; nothing was sent');
  const now = await ctx.deps.ledger.now();
  return { wait: waitFor(SUPERSEDED_WAIT_MS, now, { reason: null, why: 'another attempt is under way' }) };
}

async function handleToolError(ctx: ItemContext, error: ToolError): Promise<StepFlags> {
  const { attempt } = activityInfo();
  await logStep(ctx.deps, ctx.item, error.kind, error.message);
  switch (error.kind) {
    case 'rate-limited':
      return rateLimited(ctx, error);
    case 'unauthorized':
    case 'forbidden':
      return pauseConnection(ctx, error);
    case 'invalid':
    case 'not-found':
      await block(ctx, 'refused', error.message);
      return {};
    case 'unexpected-response':
      if (attempt < BAD_ANSWER_ATTEMPTS) throw retryable(error);
      await block(ctx, 'bad-answer', error.message);
      return {};
    case 'conflict':
    case 'unavailable':
    case 'ambiguous':
      if (attempt >= WORTH_SHOWING_ATTEMPT) await showTrouble(ctx, error);
      throw retryable(error);
  }
}

async function showTrouble(ctx: ItemContext, error: ToolError): Promise<void> {
  await setPhase(ctx, {
    phase: workingPhase(ctx),
    blockedBy: 'tool-down',
    lastError: error.message,
  });
}

function retryable(error: ToolError): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.kind,
    message: `${error.message}. ${TOOL_ERROR_FACTS[error.kind].advice}`,
  });
}

async function rateLimited(ctx: ItemContext, error: ToolError): Promise<StepFlags> {
  const now = await ctx.deps.ledger.now();
  const retryAt = error.details.retryAt === undefined ? now.getTime() + 60_000 : Date.parse(error.details.retryAt);
  const reason = error.details.monthSpent === true ? 'month-spent' : 'rate-limit';
  return putOff(ctx, waitFor(retryAt - now.getTime(), now, { reason, why: error.message }));
}

async function pauseConnection(ctx: ItemContext, error: ToolError): Promise<StepFlags> {
  const name = error.details.connection ?? ctx.pipeline.devTool;
  const message = `${error.message}. ${TOOL_ERROR_FACTS[error.kind].advice}`;
  const { first } = await ctx.deps.ledger.connections.pause(name, 'connection', message);
  if (first) await ctx.deps.alerts.send(`The connection ${name} is paused: ${message}`);
  const now = await ctx.deps.ledger.now();
  return putOff(ctx, waitFor(CONNECTION_PROBE_MS, now, { reason: 'connection', why: message }));
}
