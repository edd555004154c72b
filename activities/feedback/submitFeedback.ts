/**
 * The activity of `feedbackIntake`: submits, keeps the reference, tells the dev item. It is the one place where the
 * errors of these become what the workflow and the operator see, as `step.ts` is for items.
 */
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ToolError, withAdvice } from '../../domain/errors.js';
import type { Submission, SubmissionRef } from '../../domain/feedback.js';
import type { Wait } from '../../domain/itemState.js';
import type { FeedbackIntakeInput, SubmissionState, SubmitResult } from '../../domain/messages.js';
import type { Reason } from '../../domain/phases.js';
import type { DevToolSettings, IntakeSettings } from '../../domain/settings.js';
import { callOf, heartbeating, waitFor } from '../step/itemContext.js';
import type { Current, Needs } from '../ports.js';
import { submitOnce } from './submitOnce.js';
import { tellDevItem } from './tellDevItem.js';

const CONNECTION_PROBE_MS = 60_000;
const OPERATOR_LOOK_MS = 15 * 60_000;
const BAD_ANSWER_ATTEMPTS = 3;

type SubmitNeeds = Needs<'connections' | 'log' | 'now' | 'submissions', 'current' | 'alerts'>;

/** What one attempt works with. */
interface Attempt {
  readonly deps: SubmitNeeds;
  readonly current: Current;
  readonly intake: IntakeSettings;
  readonly toolSettings: DevToolSettings;
  readonly ref: SubmissionRef;
  readonly note: (outcome: string, detail: string | null) => Promise<void>;
}

export async function submitFeedback(deps: SubmitNeeds, input: FeedbackIntakeInput): Promise<SubmitResult> {
  return heartbeating(async () => {
    const ref = { portal: input.portal, origin: input.devTool, reference: input.devItemId };
    const attempt = await attemptOf(deps, input, ref);
    const wait = attempt === null ? await blockRemoved(deps, ref, input.intake) : await waitOrNull(attempt);
    return { state: await stateOf(deps, ref), ...(wait !== null && { wait }) };
  });
}

async function attemptOf(deps: SubmitNeeds, input: FeedbackIntakeInput, ref: SubmissionRef): Promise<Attempt | null> {
  const current = await deps.current();
  const intake = current.settings.intakes[input.intake];
  const toolSettings = current.settings.devTools[input.devTool];
  if (intake === undefined || toolSettings === undefined) return null;
  return { deps, current, intake, toolSettings, ref, note: noteOf(deps, input.intake) };
}

/** Lines of the sync log bear the schedule's name in place of a pipeline's. */
function noteOf(deps: Needs<'log'>, intake: string): Attempt['note'] {
  return async (outcome, detail) => {
    const info = activityInfo();
    await deps.ledger.log.append({
      pipeline: `intake:${intake}`,
      craftItemId: null,
      step: info.activityType,
      outcome,
      attempt: info.attempt,
      detail,
      workflowId: info.workflowExecution?.workflowId ?? null,
      runId: info.workflowExecution?.runId ?? null,
    });
  };
}

async function blockRemoved(deps: Needs<'submissions'>, ref: SubmissionRef, intake: string): Promise<null> {
  const why = `the intake ${intake} or its dev tool is no longer configured`;
  await deps.ledger.submissions.noteTrouble(ref, { reason: 'pipeline-removed', until: null, why });
  return null;
}

/** Null: the submission is done, or blocked with a reason in its row. */
async function waitOrNull(attempt: Attempt): Promise<Wait | null> {
  try {
    const gate = await waitAtGate(attempt);
    return gate ?? (await work(attempt));
  } catch (error) {
    return handleError(attempt, error);
  }
}

async function work(attempt: Attempt): Promise<Wait | null> {
  const { deps, current, ref, note, toolSettings } = attempt;
  const { submissions } = deps.ledger;
  const shared = { submissions, now: () => deps.ledger.now(), call: callOf('hand-over'), note };
  const { timeoutMs } = current.settings.craft;
  const outcome = await submitOnce({ ...shared, feedback: current.craft.feedback, timeoutMs }, ref);
  await deps.ledger.connections.answered('craft', 'read');
  if (outcome.status === 'wait') return noteWait(attempt, outcome.ms, { reason: null, why: outcome.why });
  const row = await submissions.get(ref);
  if (row === null || row.phase === 'done') return null;
  const tool = current.devTool(toolSettings.name);
  const later = await tellDevItem({ ...shared, tool, toolSettings }, row);
  if (later !== null) return noteWait(attempt, later.ms, { reason: null, why: later.why });
  await submissions.finish(ref);
  return null;
}

async function noteWait(attempt: Attempt, ms: number, wait: Pick<Wait, 'reason' | 'why'>): Promise<Wait> {
  const { ledger } = attempt.deps;
  const full = waitFor(ms, await ledger.now(), wait);
  await ledger.submissions.noteTrouble(attempt.ref, { reason: wait.reason, until: full.until, why: wait.why });
  return full;
}

/** A paused connection lets one attempt a minute through as a probe. */
async function waitAtGate(attempt: Attempt): Promise<Wait | null> {
  const { connections } = attempt.deps.ledger;
  for (const pause of await connections.listPaused()) {
    if (pause.connection !== 'craft' && pause.connection !== attempt.toolSettings.name) continue;
    // Items' writes need another right. A right that submissions lack blocks only the submission.
    if (pause.writeRefused) continue;
    const isProbe = pause.reason === 'connection' && (await connections.mayProbe(pause.connection));
    if (isProbe) continue;
    const ms = pause.reason === 'connection' ? CONNECTION_PROBE_MS : OPERATOR_LOOK_MS;
    return noteWait(attempt, ms, { reason: pause.reason, why: pause.message });
  }
  return null;
}

async function handleError(attempt: Attempt, error: unknown): Promise<Wait | null> {
  if (error instanceof CancelledFailure || cancellationSignal().aborted) throw new CancelledFailure('cancelled');
  if (!(error instanceof ToolError)) {
    throw ApplicationFailure.create({
      type: 'unexpected',
      message: error instanceof Error ? error.message : String(error),
    });
  }
  await attempt.note(error.kind, error.message);
  const { attempt: count } = activityInfo();
  switch (error.kind) {
    case 'rate-limited':
      return noteWait(attempt, error.details.retryInMs ?? 60_000, { reason: 'rate-limit', why: error.message });
    case 'forbidden':
      // Only submissions need this right: items continue.
      if (error.details.write === true) return block(attempt, 'refused', error.message);
      return pauseConnection(attempt, error);
    case 'unauthorized':
      return pauseConnection(attempt, error);
    case 'invalid':
    case 'not-found':
      return block(attempt, 'refused', error.message);
    case 'unexpected-response':
      if (count < BAD_ANSWER_ATTEMPTS) throw retryable(error);
      return block(attempt, 'bad-answer', error.message);
    case 'conflict':
    case 'unavailable':
    case 'ambiguous':
      if (count > 1) await block(attempt, 'tool-down', error.message);
      throw retryable(error);
  }
}

async function block(attempt: Attempt, reason: Reason, why: string): Promise<null> {
  await attempt.deps.ledger.submissions.noteTrouble(attempt.ref, { reason, until: null, why });
  return null;
}

function retryable(error: ToolError): ApplicationFailure {
  return ApplicationFailure.create({ type: error.kind, message: withAdvice(error) });
}

async function pauseConnection(attempt: Attempt, error: ToolError): Promise<Wait> {
  const name = error.details.connection ?? 'craft';
  const message = withAdvice(error);
  const { first } = await attempt.deps.ledger.connections.pause(name, 'connection', message);
  if (first) await attempt.deps.alerts.send(`The connection ${name} is paused: ${message}`);
  return noteWait(attempt, CONNECTION_PROBE_MS, { reason: 'connection', why: message });
}

/** Sets a submission aside after its attempts failed for good; it is tried again after the next interval. */
export async function setFeedbackAside(
  deps: Needs<'submissions', 'current'>,
  input: FeedbackIntakeInput,
  trouble: { readonly reason: Reason; readonly message: string },
): Promise<SubmissionState> {
  const ref = { portal: input.portal, origin: input.devTool, reference: input.devItemId };
  await deps.ledger.submissions.noteTrouble(ref, { reason: trouble.reason, until: null, why: trouble.message });
  return stateOf(deps, ref);
}

async function stateOf(deps: Needs<'submissions', 'current'>, ref: SubmissionRef): Promise<SubmissionState> {
  const [row, current] = await Promise.all([deps.ledger.submissions.get(ref), deps.current()]);
  if (row === null) throw ApplicationFailure.create({ type: 'unexpected', message: 'the ledger lost the submission' });
  const everyMs = row.intake === null ? undefined : current.settings.intakes[row.intake]?.everyMs;
  return shown(row, everyMs ?? OPERATOR_LOOK_MS);
}

function shown(row: Submission, everyMs: number): SubmissionState {
  const { phase, blockedBy, blockedUntil, lastError, devItemKey, devItemUrl, feedback } = row;
  return { phase, blockedBy, blockedUntil, lastError, devItemKey, devItemUrl, feedback, everyMs };
}
