/**
 * Compares the markers that a dev tool holds with the rows of a pipeline, when the ledger may lack some (decision 18):
 * what it does not know is linked again, and nothing is created a second time (invariant I1).
 *
 * One step of the pipeline does it for all; its items wait for it right before a create, and nowhere else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import type { ReadCall } from '../../connectors/port/calls.js';
import type { DevToolConnector, MarkedItem } from '../../connectors/port/devTool.js';
import { budgetReason, ToolError } from '../../domain/errors.js';
import { markerStart, readMarker } from '../../domain/ids.js';
import type { ItemLink } from '../../domain/link.js';
import type { PipelineSettings, DevToolSettings } from '../../domain/settings.js';
import { maybeUncompared, type Phase } from '../../domain/phases.js';
import type { Claim, Doubt, Marked, Trouble } from '../../ledger/ledger.js';
import type { ActivityDeps, Needs } from '../ports.js';
import { callOf, heartbeating } from '../step/itemContext.js';
import { visibleAfterMs } from '../writes/adoptDevItem.js';
import { SEND_WITHIN_MS } from '../writes/lease.js';
import { askAgainMs, behind, failed, tooEarly, troubleFrom, type Place, type Undecided } from './undecided.js';

/** Where a comparison takes place. */
export interface Compared {
  readonly pipeline: PipelineSettings;
  readonly toolSettings: DevToolSettings;
  readonly tool: DevToolConnector;
  readonly call: ReadCall;
}

type CompareNeeds = Needs<'continuity' | 'links' | 'log' | 'now', 'itemSyncs'>;

/** A claim lasts this long, and is renewed four times in that time: a listing may take as long as it does. */
const CLAIMED_FOR_MS = 60_000;
const RENEW_EVERY_MS = CLAIMED_FOR_MS / 4;
/** What is not compared by then, within the two hours of the step, has failed. */
const COMPARED_WITHIN_MS = 100 * 60_000;
/** Whatever a tool asks for: by then the next one may ask, since limits and plans change. */
const BUDGET_WAIT_MS = 60_000;
/** A ready sweep waits this long at most for the comparison of somebody else. */
const SWEEP_WAITS_MS = 5 * 60_000;

/** Null: as far as can be known, no dev item of the pipeline in this tool is without a row. */
export async function compareMarkers(deps: CompareNeeds, compared: Compared): Promise<Undecided | null> {
  const { continuity } = deps.ledger;
  const place = placeOf(compared);
  const doubt = await continuity.doubt(place.pipeline, place.devTool);
  if (doubt === null) return null;
  // A create that was under way when the ledger was put back becomes visible only then.
  const shownAtMs = Date.parse(doubt.doubtedAt) + SEND_WITHIN_MS + visibleAfterMs(compared.toolSettings);
  const earlyMs = shownAtMs - (await deps.ledger.now()).getTime();
  if (!doubt.isNew && earlyMs > 0) return tooEarly(earlyMs, doubt.why);
  const claiming = await continuity.claim(place.pipeline, place.devTool, CLAIMED_FOR_MS);
  if (claiming.status === 'busy') return behind(place, doubt, claiming);
  return compareUnder(deps, compared, { doubt, earlyMs, claim: claiming.claim, failures: claiming.failures });
}

interface Claimed {
  readonly doubt: Doubt;
  /** Until a create that was under way would show, in milliseconds. */
  readonly earlyMs: number;
  readonly claim: Claim;
  /** How many comparisons in a row have failed before. */
  readonly failures: number;
}

/** Under a claim that is renewed while it takes; a claim that is lost ends the listing. */
async function compareUnder(deps: CompareNeeds, compared: Compared, claimed: Claimed): Promise<Undecided | null> {
  const { claim, doubt } = claimed;
  const held = keepClaim(deps, claim);
  const { signal } = compared.call;
  const ends = [held.lost, held.tooLong, ...(signal === undefined ? [] : [signal])];
  // Whoever compares next goes on in this one's place in line.
  const call = { ...compared.call, waiter: `compare:${claim.pipeline}`, signal: AbortSignal.any(ends) };
  try {
    return await compareNow(deps, { ...compared, call }, claimed);
  } catch (error) {
    if (signal?.aborted === true) {
      // A verb, or the end of this worker: no failure of anybody, and the next one may begin at once.
      await deps.ledger.continuity.postpone(claim, 0);
      throw error;
    }
    if (held.lost.aborted) return supersededBy(deps, compared, doubt);
    if (held.tooLong.aborted) return fail(deps, compared, { ...claimed, trouble: TOOK_TOO_LONG });
    return await cannotCompare(deps, compared, claimed, error);
  } finally {
    held.stop();
  }
}

const TOOK_TOO_LONG: Trouble = {
  reason: 'unexpected',
  why: `it took longer than ${COMPARED_WITHIN_MS / 60_000} minutes; a larger \`rateLimit\` lets it read faster`,
};

/** Renews the claim until it is stopped, lost, or held for too long: what hangs must not hold it for ever. */
function keepClaim({ ledger: { continuity } }: Needs<'continuity'>, claim: Claim) {
  const lost = new AbortController();
  const tooLong = new AbortController();
  const begunMs = performance.now();
  const renew = async (): Promise<void> => {
    if (performance.now() - begunMs > COMPARED_WITHIN_MS) tooLong.abort();
    // A ledger that cannot be asked now may be asked again; at last the claim runs out.
    else if (!(await continuity.renew(claim, CLAIMED_FOR_MS).catch(() => true))) lost.abort();
  };
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS);
  return { lost: lost.signal, tooLong: tooLong.signal, stop: () => clearInterval(timer) };
}

/** Somebody else compares, or an operator has ended the doubt. */
async function supersededBy(deps: CompareNeeds, compared: Compared, doubt: Doubt): Promise<Undecided> {
  const place = placeOf(compared);
  const open = (await deps.ledger.continuity.openComparisons()).find(
    ({ pipeline, devTool }) => pipeline === place.pipeline && devTool === place.devTool,
  );
  const none = { ...place, trouble: null, failures: 0, underWayMs: null, againInMs: 0 };
  return behind(place, doubt, open ?? none);
}

/**
 * The others do not ask the same at once; what waits or is refused as a whole is shown by the step itself. Where the
 * month is spent, each may ask: it costs no call, and tells each until when.
 */
async function cannotCompare(
  deps: CompareNeeds,
  compared: Compared,
  { claim, failures }: Claimed,
  error: unknown,
): Promise<Undecided> {
  const trouble = error instanceof ToolError ? troubleFrom(error) : null;
  if (trouble !== null) return fail(deps, compared, { claim, failures, trouble });
  if (error instanceof ToolError && error.kind === 'rate-limited') {
    const { retryInMs = BUDGET_WAIT_MS } = error.details;
    const wait = { reason: budgetReason(error), why: error.message };
    const ms = wait.reason === 'month-spent' ? 0 : Math.min(retryInMs, BUDGET_WAIT_MS);
    await deps.ledger.continuity.postpone(claim, ms, wait);
  } else {
    await deps.ledger.continuity.postpone(claim, 0);
  }
  throw error;
}

async function fail(
  deps: CompareNeeds,
  compared: Compared,
  { claim, failures: before, trouble }: Pick<Claimed, 'claim' | 'failures'> & { readonly trouble: Trouble },
): Promise<Undecided> {
  const failures = before + 1;
  const ms = askAgainMs(trouble, failures);
  await deps.ledger.continuity.fail(claim, ms, trouble);
  const undecided = failed(placeOf(compared), trouble, { ms, failures });
  await note(deps, claim.pipeline, trouble.reason === 'bad-answer' ? 'unknown' : 'failed', undecided.why);
  return undecided;
}

/**
 * For a ready sweep: what the ledger lacks is linked again although nothing is about to be created. It may fail without
 * harm, since every create asks again.
 */
export async function compareForSweep(deps: CompareNeeds & Pick<ActivityDeps, 'current'>, name: string): Promise<void> {
  const current = await deps.current();
  const pipeline = current.settings.pipelines[name];
  const toolSettings = current.settings.devTools[pipeline?.devTool ?? ''];
  if (pipeline === undefined || toolSettings === undefined) return;
  try {
    const tool = current.devTool(pipeline.devTool);
    const compared = { pipeline, toolSettings, tool, call: callOf('sweep') };
    await heartbeating(() => compareInTime(deps, compared));
  } catch (error) {
    cancellationSignal().throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    await note(deps, name, 'failed', error.message);
  }
}

/** Runs that rest ask for no create, so the sweep waits for what is soon to be compared. */
async function compareInTime(deps: CompareNeeds, compared: Compared): Promise<void> {
  const giveUpAt = performance.now() + SWEEP_WAITS_MS;
  for (;;) {
    const undecided = await compareMarkers(deps, compared);
    if (undecided === null || undecided.reason !== null || performance.now() + undecided.ms > giveUpAt) return;
    await sleep(undecided.ms, undefined, { signal: cancellationSignal() });
  }
}

async function compareNow(deps: CompareNeeds, compared: Compared, claimed: Claimed): Promise<Undecided | null> {
  const { continuity } = deps.ledger;
  const { doubt, earlyMs, claim, failures } = claimed;
  const { name, devTool, target } = compared.pipeline;
  const createdSince = doubt.knownUntil === null ? null : await sinceHere(deps, doubt.knownUntil);
  const listing = await compared.tool.listMarked({ target, start: markerStart(name), createdSince }, compared.call);
  compared.call.signal?.throwIfAborted();
  if (listing.answer === 'unknown') {
    const trouble = { reason: 'bad-answer', why: listing.why } as const;
    return fail(deps, compared, { claim, failures, trouble });
  }
  const marked = markedItems(listing.marked, name);
  // What is found although the ledger is new shows that a ledger was lost, perhaps with creates under way.
  const outcome = await continuity.settle(claim, { marked, ifNoneIsUnknown: doubt.isNew && earlyMs > 0 });
  if (outcome.status === 'lost') return supersededBy(deps, compared, doubt);
  if (outcome.status === 'some-unknown') {
    await continuity.postpone(claim, earlyMs);
    return tooEarly(earlyMs, `${devTool} holds dev items of it that the ledger does not know`);
  }
  const counts = `${marked.length} marked, ${outcome.changed.length} of them unknown`;
  await note(deps, name, 'compared', `${doubt.why}: ${counts} in ${devTool}`);
  const wasPutBack = !doubt.isFirst || outcome.changed.length > 0;
  await wakeThoseWhoWait(deps, name, { wasPutBack, hadFailed: failures > 0 });
  // Only now: an attempt that ends before this compares, and wakes, once more.
  await continuity.conclude(claim, doubt);
  return null;
}

/**
 * Runs that know more than their rows rest, and those that waited for a comparison that failed wait long: nobody else
 * would tell them to look. Those of rows that were just opened are among them.
 */
async function wakeThoseWhoWait(
  deps: CompareNeeds,
  pipeline: string,
  { wasPutBack, hadFailed }: { readonly wasPutBack: boolean; readonly hadFailed: boolean },
): Promise<void> {
  if (!wasPutBack && !hadFailed) return;
  const phases: Phase[] = ['checking', 'creating', 'locking', ...(hadFailed ? (['blocked'] as const) : [])];
  const links = await deps.ledger.links.list({ pipeline, phases });
  const due = links.filter((link) => link.phase !== 'blocked' || isBlockedByThis(link));
  const wakes = due.map((item) => ({ item, changed: 'craft-item' as const }));
  const unwoken = await deps.itemSyncs.wake(wakes, { signal: cancellationSignal() });
  if (unwoken.length > 0) throw new Error(`${unwoken.length} runs could not be told of their rows; it is tried again`);
}

/** Another reason, such as a missing field, has not ended with the comparison. */
function isBlockedByThis({ devItemId, sentAt, blockedBy }: ItemLink): boolean {
  return devItemId === null && sentAt === null && maybeUncompared(blockedBy);
}

/** By this process's clock, as the port wants it; a minute of slack included. */
async function sinceHere(deps: Needs<'now'>, time: string): Promise<string> {
  const nowHereMs = Date.now();
  const agoMs = (await deps.ledger.now()).getTime() - Date.parse(time);
  return new Date(nowHereMs - agoMs - 60_000).toISOString();
}

function markedItems(found: readonly MarkedItem[], pipeline: string): readonly Marked[] {
  const ids = new Map<string, string[]>();
  for (const { marker, item } of found) ids.set(marker, [...(ids.get(marker) ?? []), item.id]);
  return [...ids].flatMap(([text, devItemIds]) => {
    const read = readMarker(text, pipeline);
    return read === null ? [] : [{ craftItemId: read.craftItemId, generation: read.generation, devItemIds }];
  });
}

function placeOf({ pipeline }: Compared): Place {
  return { pipeline: pipeline.name, devTool: pipeline.devTool };
}

async function note(deps: Needs<'log'>, pipeline: string, outcome: string, detail: string): Promise<void> {
  const entry = { pipeline, craftItemId: null, step: 'compareMarkers', attempt: 1, workflowId: null, runId: null };
  await deps.ledger.log.append({ ...entry, outcome, detail });
}
