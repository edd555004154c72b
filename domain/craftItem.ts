/** What craftsync knows of a Craft.io work item, initiative or feedback item (sources: Craft.io API). */

export interface CraftFieldValue {
  readonly id: string;
  /** Filled from `/custom_fields` where the item does not carry it. */
  readonly name: string | null;
  readonly value: string | number | boolean | null;
}

export interface CraftItem {
  /** Numeric strings above 2^53: never a number. */
  readonly id: string;
  readonly shortId: string | null;
  /** Craft.io's default term. */
  readonly type: string | null;
  /** What its workspace or portfolio calls that type; absent if it has no term of its own. */
  readonly typeTerm?: string;
  readonly title: string;
  readonly description: string | null;
  readonly webUrl: string | null;
  readonly status: { readonly id: string | null; readonly name: string } | null;
  readonly parentId: string | null;
  /** ISO time; null if Craft.io gives none. */
  readonly updateTime: string | null;
  readonly customFields: readonly CraftFieldValue[];
  /** The item as Craft.io sent it, for templates and conditions: its property names, JSON values. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An entry of a list that is not an item: its id if one can be read, and what is wrong with it. */
export interface MalformedCraftItem {
  readonly id: string | null;
  readonly shortId: string | null;
  readonly problem: string;
}

export type CraftSource =
  { readonly workspace: string } | { readonly portfolio: string } | { readonly feedbackPortal: string };

/** What is written into a custom field: a list if it has several values. */
export type CraftFieldInput = string | number | boolean | null | readonly string[];

/** One partial write to a Craft item: a status and custom fields, by name or id as configured. */
export interface CraftWrite {
  /** Status by name (dialect `guide`), or by name or id (dialect `swagger`). */
  readonly status?: string;
  /** Custom fields: configured name or id → value. */
  readonly customFields?: Readonly<Record<string, CraftFieldInput>>;
  /** Plain properties by Craft.io's name, in the JSON that it takes: as in a `CraftRestoration`. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The parts of a write that restore handed-over values, and what no write can restore. */
export interface CraftRestoration extends Required<Pick<CraftWrite, 'customFields' | 'properties'>> {
  /** What stays as it is, by path; `why` is a clause without a value. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/** Craft.io documents writes to work items and initiatives, and none to feedback items. */
export function canWriteTo(source: CraftSource): boolean {
  return !('feedbackPortal' in source);
}

/** The words for such an item, wherever it is shown. */
export const READ_ONLY_SOURCE =
  'a feedback item: Craft.io has no way to write to it, so there is no lock and no write-back; its progress is followed';
