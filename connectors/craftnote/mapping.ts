/**
 * Craftnote's words to ours and back; pure.
 *
 * A project's status word is the name of its status: `archived` where it is archived, `no status` where it has none,
 * and the status's id where the company's settings no longer show it. A task's is `done` or `open`.
 *
 * A dev item's id is the project's own, or `<projectId>/<taskId>`, since reading a task needs both.
 */
import type { DevItem, DevItemDraft } from '../../domain/devItem.js';
import { inOneText } from '../../domain/rules/fields.js';
import type { DescribedItem } from '../port/devTool.js';
import { titleOf } from '../text/craftText.js';
import { fitTitle } from '../text/cut.js';
import { hasMarkerLine } from '../text/marker.js';
import type { NewProject, NewTask } from './requests.js';
import type { Project, Task } from './schema.js';
import type { StatusNames } from './directory.js';
import { CraftnoteTarget, PROJECT_FIELDS, type ProjectField } from './target.js';
import { CRAFTNOTE_LIMITS, linkLine, plainText } from './texts.js';

export const ARCHIVED = 'archived';
export const NO_STATUS = 'no status';
export const TASK_STATUSES = ['open', 'done'] as const;

/**
 * Projects have one scope, since `GET /projects` lists those of the whole company and cannot be limited to a folder; so
 * a project moved to another folder stays in it. The blank keeps it from being a project's id, which is the scope of
 * its tasks.
 */
export const ALL_PROJECTS = 'all projects';

/** Where people see a project (README, Deeplink). Asking `/deeplink` would cost one more call for each. */
const PROJECT_PAGE = 'https://app.mycraftnote.de/#/project?id={id}';

export type CraftnoteId =
  | { readonly resource: 'project'; readonly projectId: string }
  | { readonly resource: 'task'; readonly projectId: string; readonly taskId: string };

export function readId(id: string): CraftnoteId {
  const at = id.indexOf('/');
  if (at === -1) return { resource: 'project', projectId: id };
  return { resource: 'task', projectId: id.slice(0, at), taskId: id.slice(at + 1) };
}

export function taskId(projectId: string, id: string): string {
  return `${projectId}/${id}`;
}

export function projectToDevItem(project: Project, names: StatusNames, itemUrl: string | null): DevItem {
  return {
    id: project.id,
    key: null,
    url: projectUrl(project.id, itemUrl),
    scope: ALL_PROJECTS,
    status: statusOf(project, names),
    updatedAt: null,
    createdAt: isoOf(project.creationDate),
  };
}

function statusOf(project: Project, names: StatusNames): string {
  if (project.archived === true) return ARCHIVED;
  const statusId = project.statusId ?? '';
  return statusId === '' ? NO_STATUS : (names.get(statusId) ?? statusId);
}

export function projectUrl(projectId: string, itemUrl: string | null): string {
  return filled(itemUrl ?? PROJECT_PAGE, { id: projectId, projectId });
}

export function taskToDevItem(task: Task, projectId: string, itemUrl: string | null): DevItem {
  // The document names no page of a task: without itemUrl the link leads to its project.
  const url = filled(itemUrl ?? PROJECT_PAGE, { id: itemUrl === null ? projectId : task.id, projectId });
  return {
    id: taskId(projectId, task.id),
    key: null,
    url,
    scope: projectId,
    status: task.done === true ? 'done' : 'open',
    updatedAt: isoOf(task.lastEditedTimestamp),
    createdAt: isoOf(task.createdTimestamp),
  };
}

function filled(template: string, parts: { readonly id: string; readonly projectId: string }): string {
  return template.replace(/\{(id|projectId)\}/g, (_, name: 'id' | 'projectId') => encodeURIComponent(parts[name]));
}

function isoOf(seconds: number | null | undefined): string | null {
  return seconds == null ? null : new Date(seconds * 1_000).toISOString();
}

export function projectCarries(project: Project, marker: string): boolean {
  return project.orderNumber?.trim() === marker;
}

export function taskCarries(task: Task, marker: string): boolean {
  return hasMarkerLine(task.description ?? '', marker);
}

/**
 * A project's text is its note: `fields.noteContent` where that is mapped, else the description, ending with the
 * Craft.io link; its marker is the order number. A task's text is its description, with the marker as the last line.
 */
export function describeItem(draft: DevItemDraft): DescribedItem {
  const { resource } = CraftnoteTarget.parse(draft.target);
  const link = draft.craftUrl === null ? [] : [linkLine(draft.craftUrl)];
  const tail = resource === 'task' ? [...link, draft.marker] : link;
  const body = (resource === 'task' ? undefined : noteOf(draft)) ?? draft.description;
  const title = fitTitle(titleOf(draft.title), CRAFTNOTE_LIMITS.title);
  const text = plainText(body, { tail, craftUrl: draft.craftUrl, related: draft.related });
  return { title: title.text, text: text.text, notes: [...title.notes, ...text.notes] };
}

function noteOf({ fields }: DevItemDraft): string | undefined {
  const values = fields['noteContent'];
  return values === undefined ? undefined : inOneText(values);
}

export function newProject(draft: DevItemDraft, statusId: string | null): NewProject {
  const target = CraftnoteTarget.parse(draft.target);
  const parentProject = draft.parent?.id ?? target.parentProject;
  const { title, text } = describeItem(draft);
  return {
    name: title,
    projectType: target.projectType ?? 'PROJECT',
    orderNumber: draft.marker,
    ...addressOf(draft),
    ...(text === '' ? {} : { noteContent: text }),
    ...(statusId === null ? {} : { statusId }),
    ...(parentProject === undefined ? {} : { parentProject }),
  };
}

function addressOf(draft: DevItemDraft): Partial<Record<ProjectField, string>> {
  const named = PROJECT_FIELDS.flatMap((name) => {
    const values = draft.fields[name];
    return values === undefined || name === 'noteContent' ? [] : [[name, fieldText(inOneText(values))] as const];
  });
  return Object.fromEntries(named);
}

function fieldText(value: string): string {
  return fitTitle(titleOf(value), CRAFTNOTE_LIMITS.title).text;
}

export function newTask(draft: DevItemDraft): NewTask {
  const { title, text } = describeItem(draft);
  return { title, description: text };
}

/** A message in a project's chat, with the marker as its last line. */
export function messageText(text: string, marker: string): string {
  return plainText(text, { tail: [marker], craftUrl: null }).text;
}
