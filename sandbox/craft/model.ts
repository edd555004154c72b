/**
 * The records of the Craft.io account.
 * Times are ISO strings with milliseconds, UTC. Every record is replaced, never changed in place.
 */

export interface CraftWorkspace {
  readonly id: string;
  readonly name: string;
  /** What short ids begin with: `MOB-102`. */
  readonly prefix: string;
}

/** Holds initiatives. Its fields, terms and initiatives name it as their place, as those of a workspace do. */
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
  /** As it was submitted: an address or a name; null: nobody was named. */
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
  /** For the field of a portfolio, the portfolio's id. */
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
  /** For an initiative, the portfolio's id. */
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
