/**
 * The records of the sandbox's world: what its Craft.io account and its Kitemaker organisation hold.
 * Times are ISO strings with milliseconds, UTC. Every record is replaced, never changed in place.
 */

import type { System } from './systems.js';

/** Who caused a change; `api` is any client over HTTP. */
export type By = 'api' | 'product-manager' | 'developer' | 'seed';

export interface CraftWorkspace {
  readonly id: string;
  readonly name: string;
  /** What short ids begin with: `MOB-102`. */
  readonly prefix: string;
}

/** Holds initiatives; a custom field, a term or an initiative names it where a work item's names its workspace. */
export interface CraftPortfolio extends CraftWorkspace {
  readonly workspaceIds: readonly string[];
}

/** What a workspace or portfolio calls a kind of item. */
export interface CraftTerm {
  readonly id: string;
  /** A workspace or a portfolio. */
  readonly placeId: string;
  readonly category: string;
  readonly default: string;
  readonly customSingle: string;
  readonly customPlural: string;
}

export interface CraftPortal {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
}

/** A category or a status of a feedback portal. */
export interface CraftPortalEntry {
  readonly id: string;
  readonly portalId: string;
  readonly name: string;
}

export interface CraftFeedback {
  readonly id: string;
  readonly shortId: string;
  readonly portalId: string;
  readonly title: string;
  readonly description: string;
  readonly categoryId: string | null;
  readonly statusId: string | null;
  /** As it was submitted: an address or a name; null: nobody in particular. */
  readonly submitter: string | null;
  /** Work items and initiatives that it was linked to. */
  readonly linkedItemIds: readonly string[];
  readonly creationTime: string;
}

export interface CraftStatus {
  readonly id: string;
  readonly name: string;
}

export type CraftFieldType = 'text' | 'url' | 'number' | 'dropdown';

export interface CraftCustomField {
  readonly id: string;
  /** Of a portfolio field its portfolio. */
  readonly workspaceId: string;
  readonly name: string;
  readonly type: CraftFieldType;
  /** The choices of a dropdown; empty for the other types. */
  readonly values: readonly string[];
}

export interface CraftUser {
  readonly id: string;
  readonly name: string;
}

export type CustomValue = string | number;

export interface CraftItem {
  /** A numeric string above 2^53. */
  readonly id: string;
  readonly shortId: string;
  /** Of an initiative its portfolio. */
  readonly workspaceId: string;
  /** Craft.io's default terms: Product, Epic, Feature, Story, Initiative. */
  readonly type: string;
  readonly title: string;
  readonly description: string | null;
  readonly statusId: string | null;
  readonly parentId: string | null;
  readonly importanceId: string | null;
  readonly assigneeId: string | null;
  readonly createdById: string;
  readonly effort: number | null;
  readonly labels: readonly string[];
  /** Further properties that the documents name and the sandbox only keeps, e.g. `storyPoints`. */
  readonly other: Readonly<Record<string, string | number | null>>;
  /** Field id → value; a field without a value is absent. */
  readonly customFields: Readonly<Record<string, CustomValue>>;
  readonly creationTime: string;
  readonly updateTime: string;
}

/** The schema's `StatusType`. */
export type StatusType = 'BACKLOG' | 'TODO' | 'IN_PROGRESS' | 'DONE' | 'ARCHIVED';

export interface Status {
  readonly id: string;
  readonly name: string;
  readonly type: StatusType;
  readonly default: boolean;
}

export interface Space {
  /** 16 hexadecimal digits, as all ids of Kitemaker. */
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

/** A numbered series that must never give a number twice, also not after a delete or a restart. */
export interface Counter {
  readonly id: string;
  readonly value: number;
}

/** The keys that the systems accept; a table, so that a changed key survives a restart. */
export interface ApiKey {
  readonly id: System;
  readonly key: string;
}

export interface WorldChange {
  readonly at: string;
  readonly by: By;
  readonly side: System;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly what: 'item' | 'work-item' | 'comment' | 'label' | 'initiative' | 'feedback';
  readonly id: string;
  /** What people call it: `MOB-102`; null where it has no key. */
  readonly key: string | null;
}
