/**
 * Handing on verified webhooks (design 4, Inbox): a webhook is only a hint to read again, so runs are signalled without
 * a snapshot, and whatever came doubled or out of order does no harm. A row is marked only once all of it is handed on.
 */
import { cancellationSignal } from '@temporalio/activity';
import type { ItemLink } from '../domain/link.js';
import { isLetGo } from '../domain/phases.js';
import type { StoredDelivery } from '../ledger/ledger.js';
import type { ActivityDeps } from '../activities/ports.js';

/** Deliveries that nobody has marked for this long are taken by whoever looks. */
export const UNMARKED_FOR_MS = 30_000;
/** How many deliveries are handed on together. */
export const DELIVERIES_AT_ONCE = 500;
/** How many signals are under way at a time. */
const SIGNALS_AT_ONCE = 20;

export interface DeliveriesHandedOn {
  readonly handedOn: number;
  readonly signalled: number;
  /** Not handed on yet; they stay in the inbox. */
  readonly left: readonly StoredDelivery[];
}

type InboxDeps = Pick<ActivityDeps, 'ledger' | 'itemSyncs'>;

/**
 * Hands on deliveries of one dev tool: each run that follows a named item is signalled once, however many deliveries
 * name it. `readFeeds` is asked when a delivery says only that something changed: false, not yet.
 */
export async function handOnDeliveries(
  deps: InboxDeps,
  devTool: string,
  deliveries: readonly StoredDelivery[],
  readFeeds: () => Promise<boolean>,
): Promise<DeliveriesHandedOn> {
  const { inbox, links } = deps.ledger;
  const named = [...new Set(deliveries.flatMap(({ devItemIds }) => devItemIds ?? []))];
  const wanted = (await links.byDevItems(devTool, named)).filter(wantsNews);
  const failed = new Set(await signalAll(deps, wanted));
  const isFeedRead = deliveries.some(({ devItemIds }) => devItemIds === null) && (await readFeeds());
  const unsent = deliveries.filter(({ devItemIds }) => devItemIds?.some((id) => failed.has(id)) === true);
  const early = isFeedRead ? [] : deliveries.filter(({ devItemIds }) => devItemIds === null);
  const left = [...unsent, ...early];
  const done = deliveries.filter((delivery) => !left.includes(delivery));
  await inbox.markHandedOn(done.map(({ id }) => id));
  if (unsent.length > 0) {
    await inbox.noteFailed(
      unsent.map(({ id }) => id),
      'a run could not be signalled; it is signalled at the next attempt',
    );
  }
  return { handedOn: done.length, signalled: wanted.length - failed.size, left };
}

/** A run of one that is done reads the item and goes on where it was reopened (design 4, Hand-on). */
function wantsNews({ phase }: ItemLink): boolean {
  return !isLetGo(phase);
}

/** The dev items whose runs could not be signalled. */
async function signalAll(deps: InboxDeps, links: readonly ItemLink[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let at = 0; at < links.length; at += SIGNALS_AT_ONCE) {
    await Promise.all(
      links.slice(at, at + SIGNALS_AT_ONCE).map(async (link) => {
        try {
          await deps.itemSyncs.devItemChanged(link);
          await deps.ledger.phases.noteWoken(link);
        } catch {
          failed.push(link.devItemId ?? '');
        }
      }),
    );
  }
  return failed;
}

/**
 * A step of the progress sweep: what no listener has handed on, for instance because it was killed after it had stored.
 * Deliveries that name no item are marked too: this sweep reads the feeds next. How many runs were signalled.
 */
export async function handOnInbox(deps: ActivityDeps, devTool: string): Promise<number> {
  let signalled = 0;
  for (;;) {
    cancellationSignal().throwIfAborted();
    const deliveries = await deps.ledger.inbox.takeWaiting({
      devTool,
      unmarkedForMs: UNMARKED_FOR_MS,
      limit: DELIVERIES_AT_ONCE,
    });
    if (deliveries.length === 0) return signalled;
    const handed = await handOnDeliveries(deps, devTool, deliveries, () => Promise.resolve(true));
    signalled += handed.signalled;
    // Temporal refuses for now: what is left comes again.
    if (handed.left.length > 0) return signalled;
  }
}
