/**
 * The records of the Kitemaker organisation.
 * Times are ISO strings with milliseconds, UTC. Every record is replaced, never changed in place.
 */

/** The schema's `StatusType`. */
export type StatusType = 'BACKLOG' | 'TODO' | 'IN_PROGRESS' | 'DONE' | 'ARCHIVED';

export interface Status {
  readonly id: string;
  readonly name: string;
  readonly type: StatusType;
  readonly default: boolean;
}

export interface Space {
  /** 16 hexadecimal digits, like all ids of Kitemaker. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly statuses: readonly Status[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Label {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
  readonly color: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A user or an application: who does things in Kitemaker. */
export interface Actor {
  readonly id: string;
  readonly type: 'user' | 'application';
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type Size = 'small' | 'medium' | 'large';

export interface WorkItem {
  readonly id: string;
  readonly spaceId: string;
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly statusId: string;
  readonly sort: string;
  readonly labelIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly watcherIds: readonly string[];
  readonly effort: Size | null;
  readonly impact: Size | null;
  readonly actorId: string;
  readonly closedAt: string | null;
  readonly archivedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Comment {
  readonly id: string;
  readonly workItemId: string;
  readonly body: string;
  readonly actorId: string;
  readonly threadId: string;
  readonly reply: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Initiative {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly color: string;
  readonly actorId: string;
  readonly spaceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly workItemIds: readonly string[];
  readonly effort: string | null;
  readonly impact: string | null;
  readonly archivedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Feedback {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly contents: string;
  readonly personEmail: string | null;
  readonly actorId: string;
  /** Entities that the insight made from this feedback is linked to. */
  readonly entityIds: readonly string[];
  readonly insightId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}
