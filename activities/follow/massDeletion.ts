/**
 * The guard of both sides against mass deletion: when many items of a connection vanish together, something else is
 * wrong, so no policy runs and the connection pauses until a person has looked (design 3, Gone).
 */
import type { Wait } from '../../domain/itemState.js';
import { waitFor, type ItemContext } from '../step/itemContext.js';

/** More than this many and this share of a connection's followed items gone within an hour. */
const MASS_DELETION = { items: 5, share: 0.02 };
const OPERATOR_LOOK_MS = 15 * 60_000;

/** Pauses the connection and returns the wait of this item; null when few items are gone. */
export async function pauseIfMass(
  { deps }: ItemContext,
  connection: string,
  { gone, followed }: { readonly gone: number; readonly followed: number },
): Promise<Wait | null> {
  if (gone <= MASS_DELETION.items || gone <= MASS_DELETION.share * followed) return null;
  const why = `${gone} of ${followed} followed items vanished from ${connection} within an hour; look there, then run craftsync resume ${connection}`;
  const { first } = await deps.ledger.connections.pause(connection, 'mass-deletion', why);
  if (first) await deps.alerts.send(`The connection ${connection} is paused: ${why}`);
  return waitFor(OPERATOR_LOOK_MS, await deps.ledger.now(), { reason: 'mass-deletion', why });
}
