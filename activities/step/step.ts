/**
 * Runs a step of an item, and is the one place where its errors become what Temporal and the operator see: a wait that
 * the workflow shows, a `blocked` row, or a retryable failure (design 5).
 *
 * A body returns nothing when its work is in the row, or else a wait or flags for the workflow.
 */
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { budgetReason, isRefusedById, ToolError, withAdvice } from '../../domain/errors.js';
import type { ItemRef } from '../../domain/ids.js';
import { nextStep, PHASE_OF_STEP, stepOf, type NextStep, type StepResult, type Wait } from '../../domain/itemState.js';
import { isFinal, isHandsOff, type Reason } from '../../domain/phases.js';
import { beginFirstAttempt, HandedOn, type FirstAttempt } from './firstAttempt.js';
import { isRefusedToo, pauseConnection, waitAtGate, waitForPause, WritesPaused } from './connectionGate.js';
import { heartbeating, itemState, logStep, waitFor, type ItemContext } from './itemContext.js';
import { noteRefusal, wakeIfEnded } from './refusedPipeline.js';
import { suspicion } from './suspect.js';
import { setPhase, Superseded } from '../writes/lease.js';
import { loadContext, stateNow, withoutContext } from './loadContext.js';
import { NotYet } from './notYet.js';
import type { Written } from '../../ledger/ledger.js';
import type { ActivityDeps } from '../ports.js';
import { wakeChildren } from '../handOver/wakeChildren.js';

type StepFlags = Omit<StepResult, 'state'>;
/** `written`: the row as the body's last write to it left it, so that it need not be read again. */
export type StepOutcome = StepFlags & { readonly written?: Written };
export type StepBody = (ctx: ItemContext) => Promise<StepOutcome | undefined>;

/** From this attempt on, a repeated failure is written into the row, so that `status` shows it. */
const WORTH_SHOWING_ATTEMPT = 2;
/** After this many malformed answers the item is set aside, and only this item. */
const BAD_ANSWER_ATTEMPTS = 3;
const SUPERSEDED_WAIT_MS = 2_000;
const UNSAID_RETRY_MS = 60_000;

/**
 * Does nothing if the row no longer asks for this step: other attempts may have done its work before this one runs, for
 * instance when its worker was stopped and woken.
 */
export function asks(step: Exclude<NextStep, 'rest' | 'end'>, body: StepBody): StepBody {
  return async (ctx) => (nextStep(ctx.link) === step ? body(ctx) : undefined);
}

/** The same for steps of linked items, which are also taken for `done` and `orphaned` items. */
export function unlessHandsOff(body: StepBody): StepBody {
  return async (ctx) => (isHandsOff(ctx.link.phase) ? undefined : body(ctx));
}

/** `quiet`: the step is a courtesy (`reportState`) that waits for nothing and changes no reason in the row. */
export async function runStep(
  deps: ActivityDeps,
  item: ItemRef,
  body: StepBody,
  options: { readonly quiet?: boolean } = {},
): Promise<StepResult> {
  const first = beginFirstAttempt();
  const run = (): Promise<StepResult> => runOnce(deps, item, body, { quiet: options.quiet === true, first });
  return first === null ? heartbeating(run) : run().finally(() => first.end());
}

async function runOnce(
  deps: ActivityDeps,
  item: ItemRef,
  body: StepBody,
  { quiet, first }: { readonly quiet: boolean; readonly first: FirstAttempt | null },
): Promise<StepResult> {
  const ctx = (await loadContext(deps, item, first)) ?? (await withoutContext(deps, item, { saysSo: quiet, first }));
  const { written, ...flags }: StepOutcome = ctx === null ? {} : await outcomeOf(ctx, body, quiet);
  if (ctx !== null && written !== undefined)
    return { state: itemState(written.link, ctx.settings, written.now), ...flags };
  // Read last, so that it shows what the body, or the handling of its error, has written.
  return { state: await stateNow(deps, item), ...flags };
}

async function outcomeOf(ctx: ItemContext, body: StepBody, quiet: boolean): Promise<StepOutcome> {
  try {
    ctx.first?.assertInTime();
    const wait = await waitAtGate(ctx);
    if (wait !== null) return quiet ? {} : await putOff(ctx, wait);
    const outcome = (await body(ctx)) ?? {};
    // What was aborted may have been taken for a failure that does not matter.
    ctx.first?.assertInTime();
    // Whatever tells the row as it was written has set its phase.
    if (!quiet && outcome.wait === undefined && outcome.written === undefined) await clearTrouble(ctx);
    return outcome;
  } catch (error) {
    return await handleError(ctx, error);
  } finally {
    await wakeIfEnded(ctx);
  }
}

/** Removes a wait or failure that is over from the row of an item whose phase it did not change. */
async function clearTrouble(ctx: ItemContext): Promise<void> {
  const { phase, blockedBy, blockedUntil } = ctx.link;
  // Some waits have no reason code, such as one for a comment or write whose answer was lost.
  const isWaiting = blockedBy !== null || blockedUntil !== null;
  if (!isWaiting || phase === 'blocked' || phase === 'paused') return;
  const link = await ctx.deps.ledger.links.get(ctx.item);
  const isUnchanged = link?.phase === phase && link.blockedBy === blockedBy && link.blockedUntil === blockedUntil;
  if (isUnchanged) await setPhase(ctx, { phase });
}

/** Shows a wait in the row, and returns it for the workflow. */
export async function putOff(ctx: ItemContext, wait: Wait): Promise<{ readonly wait: Wait }> {
  if (keepsReason(ctx)) return { wait };
  await setPhase(ctx, {
    phase: workingPhase(ctx),
    blockedBy: wait.reason,
    blockedUntil: wait.until,
    lastError: wait.why,
  });
  return { wait };
}

/**
 * A paused item, and a linked item that is blocked, keep the reason they show: a wait of another call that is made for
 * them meanwhile must not overwrite it.
 */
function keepsReason({ link }: ItemContext): boolean {
  return link.phase === 'paused' || (link.phase === 'blocked' && link.lockedAt !== null);
}

/** Settling, resting and closed items keep their phase while a call for them waits or fails. */
function workingPhase(ctx: ItemContext): ItemContext['link']['phase'] {
  const { phase } = ctx.link;
  const keeps = phase === 'settling' || phase === 'orphaned' || isFinal(phase);
  return keeps ? phase : PHASE_OF_STEP[stepOf(ctx.link)];
}

/** Sets the item aside with a reason, until it is woken or looks again by itself (blockedLooks.ts). */
export async function block(ctx: ItemContext, reason: Reason, message: string): Promise<void> {
  await setPhase(ctx, { phase: 'blocked', blockedBy: reason, lastError: message });
  await logStep(ctx.deps, ctx.item, 'blocked', `${reason}: ${message}`);
  // Items that wait for this one show its reason.
  const isNews = ctx.link.phase !== 'blocked' || ctx.link.lastError !== message;
  if (isNews && ctx.link.devItemId === null) await wakeChildren(ctx.deps, ctx.item);
}

async function handleError(ctx: ItemContext, error: unknown): Promise<StepFlags> {
  try {
    return await respondTo(ctx, error);
  } catch (late) {
    const handedOn = handedOnBy(ctx, late);
    if (handedOn !== null) return { handedOn };
    // What the response would have written belongs to a newer attempt.
    if (late instanceof Superseded) return supersededWait(ctx);
    // The question whether others are refused, too, has failed itself.
    if (late instanceof ToolError) return handleToolError(ctx, late);
    throw late;
  }
}

async function respondTo(ctx: ItemContext, error: unknown): Promise<StepFlags> {
  if (error instanceof CancelledFailure || cancellationSignal().aborted)
    throw new CancelledFailure('a verb came first');
  const handedOn = handedOnBy(ctx, error);
  if (handedOn !== null) return { handedOn };
  if (error instanceof Superseded) return supersededWait(ctx);
  if (error instanceof WritesPaused) return putOff(ctx, await waitForPause(ctx, error.pause));
  if (error instanceof NotYet) return putOff(ctx, error.wait);
  if (error instanceof ToolError) return handleToolError(ctx, error);
  if (error instanceof ApplicationFailure) throw error;
  throw ApplicationFailure.create({
    type: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
  });
}

/** Why a first attempt leaves the step to an ordinary activity; null: it ends with this error. */
function handedOnBy({ first }: ItemContext, error: unknown): string | null {
  if (error instanceof HandedOn) return error.message;
  return first?.signal.aborted === true && first.signal.reason instanceof HandedOn ? first.signal.reason.message : null;
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
    case 'forbidden': {
      if (isRefusedById(error) && (error.details.keyAccepted === true || !(await isRefusedToo(ctx, error)))) {
        await block(ctx, 'refused', `${error.message}; the key may read others, so it is refused this one alone`);
        return {};
      }
      const wait = await pauseConnection(ctx, error);
      if (wait !== null) return putOff(ctx, wait);
      await block(ctx, 'refused', error.message);
      return {};
    }
    case 'invalid':
    case 'not-found': {
      const wait = await noteRefusal(ctx, error.message);
      if (wait !== null) return putOff(ctx, wait);
      await block(ctx, 'refused', error.message);
      return {};
    }
    case 'unexpected-response':
      if (attempt < BAD_ANSWER_ATTEMPTS) throw retryable(error);
      await block(ctx, 'bad-answer', error.message);
      return {};
    case 'conflict':
    case 'unavailable':
    case 'ambiguous':
      if (attempt < WORTH_SHOWING_ATTEMPT) throw retryable(error);
      throw await shownTrouble(ctx, error, attempt);
  }
}

/** Shows in the row why the step keeps failing; returns its failure. */
async function shownTrouble(ctx: ItemContext, error: ToolError, attempt: number): Promise<ApplicationFailure> {
  const suspected = await suspicion(ctx, error, attempt);
  if (!keepsReason(ctx)) {
    await setPhase(ctx, {
      phase: workingPhase(ctx),
      blockedBy: suspected === null ? 'tool-down' : 'refused',
      lastError: suspected ?? error.message,
    });
  }
  return suspected === null ? retryable(error) : ApplicationFailure.create({ type: error.kind, message: suspected });
}

function retryable(error: ToolError): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.kind,
    message: withAdvice(error),
  });
}

async function rateLimited(ctx: ItemContext, error: ToolError): Promise<StepFlags> {
  const { retryInMs = UNSAID_RETRY_MS } = error.details;
  const wait = { reason: budgetReason(error), why: error.message };
  return putOff(ctx, waitFor(retryInMs, await ctx.deps.ledger.now(), wait));
}
