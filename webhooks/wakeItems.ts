/**
 * Last step of a delivery: the runs of the items that it names are woken (design 4, Inbox).
 *
 * A webhook is only a hint to read again. So runs are woken without a snapshot, and deliveries that come twice or out
 * of order do no harm. A delivery is marked only after all its items were woken: what fails stays in the inbox.
 */
import type { ItemLink } from '../domain/link.js';
import { isHandsOff } from '../domain/phases.js';
import type { Ledger, StoredDelivery } from '../ledger/ledger.js';

/** A delivery that has been unmarked for this long is taken by the next process that looks. */
export const UNMARKED_FOR_MS = 30_000;
/** How many deliveries are dealt with together. */
export const DELIVERIES_AT_ONCE = 500;

export interface InboxDeps {
  readonly ledger: Pick<Ledger, 'inbox' | 'links'>;
  /** Wakes the run of each item to read its dev item again; resolves with those that could not be woken. */
  readonly wake: (links: readonly ItemLink[]) => Promise<readonly ItemLink[]>;
}

export interface DeliveriesTold {
  /** Deliveries that were marked. */
  readonly marked: number;
  /** Runs that were woken. */
  readonly woken: number;
  /** Not marked yet; they stay in the inbox. */
  readonly left: readonly StoredDelivery[];
}

/**
 * Wakes the items of one dev tool's deliveries: each run once, however many deliveries name its item. A delivery that
 * says only that something changed asks for the feeds to be read: `requestFeedRead` resolves with whether a progress
 * sweep will read them.
 */
export async function wakeItems(
  { ledger, wake }: InboxDeps,
  devTool: string,
  deliveries: readonly StoredDelivery[],
  requestFeedRead: () => Promise<boolean>,
): Promise<DeliveriesTold> {
  const { inbox, links } = ledger;
  const named = [...new Set(deliveries.flatMap(({ devItemIds }) => devItemIds ?? []))];
  const wanted = (await links.byDevItems(devTool, named)).filter(wantsNews);
  const notWoken = new Set((await wake(wanted)).map(({ devItemId }) => devItemId));
  const unnamed = deliveries.filter(({ devItemIds }) => devItemIds === null);
  const isFeedRead = unnamed.length > 0 && (await requestFeedRead());
  const unsent = deliveries.filter(({ devItemIds }) => devItemIds?.some((id) => notWoken.has(id)) === true);
  const left = isFeedRead ? unsent : [...unsent, ...unnamed];
  const done = deliveries.filter((delivery) => !left.includes(delivery));
  await inbox.markWoken(done.map(({ id }) => id));
  if (unsent.length > 0) {
    await inbox.noteFailed(
      unsent.map(({ id }) => id),
      'a run could not be signalled; it is signalled at the next attempt',
    );
  }
  return { marked: done.length, woken: wanted.length - notWoken.size, left };
}

/**
 * Items that are done are woken too: the run reads the dev item again, and goes on if it was reopened (design 4,
 * Waking). Paused ones are not: they read both sides when they are resumed.
 */
function wantsNews({ phase }: ItemLink): boolean {
  return !isHandsOff(phase);
}

/**
 * Wakes the items of all deliveries that no listener has dealt with, for instance because it was killed after it had
 * stored them. Returns how many runs were woken. Called by the progress sweep, which reads the feeds right after, so
 * deliveries that name no item are marked too.
 */
export async function wakeWaiting(deps: InboxDeps, devTool: string, signal: AbortSignal): Promise<number> {
  const { inbox } = deps.ledger;
  let woken = 0;
  for (;;) {
    signal.throwIfAborted();
    const deliveries = await inbox.takeWaiting({
      devTool,
      unmarkedForMs: UNMARKED_FOR_MS,
      limit: DELIVERIES_AT_ONCE,
    });
    if (deliveries.length === 0) return woken;
    const told = await wakeItems(deps, devTool, deliveries, () => Promise.resolve(true));
    woken += told.woken;
    // Temporal refuses for now; what is left is taken again later.
    if (told.left.length > 0) return woken;
  }
}
