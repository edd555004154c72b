/** What the parts of the Craftnote connector share. */
import type { DevToolSettings } from '../../domain/settings.js';
import type { Craftnote } from './requests.js';
import type { Directory } from './directory.js';

/** One connection, with what its methods share. */
export interface CraftnoteContext {
  readonly settings: DevToolSettings;
  readonly cn: Craftnote;
  readonly directory: Directory;
}
