/**
 * I2: nothing is lost. Each item ends handed over and locked, or rests where its row says why and the run justifies
 * that.
 */
import type { ItemLink } from '../../../../domain/link.js';
import type { Deed, RunRecord } from '../record/record.js';
import { factsOf, forgottenMs, valuesIn, waitsVisibly, type Finding, type ItemFacts } from './facts.js';

const CHECK_LOST = 'I2 lost';
const CHECK_LOCK = 'I2 not locked';
const LOCKED = 'View only';
/** The proxy's clock and the database's are read one after the other. */
const CLOCKS_MS = 50;

export function lost(record: RunRecord): readonly Finding[] {
  return factsOf(record).flatMap((facts) => {
    const words = whyLost(record, facts);
    return words === null ? [] : [{ check: CHECK_LOST, column: 'lost', craftItemId: facts.id, words } as const];
  });
}

function whyLost(record: RunRecord, facts: ItemFacts): string | null {
  const { row, craft } = facts;
  if (row === null) return craft?.isReady === true && !isHeldUp(record) ? 'it is ready, and has no row' : null;
  const shown = `${row.phase} ${row.blockedBy ?? ''} ${row.lastError ?? ''}`.trim();
  switch (row.phase) {
    case 'following':
    case 'settling':
    case 'done':
      return row.devItemId === null ? `${shown}, without a dev item` : null;
    case 'checking':
    case 'creating':
    case 'locking':
    case 'blocked':
      return waitsVisibly(record, facts) ? null : `${shown}: nothing in the run justifies that`;
    case 'not-ready': {
      const isLetGo = facts.did('craft-unreadied') || facts.did('craft-deleted') || facts.did('craft-moved');
      return isLetGo ? null : `${shown}, though nobody un-readied it`;
    }
    case 'released':
      return isReleasedByPeople(facts) ? null : `${shown}, though nobody released it`;
    case 'orphaned':
      return facts.did('dev-deleted') ? null : `${shown}, though nobody deleted its dev item`;
    case 'paused':
      return isPausedByPeople(facts) || row.blockedBy === 'mass-deletion' ? null : `${shown}, though nobody paused it`;
  }
}

/** No sweep can take an item up while the connection is paused, and `status` says so. */
function isHeldUp({ pauses }: RunRecord): boolean {
  return pauses['craft'] !== undefined;
}

function isReleasedByPeople(facts: ItemFacts): boolean {
  return facts.did('release') || facts.did('release-and-recreate') || facts.did('craft-deleted');
}

function isPausedByPeople({ deeds }: ItemFacts): boolean {
  const last = deeds.findLast(({ what, ok }) => ok && /^(pause|resume) /.test(what));
  return last?.what.startsWith('pause') === true;
}

/** A dev item that a row does not hold, and is not looking for. */
export function unlinked(record: RunRecord): readonly Finding[] {
  return factsOf(record).flatMap(({ id, row, dev }) =>
    dev
      .filter((one) => !isHeld(row, one.id, Number(one.marker?.split('/')[2])))
      .map(({ key, marker }) => {
        const words = `${key} (${marker ?? ''}) is linked to nothing`;
        return { check: 'I2 unlinked', column: 'lost', craftItemId: id, words } as const;
      }),
  );
}

function isHeld(row: ItemLink | null, devItemId: string, generation: number): boolean {
  if (row === null) return false;
  if (row.devItemId === devItemId || row.generation > generation || row.dismissedDevItems.includes(devItemId))
    return true;
  const isSought = row.devItemId === null && row.sentAt !== null;
  return isSought && (row.blockedBy !== null || row.blockedUntil !== null);
}

/** Who is followed is view-only in Craft.io. */
export function notLocked(record: RunRecord): readonly Finding[] {
  return factsOf(record).flatMap((facts) => {
    const { row, craft, id } = facts;
    const isFollowed = row?.phase === 'following' || row?.phase === 'settling';
    if (!isFollowed || craft === null || craft.lock === LOCKED || facts.did('craft-moved')) return [];
    // Whoever released it before the ledger was put back is told: the lock differs from what the row knows.
    if (row.drift && facts.deeds.some((deed) => isRelease(deed) && forgottenMs(record, deed) !== null)) return [];
    const words = `it is ${row.phase}, and its lock in Craft.io is ${craft.lock ?? 'empty'}`;
    return [{ check: CHECK_LOCK, column: 'not locked', craftItemId: id, words } as const];
  });
}

function isRelease({ what, ok }: Deed): boolean {
  return ok && what.startsWith('release ');
}

/** A lock is written only for a dev item that exists and is linked. */
export function lockedTooEarly(record: RunRecord): readonly Finding[] {
  const isRestored = record.struck.includes('ledger-restored');
  return factsOf(record).flatMap((facts) =>
    facts.puts
      .filter((put) => valuesIn(put).get(record.fields.lock) === LOCKED)
      .filter((put) => {
        const isMade = facts.creates.some(({ appliedMs }) => appliedMs !== null && appliedMs <= put.atMs + CLOCKS_MS);
        const isLinked = isRestored || linkedBefore(record, facts.id, put.atMs + CLOCKS_MS);
        return !isMade || !isLinked;
      })
      .map((put) => {
        const words = `call ${put.seq} locks it before it has a dev item and a link`;
        return { check: 'I2 locked too early', column: 'not locked', craftItemId: facts.id, words } as const;
      }),
  );
}

function linkedBefore({ log }: RunRecord, craftItemId: string, atMs: number): boolean {
  return log.some(
    (line) =>
      line.craftItemId === craftItemId &&
      ['created', 'adopted', 'relinked'].includes(line.outcome) &&
      Date.parse(line.at) <= atMs,
  );
}
