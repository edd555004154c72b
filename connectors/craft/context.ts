/** What the parts of the Craft.io connector share. */
import type { CraftSettings } from '../../domain/settings.js';
import type { ConnectionMemory } from '../port/connectionMemory.js';
import type { FieldDirectory } from './directories/fields.js';
import type { Craft } from './requests.js';
import type { StatusDirectory } from './directories/statuses.js';
import type { TermDirectory } from './directories/terms.js';
import type { Mutex } from './mutex.js';

/** What a PUT does to the custom fields that it does not name: it keeps them, or it replaces all. */
export type PutKind = 'partial' | 'full';

export interface CraftContext {
  readonly settings: CraftSettings;
  readonly craft: Craft;
  readonly memory: ConnectionMemory;
  readonly fields: FieldDirectory;
  readonly statuses: StatusDirectory;
  readonly terms: TermDirectory;
  /** First writes go one after the other until one has learned what a PUT does. */
  readonly firstWrites: Mutex;
  /** What is known of PUTs, by what `writes.ts` remembers it by. */
  readonly putKinds: Map<string, PutKind>;
}
