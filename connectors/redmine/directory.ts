/**
 * What is known of the Redmine as such, kept in the connector so that a name costs no call each time: custom fields and
 * priorities. It is read again on a miss and when it is old.
 */
import { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import { holdDays } from './dates.js';
import { getProject, listCustomFields, listIssues, listPriorities, type Redmine } from './requests.js';
import { type CustomField, Issue, type Priority } from './schema.js';

const OLD_AFTER_MS = 15 * 60_000;
/** After this an unknown name is looked up again: somebody may have made the field meanwhile. */
const UNKNOWN_AFTER_MS = 60_000;

export interface KnownField {
  readonly id: number;
  readonly name: string;
  /** Whether it is a date field; null where nothing tells. */
  readonly holdsDays: boolean | null;
}

/** Where custom fields are looked for. */
export interface FieldPlace {
  readonly projectId: string;
  readonly trackerId: string | null;
}

export interface Directory {
  /** All of them, for an administrator's key; null for others. */
  customFields(call: ReadCall): Promise<readonly CustomField[] | null>;
  /** Those that the key sees; without administration, what projects and issues show of them. */
  fieldsSeen(place: FieldPlace, call: ReadCall, olderThanMs?: number): Promise<readonly KnownField[]>;
  priorities(call: ReadCall): Promise<readonly Priority[]>;
}

export function createDirectory(redmine: Redmine, now: () => number): Directory {
  const memory = createMemory(now);
  const customFields: Directory['customFields'] = (call) => allFields(redmine, call);
  return {
    customFields,
    fieldsSeen: (place, call, olderThanMs = OLD_AFTER_MS) =>
      memory(`fields ${place.projectId} ${place.trackerId ?? ''}`, olderThanMs, async () => {
        const all = await customFields(call);
        return all?.map(knownField) ?? (await visibleFields(redmine, place, call));
      }),
    priorities: (call) => memory('priorities', OLD_AFTER_MS, () => listPriorities(redmine, call)),
  };
}

/** How long a name that was not found stays unknown. */
export const LOOK_AGAIN = UNKNOWN_AFTER_MS;

type Memory = <T>(key: string, oldAfterMs: number, read: () => Promise<T>) => Promise<T>;

function createMemory(now: () => number): Memory {
  const kept = new Map<string, { readonly value: unknown; readonly readAtMs: number }>();
  return async <T>(key: string, oldAfterMs: number, read: () => Promise<T>): Promise<T> => {
    const known = kept.get(key);
    if (known !== undefined && now() - known.readAtMs <= oldAfterMs) return known.value as T;
    const value = await read();
    kept.set(key, { value, readAtMs: now() });
    return value;
  };
}

function knownField({ id, name, field_format: format }: CustomField): KnownField {
  return { id, name, holdsDays: format === '' ? null : format === 'date' };
}

async function allFields(redmine: Redmine, call: ReadCall): Promise<readonly CustomField[] | null> {
  try {
    return await listCustomFields(redmine, call);
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'forbidden') return null;
    throw error;
  }
}

/**
 * The API tells nobody else of custom fields; but a project names those that are not for all projects, and each issue
 * shows its own, empty ones too. Those of other projects' issues come last: a new project has no issue yet.
 */
async function visibleFields(redmine: Redmine, place: FieldPlace, call: ReadCall): Promise<readonly KnownField[]> {
  const tracker = place.trackerId === null ? {} : { tracker_id: place.trackerId };
  const here = await fieldsOnIssues(redmine, { project_id: place.projectId, ...tracker }, call);
  if (here.length > 0) return here;
  const named = (await getProject(redmine, place.projectId, call)).issue_custom_fields ?? [];
  const elsewhere = await fieldsOnIssues(redmine, tracker, call);
  const unseen = named.filter(({ id }) => !elsewhere.some((field) => field.id === id));
  return [...elsewhere, ...unseen.map(({ id, name }) => ({ id, name, holdsDays: null }))];
}

async function fieldsOnIssues(
  redmine: Redmine,
  filters: Readonly<Record<string, string>>,
  call: ReadCall,
): Promise<readonly KnownField[]> {
  const fields = new Map<number, { readonly name: string; readonly values: string[] }>();
  for (const entry of await listIssues(redmine, { ...filters, sort: 'updated_on:desc' }, call)) {
    const read = Issue.safeParse(entry);
    for (const { id, name, value } of read.data?.custom_fields ?? []) {
      const { values } = fields.get(id) ?? { values: [] };
      fields.set(id, { name, values: [...values, ...[value ?? []].flat().filter((one) => one !== '')] });
    }
  }
  return [...fields].map(([id, { name, values }]) => ({ id, name, holdsDays: holdDays(values) }));
}
