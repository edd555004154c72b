/**
 * A development tool of the sandbox as its people use it: what the page shows, what the team and the tests do, the same
 * for every tool. Each tool has one in its own folder (`side.ts`). Its API is a `Mount` and knows nothing about this.
 */
import type { DevSystemName } from '../world/systems.js';
import type { RecordChange } from '../world/table.js';

/** One dev item with names instead of ids. Nothing here is markup; the page escapes. */
export interface DevCard {
  readonly id: string;
  readonly key: string;
  /** Key of the place where it is. */
  readonly place: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly effort: string;
  /** ISO time; rises with each change. */
  readonly updatedAt: string;
  readonly comments: readonly { readonly by: string; readonly text: string; readonly at: string }[];
}

/** A space, a project, a list: where items are, with the statuses that they can have there. */
export interface DevPlace {
  readonly key: string;
  readonly name: string;
  readonly statuses: readonly string[];
}

/** What people change in an item; a tool without efforts refuses one. */
export interface DevEdit {
  readonly title?: string;
  readonly description?: string;
  readonly effort?: 'small' | 'medium' | 'large' | null;
  readonly impact?: 'small' | 'medium' | 'large' | null;
}

/** `id` is an id or a key; `place` and `status` are a name or an id. */
export type DevDeed =
  | { readonly action: 'create'; readonly place: string; readonly edit: DevEdit & { readonly title: string } }
  | { readonly action: 'move'; readonly id: string; readonly status: string }
  /** To another place of the same tool; refused where the tool has no such thing. */
  | { readonly action: 'move-place'; readonly id: string; readonly place: string }
  | { readonly action: 'edit'; readonly id: string; readonly edit: DevEdit }
  | { readonly action: 'comment'; readonly id: string; readonly text: string }
  | { readonly action: 'delete'; readonly id: string };

/** `id`: the item that was acted on, or created. */
export type DevDeedOutcome =
  | { readonly status: 'done'; readonly id: string; readonly key: string }
  /** In words for the page. */
  | { readonly status: 'refused'; readonly message: string };

export interface DevSide {
  /** As in `type` of the configuration. */
  readonly system: DevSystemName;
  /** For people: `CraftDesk`, or `CraftDesk · Acme` where the organisation has a name. */
  readonly name: string;
  places(): readonly DevPlace[];
  cards(): readonly DevCard[];
  /** Null: there is no such item, or it is gone. */
  card(id: string): DevCard | null;
  /** Whether the item came over the API. */
  isDelivered(id: string): boolean;
  /** The card that shows a record of one of the tool's tables; null: none, or not known any more. */
  cardIdOf(change: RecordChange): string | null;
  do(deed: DevDeed): DevDeedOutcome;
}
