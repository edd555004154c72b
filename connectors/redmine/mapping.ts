/** Redmine's words to ours and back; pure. An issue's status word is its status's own name. */
import type { DevItem, DevItemDraft } from '../../domain/devItem.js';
import type { DescribedItem } from '../port/devTool.js';
import { titleOf } from '../text/craftText.js';
import { fitTitle } from '../text/cut.js';
import { hasMarkerLine, markerLines } from '../text/marker.js';
import { DATE_FIELDS, dayOf } from './dates.js';
import type { ResolvedFields } from './fields.js';
import type { NewIssue } from './requests.js';
import type { Issue } from './schema.js';
import type { RedmineTarget, TextFormatting } from './target.js';
import { fitted, formatted, linkToCraft } from './texts.js';

/**
 * A subject has at most 255 characters. Descriptions have no limit but MySQL's 64 kB in old installations: 20,000
 * UTF-16 units are at most 60,000 bytes. What does not fit is cut visibly, with a link to Craft.io.
 */
const REDMINE_LIMITS = { title: 255, description: 20_000 } as const;

/**
 * The description, the Craft.io link where one is known, and the marker as the last line, each a paragraph. With a
 * `markerField` the marker is only in that field.
 */
export function describeIssue(draft: DevItemDraft, target: RedmineTarget, formatting: TextFormatting): DescribedItem {
  const link = draft.craftUrl === null ? [] : [linkToCraft(draft.craftUrl, formatting)];
  const tail = target.markerField === undefined ? [...link, draft.marker] : link;
  const title = fitTitle(titleOf(draft.title), REDMINE_LIMITS.title);
  const body = formatted(draft.description, formatting, draft);
  const text = fitted(body, REDMINE_LIMITS.description, tail, { craftUrl: draft.craftUrl, formatting });
  return { title: title.text, text: text.text, notes: [...title.notes, ...text.notes, ...dayNotes(draft)] };
}

function dayNotes({ fields, timeZone }: DevItemDraft): readonly string[] {
  return DATE_FIELDS.flatMap((name) => {
    const day = dayOf(fields[name]?.[0] ?? '', timeZone);
    return day === null ? [] : [`${name} is sent as ${day}, the day in ${timeZone}: Redmine takes no time of day`];
  });
}

export function newIssue(
  draft: DevItemDraft,
  target: RedmineTarget,
  resolved: ResolvedFields,
  formatting: TextFormatting,
): NewIssue {
  const { title, text } = describeIssue(draft, target, formatting);
  const { markerField } = target;
  const parent = draft.parent?.id ?? target.parentIssueId;
  const custom = [
    ...resolved.custom.filter(({ id }) => id !== Number(markerField)),
    ...(markerField === undefined ? [] : [{ id: Number(markerField), value: draft.marker }]),
  ];
  return {
    ...resolved.standard,
    project_id: /^\d+$/.test(target.projectId) ? Number(target.projectId) : target.projectId,
    subject: title,
    description: text,
    ...(target.trackerId === undefined ? {} : { tracker_id: Number(target.trackerId) }),
    ...(target.statusId === undefined ? {} : { status_id: Number(target.statusId) }),
    ...(parent === undefined ? {} : { parent_issue_id: Number(parent) }),
    ...(custom.length === 0 ? {} : { custom_fields: custom }),
  };
}

export interface ItemNaming {
  readonly baseUrl: string;
  /** Template with `{number}`, `{key}`, `{id}`, where people see issues at another address. */
  readonly itemUrl: string | null;
}

export function toDevItem(issue: Issue, naming: ItemNaming): DevItem {
  const id = String(issue.id);
  const key = `#${id}`;
  const template = naming.itemUrl ?? `${naming.baseUrl.replace(/\/+$/, '')}/issues/{id}`;
  return {
    id,
    key,
    url: template.replace(/\{(id|number)\}/g, id).replaceAll('{key}', encodeURIComponent(key)),
    scope: String(issue.project.id),
    status: issue.status.name,
    updatedAt: issue.updated_on,
    createdAt: issue.created_on,
  };
}

/** In the marker field, or as a line of the description: a target may have changed from one to the other. */
export function carriesMarker(issue: Issue, marker: string): boolean {
  return (
    hasMarkerLine(issue.description ?? '', marker) || issue.custom_fields.some(({ value }) => isValue(value, marker))
  );
}

/** The whole markers that begin with `start`, in the description or a custom field. */
export function markersOf(issue: Issue, start: string): readonly string[] {
  const fields = issue.custom_fields.flatMap(({ value }) => (Array.isArray(value) ? value : [value ?? '']));
  return [...new Set([issue.description ?? '', ...fields].flatMap((text) => markerLines(text, start)))];
}

function isValue(value: Issue['custom_fields'][number]['value'], marker: string): boolean {
  const values = Array.isArray(value) ? value : [value ?? ''];
  return values.some((one) => one.trim() === marker);
}

/**
 * What Redmine left out of a create that it accepted: it silently ignores a tracker, a status or a field that the
 * project or the key's role does not have.
 */
export function ignoredParts(issue: Issue, sent: NewIssue): readonly string[] {
  const differs = (name: string, shown: number | undefined | null) => sent[name] !== undefined && sent[name] !== shown;
  const warnings: string[] = [];
  if (differs('tracker_id', issue.tracker.id)) {
    warnings.push(
      `Redmine made it a "${issue.tracker.name}": the tracker ${String(sent['tracker_id'])} is not enabled in the project, or not for the key's role`,
    );
  }
  if (differs('status_id', issue.status.id)) {
    warnings.push(
      `Redmine gave it the status "${issue.status.name}": the workflow of the key's role allows no new issue in the status ${String(sent['status_id'])}`,
    );
  }
  if (differs('parent_issue_id', issue.parent?.id)) {
    warnings.push("Redmine put it under no issue: the key's role may not manage subtasks, or the tracker has none");
  }
  if (differs('priority_id', issue.priority?.id)) warnings.push('Redmine did not take the priority');
  const custom = (sent['custom_fields'] ?? []) as ResolvedFields['custom'];
  for (const { id, value } of custom) {
    const shown = [issue.custom_fields.find((field) => field.id === id)?.value ?? []].flat();
    if ([value].flat().every((one) => shown.includes(one))) continue;
    warnings.push(
      `Redmine did not take the custom field ${id} as it was sent: is it for the project, the tracker, the key's role?`,
    );
  }
  return warnings;
}
