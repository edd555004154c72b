/** What the other side saw: every request that took effect, in its order. Judges read this alone. */

export type Side = 'tool' | 'craft';

export interface Effect {
  readonly step: number;
  readonly atMs: number;
  readonly side: Side;
  /** `create`, `comment`, `put`. */
  readonly op: string;
  /** Of the Craft item that it is for. */
  readonly craftItemId: string;
  readonly devItemId: string | null;
  /** `create`: the marker; `comment`: its marker. */
  readonly marker: string | null;
  /** `put`: the status and the custom fields that were written. */
  readonly values: Readonly<Record<string, string>>;
  /** The step at which the sender asked for the right to send. */
  readonly askedAtStep: number;
}

/** What an operator, or the runner in the place of one, had done: by verbs that were answered. */
export interface Order {
  readonly step: number;
  readonly what: 'paused' | 'resumed' | 'released' | 'relinked' | 'recreated' | 'restored';
  readonly craftItemId: string;
  readonly devItemId?: string;
}

export interface RunRecord {
  readonly effects: Effect[];
  readonly orders: Order[];
  /** For people: what happened, line by line. */
  readonly timeline: string[];
}

export function newRecord(): RunRecord {
  return { effects: [], orders: [], timeline: [] };
}
