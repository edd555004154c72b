/**
 * CraftDesk's words to ours and back; pure.
 *
 * A project's status is the word in `statusProperty`; an archived project's is `archived` (design 6). The document
 * shows projects without a status and says only that they can be archived, so one without a word is `active`.
 */
import type { DevItem, DevItemDraft } from '../../domain/devItem.js';
import type { DescribedItem } from '../port/devTool.js';
import { markdownOf, titleOf } from '../text/craftText.js';
import { craftLink, fitBefore, fitTitle } from '../text/cut.js';
import { hasMarkerLine } from '../text/marker.js';
import type { NewProject } from './requests.js';
import type { Project } from './schema.js';

/**
 * How long a name and a description may be, in UTF-16 units. CraftDesk's document names no limit. A name of 250 fits
 * the 255 that databases commonly allow; 20,000 fit the 65,535 bytes of a common text column in any script.
 */
const CRAFTDESK_LIMITS = { name: 250, description: 20_000 } as const;

export const ARCHIVED = 'archived';
export const ACTIVE = 'active';

/** The scope of all projects: a key sees one workspace, and projects are in nothing smaller. */
export const WORKSPACE = 'workspace';

export function newProject(draft: DevItemDraft): NewProject {
  const { title, text } = describeItem(draft);
  return { name: title, description: text };
}

/** The description, the Craft.io link where one is known, and the marker as the last line, each a paragraph. */
export function describeItem(draft: DevItemDraft): DescribedItem {
  const link = draft.craftUrl === null ? [] : [craftLink(draft.craftUrl)];
  const title = fitTitle(titleOf(draft.title), CRAFTDESK_LIMITS.name);
  const body = markdownOf(draft.description, draft.related, draft.craftUrl);
  const text = fitBefore(body, CRAFTDESK_LIMITS.description, [...link, draft.marker], draft.craftUrl);
  return { title: title.text, text: text.text, notes: [...title.notes, ...text.notes] };
}

export interface ItemNaming {
  /** Template with `{id}` and `{slug}`; null: projects have no link. */
  readonly itemUrl: string | null;
  readonly statusProperty: string;
}

/** Null where `statusProperty` holds no word. A project has no key: its slug would reveal its name. */
export function toDevItem(project: Project, naming: ItemNaming): DevItem | null {
  const status = statusOf(project, naming.statusProperty);
  if (status === null) return null;
  return {
    id: project.id,
    key: null,
    url: urlOf(naming.itemUrl, project),
    scope: WORKSPACE,
    status,
    updatedAt: project.updated_at ?? null,
    createdAt: project.created_at ?? null,
  };
}

/** Null: no word. */
function statusOf(project: Project, property: string): string | null {
  if (project.archived === true || (project.archived_at ?? null) !== null) return ARCHIVED;
  const value = valueAt(project, property);
  if (value === undefined || value === null || value === '') return ACTIVE;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  return value.toLowerCase() === ARCHIVED ? ARCHIVED : value;
}

/** Whether the project shows a status word at all. */
export function showsStatus(project: Project, property: string): boolean {
  return (valueAt(project, property) ?? null) !== null;
}

function valueAt(project: Project, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }, project);
}

function urlOf(template: string | null, project: Project): string | null {
  if (template === null) return null;
  const parts = { id: project.id, slug: project.slug ?? null };
  if (template.includes('{slug}') && parts.slug === null) return null;
  return template.replace(/\{(id|slug)\}/g, (_, name: 'id' | 'slug') => encodeURIComponent(parts[name] ?? ''));
}

export function carriesMarker(project: Project, marker: string): boolean {
  return hasMarkerLine(project.description ?? '', marker);
}
