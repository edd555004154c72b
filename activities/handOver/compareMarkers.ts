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
import { ToolError } from '../../domain/errors.js';
import { markerStart, readMarker } from '../../domain/ids.js';
import type { PipelineSettings, DevToolSettings } from '../../domain/settings.js';
import type { Doubt, Marked } from '../../ledger/ledger.js';
import type { ActivityDeps, Needs } from '../ports.js';
import { callOf, heartbeating } from '../step/itemContext.js';
import { visibleAfterMs } from '../writes/adoptDevItem.js';
import { SEND_WITHIN_MS } from '../writes/lease.js';

/** Where a comparison takes place. */
export interface Compared {
  readonly pipeline: PipelineSettings;
  readonly toolSettings: DevToolSettings;
  readonly tool: DevToolConnector;
  readonly call: ReadCall;
}

/** Nothing can be created yet. */
export interface Undecided {
  readonly ms: number;
  readonly why: string;
  /** The tool was asked and could not tell: a person may have to look. */
  readonly unknown: boolean;
}

type CompareNeeds = Needs<'continuity' | 'links' | 'log' | 'now', 'itemSyncs'>;

/** A step that compares has this long; reading a large tool takes many calls. */
const CLAIMED_FOR_MS = 10 * 60_000;
/** A ready sweep waits this long at most for a comparison. */
const SWEEP_WAITS_MS = 5 * 60_000;
/** How long the others wait before they look again. */
const LOOK_AGAIN_MS = 10_000;
/** After an answer that was no use, the tool is asked again this much later. */
const ASK_AGAIN_MS = 5 * 60_000;

/** Null: as far as can be known, no dev item of the pipeline in this tool is without a row. */
export async function compareMarkers(deps: CompareNeeds, compared: Compared): Promise<Undecided | null> {
  const { continuity } = deps.ledger;
  const { name, devTool } = compared.pipeline;
  const doubt = await continuity.doubt(name, devTool);
  if (doubt === null) return null;
  // A create that was under way when the ledger was put back becomes visible only then.
  const shownAtMs = Date.parse(doubt.doubtedAt) + SEND_WITHIN_MS + visibleAfterMs(compared.toolSettings);
  const earlyMs = shownAtMs - (await deps.ledger.now()).getTime();
  if (!doubt.isFirst && earlyMs > 0) return undecided(earlyMs, doubt);
  const claim = await continuity.claim(name, devTool, CLAIMED_FOR_MS);
  if (claim.status === 'busy') {
    const why = claim.trouble === null ? waitsFor(compared, doubt) : cannot(compared, claim.trouble);
    return { ms: claim.trouble === null ? LOOK_AGAIN_MS : ASK_AGAIN_MS / 5, why, unknown: claim.trouble !== null };
  }
  try {
    return await compareNow(deps, compared, doubt, earlyMs);
  } catch (error) {
    // The step's own attempts repeat it, and show in the row why they fail.
    await continuity.postpone(name, devTool, 0, null);
    throw error;
  }
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
    if (undecided === null || undecided.unknown || performance.now() + undecided.ms > giveUpAt) return;
    await sleep(undecided.ms, undefined, { signal: cancellationSignal() });
  }
}

async function compareNow(
  deps: CompareNeeds,
  compared: Compared,
  doubt: Doubt,
  earlyMs: number,
): Promise<Undecided | null> {
  const { continuity } = deps.ledger;
  const { name, devTool, target } = compared.pipeline;
  const createdSince = doubt.knownUntil === null ? null : await sinceHere(deps, doubt.knownUntil);
  const listing = await compared.tool.listMarked({ target, start: markerStart(name), createdSince }, compared.call);
  if (listing.answer === 'unknown') {
    await continuity.postpone(name, devTool, ASK_AGAIN_MS, listing.why);
    await note(deps, name, 'unknown', cannot(compared, listing.why));
    return { ms: ASK_AGAIN_MS, why: cannot(compared, listing.why), unknown: true };
  }
  const marked = markedItems(listing.marked, name);
  // What is found although the pipeline is new shows that a ledger was lost, perhaps with creates under way.
  const comparison = { marked, ifNoneIsUnknown: doubt.isFirst && earlyMs > 0 };
  const outcome = await continuity.settle(name, devTool, comparison);
  if (outcome.status === 'some-unknown') {
    await continuity.postpone(name, devTool, earlyMs, null);
    return undecided(earlyMs, { ...doubt, why: `${devTool} holds dev items of it that the ledger does not know` });
  }
  const counts = `${marked.length} marked, ${outcome.changed.length} of them unknown`;
  await note(deps, name, 'compared', `${doubt.why}: ${counts} in ${devTool}`);
  await wakeUnlocked(deps, name, !doubt.isFirst || outcome.changed.length > 0);
  // Only now: an attempt that ends before this compares, and wakes, once more.
  await continuity.conclude(name, devTool, doubt);
  return null;
}

/**
 * Runs that know more than their rows rest: those of rows that are not locked, those that were just opened among them,
 * are told to look. Nobody else would tell them.
 */
async function wakeUnlocked(deps: CompareNeeds, pipeline: string, wasPutBack: boolean): Promise<void> {
  if (!wasPutBack) return;
  const links = await deps.ledger.links.list({ pipeline, phases: ['checking', 'creating', 'locking'] });
  const wakes = links.map((item) => ({ item, changed: 'craft-item' as const }));
  const unwoken = await deps.itemSyncs.wake(wakes, { signal: cancellationSignal() });
  if (unwoken.length > 0) throw new Error(`${unwoken.length} runs could not be told of their rows; it is tried again`);
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

function undecided(ms: number, { why }: Pick<Doubt, 'why'>): Undecided {
  return { ms, why: `${why}: what the tool holds is compared with the ledger first`, unknown: false };
}

function waitsFor({ pipeline }: Compared, { why }: Doubt): string {
  return `${why}: the markers in ${pipeline.devTool} are being compared with the ledger`;
}

function cannot({ pipeline }: Compared, why: string): string {
  return (
    `the ledger may lack dev items of ${pipeline.name}, and the markers in ${pipeline.devTool} cannot be compared with it: ` +
    `${why}. Mend that, or, if ${pipeline.devTool} holds nothing that craftsync made, run craftsync apply --accept`
  );
}

async function note(deps: Needs<'log'>, pipeline: string, outcome: string, detail: string): Promise<void> {
  const entry = { pipeline, craftItemId: null, step: 'compareMarkers', attempt: 1, workflowId: null, runId: null };
  await deps.ledger.log.append({ ...entry, outcome, detail });
}
