/**
 * Paused connections (design 5): 401 and 403 pause, one attempt a minute probes, an answer ends the pause.
 *
 * If a write was refused, only an accepted write ends the pause: a key that may read but not write would otherwise end
 * it with every read, and alert again with every write. During such a pause steps go on until they come to a write, and
 * one write a minute is tried. Meanwhile nothing is created that could not be locked, unless nobody else has a write to
 * try: then one item is handed over, and its lock is that write. An item of a pipeline without a lock is held up by
 * nothing, since nothing is written for it.
 */
import { ToolError, withAdvice } from '../../domain/errors.js';
import { stepOf, type Wait } from '../../domain/itemState.js';
import type { ConnectionPause } from '../../ledger/ledger.js';
import { waitFor, type ItemContext } from './itemContext.js';
import { endPause } from './refusedPipeline.js';

const CONNECTION_PROBE_MS = 60_000;
/** An item whose own write was refused retries later, so it is not always the probe. */
const REFUSED_AGAIN_MS = 150_000;
/** After so long without a write nobody is left who has one to try: the item that was refused may be gone by now. */
const NOBODY_TRIES_MS = 5 * 60_000;
/** A pause that only an operator ends is checked this rarely; `resume` wakes the items at once. */
const OPERATOR_LOOK_MS = 15 * 60_000;

/** Thrown before a write that a paused connection does not let pass; nothing was sent. */
export class WritesPaused extends Error {
  override readonly name = 'WritesPaused';

  constructor(readonly pause: ConnectionPause) {
    super(pause.message);
  }
}

/** Null when nothing holds the step up. A pause of the pipeline holds up the hand-over alone (refusedPipeline.ts). */
export async function waitAtGate(ctx: ItemContext): Promise<Wait | null> {
  for (const pause of ctx.opened.pauses) {
    if (pause.refused?.pipeline === ctx.item.pipeline) ctx.refusal.pause = pause;
    if (pause.connection !== 'craft' && pause.connection !== ctx.pipeline.devTool) continue;
    ctx.first?.handOn(`${pause.connection} is paused`);
    if (!(await mayPass(ctx, pause))) return waitForPause(ctx, pause);
  }
  return null;
}

export async function waitForPause(ctx: ItemContext, { reason, message }: ConnectionPause): Promise<Wait> {
  const ms = reason === 'connection' ? CONNECTION_PROBE_MS : OPERATOR_LOOK_MS;
  return waitFor(ms, await ctx.deps.ledger.now(), { reason, why: message });
}

async function mayPass(ctx: ItemContext, { connection, reason, writeRefused }: ConnectionPause): Promise<boolean> {
  const { connections } = ctx.deps.ledger;
  if (reason !== 'connection') return false;
  if (writeRefused) {
    if (connection !== 'craft' || ctx.pipeline.lock === null || stepOf(ctx.link) !== 'create') return true;
    return connections.mayProbe(connection, NOBODY_TRIES_MS);
  }
  if (!(await connections.mayProbe(connection)) || !(await answersAgain(ctx, connection))) return false;
  await connections.answered(connection, 'read');
  return true;
}

/** One read over the paused connection itself: answers of another connection prove nothing. */
async function answersAgain(ctx: ItemContext, connection: string): Promise<boolean> {
  try {
    if (connection === 'craft') {
      for await (const page of ctx.craft.listAll(ctx.pipeline.source, ctx.call)) return page.items.length >= 0;
      return true;
    }
    const scope = await ctx.tool.scopeOf(ctx.pipeline.target, ctx.call);
    if (await ctx.tool.seesScope(scope, ctx.call)) return true;
    // An empty scope looks the same as a hidden one. Where nothing is linked in it, nothing can wrongly be called gone.
    return (await ctx.deps.ledger.live.liveDevItemIds(connection, scope)).length === 0;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}

/** To be called before the lease of a write where writes to the connection are paused. */
export async function mayWrite(ctx: ItemContext, connection: string): Promise<void> {
  const { connections } = ctx.deps.ledger;
  const pause = await connections.paused(connection);
  if (pause?.writeRefused !== true) return;
  ctx.first?.handOn(`${connection} is paused`);
  if (pause.reason !== 'connection' || !(await connections.mayProbe(connection))) throw new WritesPaused(pause);
  ctx.probing.add(connection);
}

/** To be called after a write was accepted: if it was a probe, it ends the pause. */
export async function noteAccepted(ctx: ItemContext, connection: string): Promise<void> {
  const { connections, goneInCraft, phases } = ctx.deps.ledger;
  // Reads were answered meanwhile.
  if (ctx.probing.delete(connection) && (await connections.answered(connection, 'write'))) ctx.startGently(connection);
  const { pause } = ctx.refusal;
  const wasRefused = pause?.refused?.step === 'lock' ? 'craft' : ctx.pipeline.devTool;
  if (pause !== null && connection === wasRefused && ctx.probing.has(pause.connection)) await endPause(ctx, pause);
  if (connection === 'craft' && ctx.link.craftMissingSince !== null) await goneInCraft.noteFound(ctx.item);
  if (ctx.link.writeRefusedAt !== null) await phases.patch(ctx.item, { writeRefusedAt: null });
}

/**
 * After a refused read of one id (`isRefusedById`): whether the listing of the Craft item's source, or the dev item's
 * scope, is refused, too. Other failures of that question are thrown.
 */
export async function isRefusedToo(ctx: ItemContext, { details }: ToolError): Promise<boolean> {
  try {
    if (details.connection === 'craft') {
      await ctx.craft.listIds(ctx.pipeline.source, ctx.call)[Symbol.asyncIterator]().next();
      return false;
    }
    const scope = ctx.link.devScope ?? (await ctx.tool.scopeOf(ctx.pipeline.target, ctx.call));
    return !(await ctx.tool.seesScope(scope, ctx.call));
  } catch (error) {
    if (error instanceof ToolError && (error.kind === 'forbidden' || error.kind === 'unauthorized')) return true;
    throw error;
  }
}

/** The wait of a step whose call was refused for its key; null when only this item is refused and others are not. */
export async function pauseConnection(ctx: ItemContext, error: ToolError): Promise<Wait | null> {
  const { connections, phases } = ctx.deps.ledger;
  const name = error.details.connection ?? ctx.pipeline.devTool;
  const why = withAdvice(error);
  const now = await ctx.deps.ledger.now();
  const writeRefused = error.kind === 'forbidden' && error.details.write === true;
  const again = writeRefused && ctx.link.writeRefusedAt !== null;
  // This item's write paused the connection before, and another item's write has been accepted since.
  if (again && (await connections.paused(name)) === null) return null;
  if (writeRefused) await phases.patch(ctx.item, { writeRefusedAt: now.toISOString() });
  const { first } = await connections.pause(name, 'connection', why, { writeRefused });
  if (first) ctx.startGently(name);
  if (first) await ctx.deps.alerts.send(`The connection ${name} is paused: ${why}`);
  return waitFor(again ? REFUSED_AGAIN_MS : CONNECTION_PROBE_MS, now, { reason: 'connection', why });
}
