/** Kitemaker's words to ours and back; pure. A work item's status word is its status's own name, archived or not. */
import type { DevItem, DevItemDraft } from '../../domain/devItem.js';
import type { DescribedItem } from '../port/devTool.js';
import { markdownOf, titleOf } from '../text/craftText.js';
import { craftLink, fitBefore, fitTitle } from '../text/cut.js';
import { hasMarkerLine } from '../text/marker.js';
import type { NewWorkItem } from './requests.js';
import type { WorkItem } from './schema.js';

/**
 * How long a title and a description may be, in UTF-16 units. Kitemaker's documents name no limit. A title of 250 fits
 * the 255 that databases commonly allow; 30,000 stays below 32,767 and, in any script, below the 100 kB that web
 * servers commonly accept as a body. What does not fit is cut visibly, with a link to Craft.io.
 */
const KITEMAKER_LIMITS = { title: 250, description: 30_000 } as const;

export const SIZES = ['small', 'medium', 'large'] as const;
export type Size = (typeof SIZES)[number];

/** `small`, `medium` or `large` in any case; null for anything else. */
export function sizeOf(value: string): Size | null {
  return SIZES.find((size) => size === value.trim().toLowerCase()) ?? null;
}

export function newWorkItem(
  draft: DevItemDraft,
  resolved: { readonly statusId: string; readonly labelIds: readonly string[] },
): NewWorkItem {
  const [effort, impact] = [draft.fields['effort']?.[0], draft.fields['impact']?.[0]];
  const { title, text } = describeItem(draft);
  return {
    title,
    statusId: resolved.statusId,
    description: text,
    ...(resolved.labelIds.length === 0 ? {} : { labelIds: resolved.labelIds }),
    ...(effort === undefined ? {} : { effort: sizeOf(effort) ?? effort }),
    ...(impact === undefined ? {} : { impact: sizeOf(impact) ?? impact }),
  };
}

/** The description, the Craft.io link where one is known, and the marker as the last line, each a paragraph. */
export function describeItem(draft: DevItemDraft): DescribedItem {
  const link = draft.craftUrl === null ? [] : [craftLink(draft.craftUrl)];
  const title = fitTitle(titleOf(draft.title), KITEMAKER_LIMITS.title);
  const body = markdownOf(draft.description, draft.related, draft.craftUrl);
  const text = fitBefore(body, KITEMAKER_LIMITS.description, [...link, draft.marker], draft.craftUrl);
  return { title: title.text, text: text.text, notes: [...title.notes, ...text.notes] };
}

export interface ItemNaming {
  /** Template with `{spaceKey}`, `{number}`, `{key}`, `{id}`; null: items have no link. */
  readonly itemUrl: string | null;
  /** Null where the space's key is not known. */
  readonly spaceKeyOf: (spaceId: string) => string | null;
}

export function toDevItem(item: WorkItem, naming: ItemNaming): DevItem {
  const number = numberOf(item.number);
  const spaceKey = item.space.key ?? naming.spaceKeyOf(item.space.id);
  const key = spaceKey === null ? null : `${spaceKey}-${number}`;
  return {
    id: item.id,
    key,
    url: urlOf(naming.itemUrl, { id: item.id, number, spaceKey, key }),
    scope: item.space.id,
    status: item.status.name,
    updatedAt: item.updatedAt,
    createdAt: item.createdAt ?? null,
  };
}

/** `123` of 123, "123" and "ABC-123": REST and GraphQL differ. */
function numberOf(number: WorkItem['number']): string {
  return String(number).replace(/^.*-/, '');
}

function urlOf(template: string | null, parts: Readonly<Record<string, string | null>>): string | null {
  if (template === null) return null;
  let complete = true;
  const url = template.replace(/\{(spaceKey|number|key|id)\}/g, (_, name: string) => {
    const part = parts[name] ?? null;
    if (part === null) complete = false;
    return encodeURIComponent(part ?? '');
  });
  return complete ? url : null;
}

export function carriesMarker(item: WorkItem, marker: string): boolean {
  return hasMarkerLine(item.description ?? '', marker);
}
