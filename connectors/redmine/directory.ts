/**
 * Caches custom fields and priorities, so that looking up a name does not cost a call each time. They are read again on
 * a miss and when they are old.
 */
import { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import { holdDays } from './dates.js';
import { getProject, listCustomFields, listIssues, listPriorities, type Redmine } from './requests.js';
import { type CustomField, Issue, type Priority } from './schema.js';

const OLD_AFTER_MS = 15 * 60_000;
/** After this an unknown name is looked up again: somebody may have created the field meanwhile. */
const UNKNOWN_AFTER_MS = 60_000;

export interface KnownField {
  readonly id: number;
  readonly name: string;
  /** Whether it is a date field; null where that is unknown. */
  readonly holdsDays: boolean | null;
  /** Null where that is unknown: issues say it only of fields that do. */
  readonly takesSeveral: boolean | null;
  /** Whether it takes only what its list holds; false where that is unknown. */
  readonly isList: boolean;
}

/** Where custom fields are looked for. */
export interface FieldPlace {
  readonly projectId: string;
  readonly trackerId: string | null;
}

export interface Directory {
  /** All of them with an administrator's key; null with any other. */
  customFields(call: ReadCall): Promise<readonly CustomField[] | null>;
  /** Those that the key sees: without administrator rights, what projects and issues show of them. */
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

/** Formats whose values are texts of one's own (Redmine's field formats). */
const OF_TEXT = ['', 'string', 'text', 'link', 'int', 'float', 'date', 'bool'];

function knownField({ id, name, field_format: format, multiple }: CustomField): KnownField {
  const holdsDays = format === '' ? null : format === 'date';
  return { id, name, holdsDays, takesSeveral: multiple, isList: !OF_TEXT.includes(format) };
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
 * Only administrators can list custom fields. But a project names those that are not for all projects, and each issue
 * shows its own, empty ones included. Issues of other projects are read only where the project has none yet.
 */
async function visibleFields(redmine: Redmine, place: FieldPlace, call: ReadCall): Promise<readonly KnownField[]> {
  const tracker = place.trackerId === null ? {} : { tracker_id: place.trackerId };
  const here = await fieldsOnIssues(redmine, { project_id: place.projectId, ...tracker }, call);
  if (here.length > 0) return here;
  const named = (await getProject(redmine, place.projectId, call)).issue_custom_fields ?? [];
  const elsewhere = await fieldsOnIssues(redmine, tracker, call);
  const unseen = named.filter(({ id }) => !elsewhere.some((field) => field.id === id));
  return [
    ...elsewhere,
    ...unseen.map(({ id, name }) => ({ id, name, holdsDays: null, takesSeveral: null, isList: false })),
  ];
}

async function fieldsOnIssues(
  redmine: Redmine,
  filters: Readonly<Record<string, string>>,
  call: ReadCall,
): Promise<readonly KnownField[]> {
  const fields = new Map<number, { readonly name: string; readonly values: string[]; readonly several: boolean }>();
  for (const entry of await listIssues(redmine, { ...filters, sort: 'updated_on:desc' }, call)) {
    const read = Issue.safeParse(entry);
    for (const { id, name, value, multiple } of read.data?.custom_fields ?? []) {
      const { values } = fields.get(id) ?? { values: [] };
      const several = multiple === true || Array.isArray(value);
      fields.set(id, { name, several, values: [...values, ...[value ?? []].flat().filter((one) => one !== '')] });
    }
  }
  return [...fields].map(([id, { name, values, several }]) => ({
    id,
    name,
    holdsDays: holdDays(values),
    takesSeveral: several,
    isList: false,
  }));
}
