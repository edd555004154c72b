/** What is recorded, and with what. */
import type { ItemRuns } from '../../workflows/itemRun.js';
import type { Played } from './played.js';

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
