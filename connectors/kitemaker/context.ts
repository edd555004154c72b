/** What the parts of the Kitemaker connector share. */
import type { DevToolSettings } from '../../domain/settings.js';
import type { Directory } from './directory.js';
import type { Initiatives } from './initiatives.js';
import type { ItemNaming } from './mapping.js';
import type { Kitemaker } from './requests.js';

/** One connection, with what its methods share. */
export interface KitemakerContext {
  readonly settings: DevToolSettings;
  readonly km: Kitemaker;
  readonly directory: Directory;
  readonly initiatives: Initiatives;
  readonly naming: ItemNaming;
  readonly now: () => number;
}
