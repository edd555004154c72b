/**
 * What people read about each reason for which an item waits or is set aside (design 2): why, and what to do.
 * A reason is added to `REASONS` in phases.ts, here, in docs/runbook.md, and in the list of docs/design.md, section 2.
 */
import type { Reason } from './phases.js';

interface ReasonTexts {
  /** Why, as a clause; shown where `lastError` says no more. */
  readonly words: string;
  /** What an operator should do, in one sentence; shown in the Temporal UI and by `status` (design 7). */
  readonly advice: string;
}

export const REASON_TEXTS = {
  'missing-field': {
    words: 'a required field is empty',
    advice:
      'Fill the field in Craft.io; it is looked at again with the next ready sweep, or now with `craftsync resync`.',
  },
  'value-unmapped': {
    words: 'a value has no mapping',
    advice:
      "Add the value to the field's `values` in the configuration, or change it in Craft.io, then `craftsync resync`.",
  },
  'status-unmapped': {
    words: 'a status of the dev tool has no mapping',
    advice: 'Add the status to `progress.statuses` in the configuration, then `craftsync apply`.',
  },
  parent: {
    words: 'the parent item is handed over first',
    advice: 'Nothing: it goes on when the parent is handed over. Otherwise hand over or release the parent.',
  },
  refused: {
    words: 'what was asked for was refused',
    advice:
      'The last error says what was refused. A value: correct it in Craft.io or in the configuration. The right to see or write the item: give it to the key, see docs/rights.md. Then `craftsync resync`.',
  },
  'bad-answer': {
    words: 'an answer was not as documented',
    advice: 'Look at the item on both sides; `craftsync check` tells whether the whole connection is affected.',
  },
  'tool-down': {
    words: 'the dev tool or Craft.io cannot be reached',
    advice: 'Check that the system can be reached; it is tried again by itself, or now with `craftsync resync`.',
  },
  connection: {
    words: 'the connection is not accepted',
    advice: 'Run `craftsync check`: it says what is wrong with the key or its rights.',
  },
  'rate-limit': {
    words: 'the calls of this minute are used up',
    advice: 'Nothing: it goes on by itself. Lower `rateLimit` or ask for more calls if it happens often.',
  },
  'month-spent': {
    words: "the month's calls are spent",
    advice: 'It goes on with the next month; a larger plan or longer intervals help.',
  },
  duplicate: {
    words: 'there are several dev items',
    advice: 'Delete the surplus dev items and `craftsync relink` the right one.',
  },
  'pipeline-removed': {
    words: 'the pipeline is no longer configured',
    advice: 'Put the pipeline back and run `craftsync apply`; then the item goes on, or can be released.',
  },
  'pipeline-paused': {
    words: 'item after item of the pipeline was refused alike',
    advice:
      'The last error says what was refused: correct it in the tool, in Craft.io or in the configuration. It goes on by itself within minutes, at once with `craftsync resume <pipeline>`.',
  },
  'mass-deletion': {
    words: 'many items vanished at once',
    advice:
      'Look into the connection that is named: its address, its key, its items. If they are there again or were deleted on purpose, `craftsync resume <connection>`.',
  },
  'mass-creation': {
    words: 'more new items than maxNewPerSweep',
    advice: 'Check the readiness rule with `craftsync preview`; then `craftsync sweep --all`.',
  },
  'linked-elsewhere': {
    words: 'another pipeline holds the item',
    advice: 'Release it in the other pipeline, or set `alsoHandedOver: true`.',
  },
  operator: {
    words: 'paused by an operator',
    advice: 'Run `craftsync resume` when it should go on.',
  },
  unexpected: {
    words: 'an unexpected error',
    advice: 'See the last error and `craftsync log`; `craftsync resync` tries again.',
  },
} as const satisfies Record<Reason, ReasonTexts>;
