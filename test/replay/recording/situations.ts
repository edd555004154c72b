/**
 * Everything that is recorded, each under the name of its file. Add an entry where a workflow has a new rest, step or
 * message; the matrix test names what is missing.
 */
import type { ItemRuns } from '../../workflows/itemRun.js';
import type { Played } from './played.js';
import { CONTINUED_ITEMS, ITEM_SITUATIONS } from './items.js';
import { LIVES } from './lives.js';
import { CONTINUED_SITUATIONS, SWEEP_SITUATIONS } from './sweeps.js';

/** What situations are recorded with; each is made at the first call. */
export interface Stage {
  items(): Promise<ItemRuns>;
  played(): Promise<Played>;
  /** On a server that suggests a fresh run after some forty events. */
  suggesting(): Promise<Played>;
  suggestingItems(): Promise<ItemRuns>;
}

export interface Situation {
  /** `<workflow>-<what it guards>` */
  readonly file: string;
  /** The history as JSON, as Temporal gives it. */
  record(stage: Stage): Promise<string>;
}

export const SITUATIONS: readonly Situation[] = [
  ...ITEM_SITUATIONS,
  ...CONTINUED_ITEMS,
  ...SWEEP_SITUATIONS,
  ...CONTINUED_SITUATIONS,
  ...LIVES,
];
