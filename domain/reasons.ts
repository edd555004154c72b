/** What an operator should do about each reason, in one sentence; shown in the Temporal UI and by `status` (design 7). */
import type { Reason } from './phases.js';

export const ADVICE = {
  'missing-field':
    'Fill the field in Craft.io; it is looked at again with the next ready sweep, or now with `craftsync resync`.',
  'value-unmapped':
    "Add the value to the field's `values` in the configuration, or change it in Craft.io, then `craftsync resync`.",
  'status-unmapped': 'Add the status to `progress.statuses` in the configuration, then `craftsync apply`.',
  parent: 'Nothing: it goes on when the parent is handed over. Otherwise hand over or release the parent.',
  refused: 'Correct the value that was refused in Craft.io or in the configuration, then `craftsync resync`.',
  'bad-answer': 'Look at the item on both sides; `craftsync check` tells whether the whole connection is affected.',
  'tool-down': 'Check that the system can be reached; it is tried again by itself, or now with `craftsync resync`.',
  connection: 'Run `craftsync check`: it says what is wrong with the key or its rights.',
  'rate-limit': 'Nothing: it goes on by itself. Lower `rateLimit` or ask for more calls if it happens often.',
  'month-spent': 'It goes on with the next month; a larger plan or longer intervals help.',
  duplicate: 'Delete the surplus dev items and `craftsync relink` the right one.',
  'pipeline-removed': 'Put the pipeline back and run `craftsync apply`; then the item goes on, or can be released.',
  'mass-deletion': 'Look into the dev tool; when the deletions are meant, `craftsync resume <connection>`.',
  'mass-creation': 'Check the readiness rule with `craftsync preview`; then `craftsync sweep --all`.',
  'linked-elsewhere': 'Release it in the other pipeline, or set `alsoHandedOver: true`.',
  operator: 'Run `craftsync resume` when it shall go on.',
  unexpected: 'See the last error and `craftsync log`; `craftsync resync` tries again.',
} as const satisfies Record<Reason, string>;
