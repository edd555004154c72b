/**
 * A refused pipeline (design 3, A refused pipeline; decision 32): the same refusal of five of its items in a row pauses
 * it. Its other items wait with one reason, one of them tries again each minute, and all go on when it is accepted.
 *
 *  RP1. Nothing but the create and the lock of items that are not handed over yet waits. A pause for refused creates
 *      holds no lock up.
 *  RP2. During a pause one more item that is refused in the same words waits like the others. It is blocked only where
 *      its refusal is another one, or where it was blocked before.
 *  RP3. The pause ends only by what was refused being accepted, by other settings, by an operator, or with the last of
 *      the items that it tells of. Other settings end it before they are tried, so that what they are refused is
 *      counted anew. Whoever ends it wakes those who wait, when everything of its own step is in the row.
 *  RP4. An item that may try keeps that right until it is refused: its turn in the budget may come later than the next
 *      try.
 */
import { log } from '@temporalio/activity';
import { pipelinePauseKey } from '../../domain/ids.js';
import type { Wait } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import { HANDING_OVER_PHASES, type Phase } from '../../domain/phases.js';
import { refusalWords, refusedSettings, SAME_REFUSALS, type RefusedStep } from '../../domain/rules/refusals.js';
import type { Settings } from '../../domain/settings.js';
import type { ConnectionPause } from '../../ledger/ledger.js';
import type { Needs, Wake } from '../ports.js';
import { waitFor, type ItemContext } from './itemContext.js';

/** The item that tries again looks this often; the pause lets one try pass in a minute. */
const PROBE_MS = 61_000;
/** All others: whoever ends the pause wakes them. */
const LOOK_MS = 15 * 60_000;

/** What the log says where this step of an item was accepted. */
const ACCEPTED = { create: ['created'], lock: ['locked'] } as const satisfies Record<RefusedStep, readonly string[]>;

/** The wait of an item that is not to be tried now; null: it is tried. */
export async function waitForPipeline(ctx: ItemContext, step: RefusedStep): Promise<Wait | null> {
  const { pause } = ctx.refusal;
  if (pause?.refused === undefined || (step === 'lock' && pause.refused.step === 'create')) return null;
  ctx.first?.handOn('the pipeline is paused');
  if (pause.refused.settings !== settingsOf(ctx.settings, ctx.item.pipeline)) {
    await endPause(ctx, pause);
    return null;
  }
  if (!(await mayTry(ctx, step, pause))) return waitOf(ctx, pause.message);
  ctx.probing.add(pause.connection);
  return null;
}

async function mayTry(ctx: ItemContext, step: RefusedStep, pause: ConnectionPause): Promise<boolean> {
  const { connections, refusals } = ctx.deps.ledger;
  if (pause.refused?.admitted.includes(ctx.item.craftItemId) === true) return true;
  const isBefore = step === 'create' && pause.refused?.step === 'lock';
  // A create proves nothing about locks: only where nothing can be locked, one item is created and then locked.
  if (isBefore && (await refusals.waiting(ctx.item, 0)).locking > 0) return false;
  if (!(await connections.mayProbe(pause.connection))) return false;
  await refusals.admit(ctx.item);
  return true;
}

async function waitOf(ctx: ItemContext, why: string): Promise<Wait> {
  const { soon } = await ctx.deps.ledger.refusals.waiting(ctx.item, PROBE_MS + 10_000);
  return waitFor(soon === 0 ? PROBE_MS : LOOK_MS, await ctx.deps.ledger.now(), { reason: 'pipeline-paused', why });
}

function settingsOf({ pipelines, devTools }: Settings, name: string): string | null {
  const pipeline = pipelines[name];
  return pipeline === undefined ? null : refusedSettings(pipeline, devTools[pipeline.devTool]);
}

/** Notes a refusal of the item; the wait of one that is to wait instead of being blocked for it (RP2), else null. */
export async function noteRefusal(ctx: ItemContext, message: string): Promise<Wait | null> {
  const { link, item } = ctx;
  const settings = settingsOf(ctx.settings, item.pipeline);
  if (link.lockedAt !== null || settings === null) return null;
  const { refusals } = ctx.deps.ledger;
  const step = link.devItemId === null ? 'create' : 'lock';
  const why = `${SAME_REFUSALS} items in a row were refused in the same way: ${message}`;
  const refusal = { step, words: refusalWords(message, link), message: why, settings } as const;
  const noted = await refusals.note(item, { ...refusal, accepted: ACCEPTED[step], most: SAME_REFUSALS });
  if (ctx.refusal.pause !== null) await refusals.dismiss(item);
  if (noted.pausedNow) {
    await ctx.deps.alerts.send(
      `The pipeline ${item.pipeline} is paused: ${why}. New items wait; craftsync resume ${item.pipeline} tries again at once.`,
    );
  }
  return noted.isOneMore ? waitOf(ctx, why) : null;
}

/** Ends the pause that the step began with. Who waits for it is woken later (`wakeIfEnded`). */
export async function endPause(ctx: ItemContext, pause: ConnectionPause): Promise<void> {
  ctx.refusal.pause = null;
  ctx.probing.delete(pause.connection);
  if (!(await ctx.deps.ledger.connections.resume(pause.connection))) return;
  ctx.refusal.ended = pause;
  log.info('the pause of the pipeline is over', { pipeline: ctx.item.pipeline });
}

/** To be called when a step has ended, in whichever way: everything of its own is in the row by then (RP3). */
export async function wakeIfEnded(ctx: ItemContext): Promise<void> {
  const { ended } = ctx.refusal;
  if (ended === null) return;
  try {
    await ctx.deps.itemSyncs.wake(await waitingFor(ctx.deps, ended));
  } catch (error) {
    log.warn('those who wait for the pipeline look by themselves', { pipeline: ctx.item.pipeline, why: String(error) });
  }
}

async function waitingFor({ ledger }: Needs<'links'>, { refused }: ConnectionPause): Promise<readonly Wake[]> {
  if (refused === undefined) return [];
  const { pipeline, items } = refused;
  const links = await ledger.links.list({ pipeline, phases: HANDING_OVER_PHASES });
  const waiting = links.filter(({ blockedBy }) => blockedBy === 'pipeline-paused');
  return [
    ...waiting.map((item) => ({ item, changed: 'pause-ended' as const })),
    ...items.map((craftItemId) => ({ item: { pipeline, craftItemId }, changed: 'craft-item' as const })),
  ];
}

/**
 * Where no item waits, one of those that were refused tries again, at the end of each ready sweep: the one that tried
 * longest ago, since any of them may be wrong for a reason of its own. Where none of them is left either, nothing says
 * any longer that the pipeline is refused, and its pause ends.
 */
export async function wakeToTry(
  deps: Needs<'connections' | 'links' | 'refusals', 'itemSyncs'>,
  pipeline: string,
): Promise<void> {
  const { connections, links, refusals } = deps.ledger;
  const pause = await connections.paused(pipelinePauseKey(pipeline));
  if (pause?.refused === undefined) return;
  const refused = await Promise.all(pause.refused.items.map((craftItemId) => links.get({ pipeline, craftItemId })));
  const left = refused.filter((link) => link !== null).filter(isToBeTried);
  const [longestAgo] = left.sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
  const craftItemId = longestAgo?.craftItemId ?? pause.refused.items.at(-1) ?? '';
  if ((await refusals.waiting({ pipeline, craftItemId }, LOOK_MS)).soon > 0) return;
  if (longestAgo === undefined) await connections.resume(pause.connection);
  else await deps.itemSyncs.wake([{ item: { pipeline, craftItemId }, changed: 'craft-item' }]);
}

function isToBeTried({ phase, lockedAt }: ItemLink): boolean {
  return lockedAt === null && (phase === 'blocked' || (HANDING_OVER_PHASES as readonly Phase[]).includes(phase));
}
