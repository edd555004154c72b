/**
 * What craftsync is doing with an item, in words for the people who use Craft.io (`stateField`; design 3, step 4).
 * The words stay the same while nothing changes, so that the field is written on change only. Times are UTC.
 */
import type { ItemLink } from '../link.js';
import { REASON_TEXTS } from '../reasons.js';

/** Waits shorter than this are not worth a write of their own. */
const SHORT_WAIT_MS = 2 * 60 * 1000;

export function clockTime(iso: string): string {
  return `${iso.slice(11, 16)} UTC`;
}

/** What operators and the owner of an item read while the month's calls are spent. */
export function monthSpentWords(until: Date): string {
  const iso = until.toISOString();
  return `${REASON_TEXTS['month-spent'].words}, goes on ${iso.slice(0, 10)} ${clockTime(iso)}`;
}

function why(link: ItemLink): string {
  if (link.lastError !== null) return link.lastError;
  return link.blockedBy === null ? 'see craftsync status' : REASON_TEXTS[link.blockedBy].words;
}

/** A wait, or a failure that is still being retried, is no fact about the item. */
function lastingError({ lastError, blockedBy }: ItemLink): string {
  return lastError === null || blockedBy !== null ? '' : ` ${lastError}.`;
}

function flags(link: ItemLink): string {
  const drift = link.drift ? ` Changed in Craft.io since the hand-over: ${link.driftFields.join(', ')}.` : '';
  const duplicate = link.duplicate ? ` There is more than one dev item: ${link.duplicateDevItems.join(', ')}.` : '';
  return `${drift}${duplicate}`;
}

/**
 * The words for `stateField`; null while a short step is under way, which is not worth a write.
 * `now` is the database's clock.
 */
export function stateWords(link: ItemLink, now: Date): string | null {
  const dev = link.devItemKey ?? link.devItemId ?? 'the dev item';
  switch (link.phase) {
    case 'checking':
    case 'creating':
    case 'locking': {
      // For operators, not for the item's owner: a write for each of many items would say that none can be written.
      if (link.blockedBy === 'pipeline-paused') return null;
      if (link.blockedUntil === null) return null;
      if (Date.parse(link.blockedUntil) - now.getTime() < SHORT_WAIT_MS) return null;
      if (link.blockedBy === 'month-spent') return `Waiting: ${monthSpentWords(new Date(link.blockedUntil))}`;
      const what = link.blockedBy === 'rate-limit' ? 'Waiting for budget' : `Waiting: ${why(link)}`;
      return `${what}, about ${clockTime(link.blockedUntil)}`;
    }
    case 'blocked':
      return `Blocked: ${why(link)}`;
    case 'following':
      return `In sync with ${dev}.${lastingError(link)}${flags(link)}`;
    case 'settling':
      return `Closed as ${dev}; the sync ends unless it is reopened.${flags(link)}`;
    case 'paused':
      return `Paused: ${why(link)}`;
    case 'orphaned':
      return `${dev} no longer exists in ${link.devTool}: recreate it, relink the item, or release it.`;
    case 'done':
      return `Done as ${dev}.`;
    case 'released':
      // The release itself writes `releasedWords`.
      return null;
    case 'not-ready':
      return '';
  }
}

export function releasedWords(now: Date): string {
  const iso = now.toISOString();
  return `No longer synced since ${iso.slice(0, 10)} ${clockTime(iso)}.`;
}

/** Whether `words` should be written; `last` are the words last written, undefined: none were. */
export function isStateDue(words: string | null, last: string | undefined): boolean {
  if (words === null) return false;
  return words !== (last ?? '');
}

/** The same for an item's field, whose words are not known while a write with other words has no answer. */
export function areWordsDue(words: string | null, field: string, link: ItemLink): boolean {
  const unanswered = link.unanswered?.customFields[field];
  const mayBeOthers = words !== null && unanswered !== undefined && unanswered !== words;
  return mayBeOthers || isStateDue(words, link.lastProgress?.[field]);
}
