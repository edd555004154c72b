/**
 * The leases and phase changes of one step (design 3). A step has a say only while nobody else has taken a lease since it
 * read the row: a process that was stopped and woken learns here that its successor was faster, and does no harm.
 */
import type { Lease, PhaseChange } from '../../ledger/ledger.js';
import type { UnansweredWrite } from '../../domain/link.js';
import { isAtRest } from '../../domain/phases.js';
import type { ItemContext } from '../step/itemContext.js';

/** How far ahead the right to send reaches (design 3, step 2.1). */
export const SEND_WITHIN_MS = 5_000;

/** Thrown when a newer claim token exists: this step has no say any more. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** Takes a lease; a write to Craft.io stands in the row as `unanswered` from here on. */
export async function takeLease(
  ctx: ItemContext,
  write?: { readonly unanswered: Omit<UnansweredWrite, 'until'>; readonly lateMs: number },
): Promise<Lease> {
  const { leases, pushes } = ctx.deps.ledger;
  // What a rival has under way must not be forgotten because of us.
  const after = ctx.claim.token;
  const lease = await leases.take(ctx.item, SEND_WITHIN_MS, write && { ...write, after });
  const isRival = lease.before.claimToken !== after;
  ctx.claim.token = lease.token;
  if (isRival) throw new Superseded();
  if (cameToRest(ctx, lease)) {
    if (write !== undefined) await pushes.restoreUnanswered(ctx.item, lease.token, lease.before.unanswered);
    throw new Superseded();
  }
  return lease;
}

function cameToRest(ctx: ItemContext, { before }: Lease): boolean {
  return before.phase !== ctx.link.phase && isAtRest(before.phase);
}

/** Sets the phase, unless another attempt has taken over meanwhile, or the item was paused. */
export async function setPhase(ctx: ItemContext, change: PhaseChange): Promise<void> {
  const { phases } = ctx.deps.ledger;
  if (!(await phases.setUnder(ctx.item, ctx.claim.token, change, ctx.link.phase))) throw new Superseded();
}
