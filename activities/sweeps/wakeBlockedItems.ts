/**
 * The ready sweep compares what it lists with what blocked the items that are not handed over yet, and wakes those for
 * which something has changed (design 4, Blocked items). What could not be woken is still due for the next sweep.
 */
import { cancellationSignal } from '@temporalio/activity';
import type { BlockedItem } from '../../ledger/ledger.js';
import type { Needs } from '../ports.js';

/**
 * What the sweep listed, by id: the fingerprint, or null where the listing cannot tell. What is not in it is no longer
 * ready.
 */
type Listed = ReadonlyMap<string, string | null>;

/**
 * A listing that was woken for is told twice, since the first time the single read may still have been older than the
 * listing. Then it is silent: the listing shows this item in another way than a single read does.
 */
const TELLINGS = 2;

export async function wakeBlockedItems(
  deps: Needs<'snapshots', 'itemSyncs'>,
  sweep: { readonly pipeline: string; readonly pipelines: readonly string[] },
  listed: Listed,
): Promise<void> {
  const blocked = await deps.ledger.snapshots.blocked(sweep.pipeline, sweep.pipelines);
  const wakes = blocked.filter((item) => isDue(item, listed)).map((item) => ({ item, changed: 'craft-item' as const }));
  if (wakes.length === 0) return;
  const unwoken = new Set(await deps.itemSyncs.wake(wakes, { signal: cancellationSignal() }));
  const told = wakes.filter((wake) => !unwoken.has(wake)).map(({ item }) => item.craftItemId);
  const shown = told.map((craftItemId) => ({ craftItemId, listed: listed.get(craftItemId) ?? null }));
  await deps.ledger.snapshots.noteListed(sweep.pipeline, shown);
}

function isDue(item: BlockedItem, listed: Listed): boolean {
  const now = listed.get(item.craftItemId);
  if (item.isFree || now === undefined) return true;
  // It looks again by itself, since its last check could not be compared with a listing.
  if (item.checked === null) return false;
  if (now === null) return true;
  if (now === item.checked) return false;
  return now !== item.listed || item.listedTimes < TELLINGS;
}
