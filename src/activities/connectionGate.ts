/**
 * Paused connections (DESIGN 5): 401 and 403 pause, one attempt a minute probes, an answer ends the pause.
 *
 * A pause that a refused write began is ended by an accepted write alone: a key that may read and not write would end it
 * with every read, and alert again with every write. While it stands, the probe is the step itself.
 */
import { ToolError, withAdvice } from '../domain/errors.js';
import type { Wait } from '../domain/itemState.js';
import type { ConnectionPause } from '../ledger/ledger.js';
import { waitFor, type ItemContext } from './itemContext.js';

const CONNECTION_PROBE_MS = 60_000;
/** A pause that only an operator ends is looked at this seldom; `resume` wakes the items at once. */
const OPERATOR_LOOK_MS = 15 * 60_000;

/** Null where nothing holds the step up. */
export async function waitAtGate(ctx: ItemContext): Promise<Wait | null> {
  for (const pause of await ctx.deps.ledger.connections.listPaused()) {
    if (pause.connection !== 'craft' && pause.connection !== ctx.pipeline.devTool) continue;
    if (await mayPass(ctx, pause)) continue;
    const ms = pause.reason === 'connection' ? CONNECTION_PROBE_MS : OPERATOR_LOOK_MS;
    return waitFor(ms, await ctx.deps.ledger.now(), { reason: pause.reason, why: pause.message });
  }
  return null;
}

async function mayPass(ctx: ItemContext, { connection, reason, writeRefused }: ConnectionPause): Promise<boolean> {
  const { connections } = ctx.deps.ledger;
  if (reason !== 'connection' || !(await connections.mayProbe(connection))) return false;
  if (writeRefused) {
    ctx.probing.add(connection);
    return true;
  }
  if (!(await answersAgain(ctx, connection))) return false;
  await connections.answered(connection, 'read');
  return true;
}

/** One read of the paused connection itself: what another connection answers proves nothing. */
async function answersAgain(ctx: ItemContext, connection: string): Promise<boolean> {
  try {
    if (connection === 'craft') {
      for await (const page of ctx.craft.listAll(ctx.pipeline.source, ctx.call)) return page.items.length >= 0;
      return true;
    }
    const scope = await ctx.tool.scopeOf(ctx.pipeline.target, ctx.call);
    if (await ctx.tool.seesScope(scope, ctx.call)) return true;
    // An empty scope looks like lost sight; where nothing is linked, nothing can be called gone because of it.
    return (await ctx.deps.ledger.links.liveDevItemIds(connection, scope)).length === 0;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}

/** To be called after a write was accepted: ends the pause that this step is the probe of. */
export async function noteAccepted(ctx: ItemContext, connection: string): Promise<void> {
  if (ctx.probing.delete(connection)) await ctx.deps.ledger.connections.answered(connection, 'write');
}

/** The wait of a step whose call was refused for its key; null where only this item is refused, and others are not. */
export async function pauseConnection(ctx: ItemContext, error: ToolError): Promise<Wait | null> {
  const { connections } = ctx.deps.ledger;
  const name = error.details.connection ?? ctx.pipeline.devTool;
  const why = withAdvice(error);
  const writeRefused = error.kind === 'forbidden' && error.details.write === true;
  if (writeRefused && wasRefusedBefore(ctx, why) && (await connections.paused(name)) === null) return null;
  const { first } = await connections.pause(name, 'connection', why, { writeRefused });
  if (first) await ctx.deps.alerts.send(`The connection ${name} is paused: ${why}`);
  return waitFor(CONNECTION_PROBE_MS, await ctx.deps.ledger.now(), { reason: 'connection', why });
}

/** This very write paused the connection before; where that is over, another's write was accepted. */
function wasRefusedBefore({ link }: ItemContext, why: string): boolean {
  return link.blockedBy === 'connection' && link.lastError === why;
}
