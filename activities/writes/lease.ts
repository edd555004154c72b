/**
 * The leases and phase changes of one step (design 3, createDevItem). A step may write only while no other attempt has
 * taken a lease since it read the row: a process that was stopped and woken learns here that its successor was faster.
 */
import type { Lease, LeasedWrite, PhaseChange } from '../../ledger/ledger.js';
import { mayWrite } from '../step/connectionGate.js';
import type { UnansweredWrite } from '../../domain/link.js';
import { isAtRest } from '../../domain/phases.js';
import type { ItemContext } from '../step/itemContext.js';

/** How long the right to send lasts (design 3, createDevItem). */
export const SEND_WITHIN_MS = 5_000;

/** Thrown when a newer claim token exists, or the item came to rest: this attempt may not write any more. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

interface CraftWriteNoted {
  readonly unanswered: Omit<UnansweredWrite, 'until'>;
  readonly lateMs: number;
}

/**
 * Takes a lease. For a write to Craft.io (`write`), the same statement stores it in the row as `unanswered`.
 * `connection`: the write goes there, so that the lease is not taken while its writes are paused (`WritesPaused`).
 */
export async function takeLease(
  ctx: ItemContext,
  { connection = null, write }: { readonly connection?: string | null; readonly write?: CraftWriteNoted } = {},
): Promise<Lease> {
  ctx.first?.sends();
  const { leases, pushes } = ctx.deps.ledger;
  // The write that another attempt has under way must stay in the row.
  const after = ctx.claim.token;
  const noted = write && { ...write, after };
  const lease =
    (connection === null ? null : await leases.takeUnlessPaused(ctx.item, SEND_WITHIN_MS, connection, noted)) ??
    (await takeWherePaused(ctx, connection, noted));
  const isRival = lease.before.claimToken !== after;
  ctx.claim.token = lease.token;
  if (isRival) throw new Superseded();
  if (cameToRest(ctx, lease)) {
    if (write !== undefined) await pushes.restoreUnanswered(ctx.item, lease.token, lease.before.unanswered);
    throw new Superseded();
  }
  return lease;
}

/** As a probe, if one is due. */
async function takeWherePaused(ctx: ItemContext, connection: string | null, noted?: LeasedWrite): Promise<Lease> {
  if (connection !== null && !ctx.probing.has(connection)) await mayWrite(ctx, connection);
  return ctx.deps.ledger.leases.take(ctx.item, SEND_WITHIN_MS, noted);
}

function cameToRest(ctx: ItemContext, { before }: Lease): boolean {
  return before.phase !== ctx.link.phase && isAtRest(before.phase);
}

/** Sets the phase, unless another attempt has taken over or the item was paused meanwhile. */
export async function setPhase(ctx: ItemContext, change: PhaseChange): Promise<void> {
  const { phases } = ctx.deps.ledger;
  if (!(await phases.setUnder(ctx.item, ctx.claim.token, change, ctx.link.phase))) throw new Superseded();
}
