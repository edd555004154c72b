/** What a bounded look at a source shows: `check` has nothing else to judge statuses, types and fields by. */
import type { CraftSource, MalformedCraftItem } from '../../../domain/craftItem.js';
import type { ReadCall } from '../../port/calls.js';
import type { CraftContext } from '../context.js';
import { LOOK_PAGES, lookAt } from '../items.js';
import type { CustomField } from '../requests.js';
import type { Term } from '../schema.js';
import type { SeenStatus } from '../directories/statuses.js';

export interface Survey {
  readonly itemCount: number;
  /** False: there are more items than were looked at. */
  readonly isComplete: boolean;
  readonly malformed: readonly MalformedCraftItem[];
  readonly statuses: readonly SeenStatus[];
  readonly types: readonly string[];
  /** What the source calls its types of items. */
  readonly terms: readonly Term[];
  /** Names of the properties that items carry. */
  readonly properties: readonly string[];
  /** As Craft.io lists them; for a feedback portal, whose list may be missing, also those that items carry. */
  readonly customFields: readonly CustomField[];
}

export async function takeSurvey(context: CraftContext, source: CraftSource, call: ReadCall): Promise<Survey> {
  const malformed: MalformedCraftItem[] = [];
  const types = new Set<string>();
  const properties = new Set<string>();
  const carried = new Map<string, CustomField>();
  let itemCount = 0;
  let pages = 0;
  let isComplete = true;
  const listed = await context.fields.refreshed(source, call);
  for await (const page of lookAt(context, source, {}, call)) {
    pages += 1;
    itemCount += page.items.length;
    malformed.push(...page.malformed);
    for (const item of page.items) {
      if (item.type !== null) types.add(item.type);
      for (const property of Object.keys(item.properties)) properties.add(property);
      for (const { id, name } of item.customFields) carried.set(id, { id, name: name ?? id });
    }
    isComplete = pages < LOOK_PAGES;
    if (!isComplete) break;
  }
  return {
    itemCount,
    isComplete,
    malformed,
    statuses: context.statuses.seen(source),
    types: [...types],
    terms: (await context.terms.of(source, call)).all,
    properties: [...properties],
    customFields: 'feedbackPortal' in source ? withListed(carried, listed) : listed,
  };
}

function withListed(carried: ReadonlyMap<string, CustomField>, listed: readonly CustomField[]): readonly CustomField[] {
  return [...new Map([...carried, ...listed.map((field) => [field.id, field] as const)]).values()];
}
