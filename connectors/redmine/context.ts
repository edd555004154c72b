/** What the parts of the Redmine connector share. */
import type { DevToolSettings } from '../../domain/settings.js';
import type { Directory } from './directory.js';
import type { ItemNaming } from './mapping.js';
import type { Redmine } from './requests.js';
import type { TextFormatting } from './target.js';

/** One connection, with what its methods share. */
export interface RedmineContext {
  readonly settings: DevToolSettings;
  readonly redmine: Redmine;
  readonly directory: Directory;
  readonly naming: ItemNaming;
  readonly formatting: TextFormatting;
  readonly now: () => number;
}
