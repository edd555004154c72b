/**
 * Handed-over values in the form in which a write restores them (`onDrift: revert`): for each property the form of the
 * Swagger's `ItemUpdate`, the only description of them. The guide differs as in `status`: what is `{ id }` in the
 * Swagger goes by its name.
 *  V1. What no write can set, or only by a guess, is left out and reported: sent along, it would have the whole write
 *      refused.
 */
import type { CraftFieldInput, CraftItem, CraftRestoration } from '../../domain/craftItem.js';
import type { HandedOver } from '../../domain/link.js';
import { fieldNameOf, idText, isCustomField, rawAt, writtenAt } from '../../domain/rules/paths.js';
import type { Dialect } from './dialects.js';

type Formed =
  { readonly status: 'formed'; readonly value: unknown } | { readonly status: 'left'; readonly why: string };

/** One value to restore: its text, and Craft.io's JSON of then and now where there is some. */
interface Value {
  readonly path: string;
  readonly text: string | null;
  readonly raw: unknown;
  readonly now: unknown;
  readonly dialect: Dialect;
}

const formed = (value: unknown): Formed => ({ status: 'formed', value });
const left = (why: string): Formed => ({ status: 'left', why });

const NOT_EMPTIED = 'Craft.io documents no way to empty it';
const NOT_WRITTEN = 'Craft.io documents no way to write it';

/** The properties of `ItemUpdate`, besides the status and the custom fields, which are handled apart. */
const FORMS: Readonly<Record<string, (value: Value) => Formed>> = {
  title: ({ text }) => (text === null ? left(NOT_EMPTIED) : formed(text)),
  description: nullable,
  initiativeId: nullable,
  actualStartDate: nullable,
  actualEndDate: nullable,
  kano: (value) => (value.text === null ? emptied(value) : formed(value.text)),
  effort: number,
  value: number,
  storyPoints: number,
  estimatedHours: number,
  labels: ({ text, raw }) => formed(listOf(text, raw)),
  importance: entity,
  sprint: entity,
  quarter: entity,
  persona: entity,
  parent: (value) => (value.dialect.statusBy === 'name' ? left(NOT_WRITTEN) : entity(value)),
  objectives: entities,
  keyResults: entities,
  personas: entities,
  assignee,
};

export function toRestore(
  dialect: Dialect,
  item: CraftItem,
  handedOver: HandedOver,
  paths: readonly string[],
): CraftRestoration {
  const customFields: Record<string, CraftFieldInput> = {};
  const properties: Record<string, unknown> = {};
  const notWritten: { path: string; why: string }[] = [];
  for (const path of paths) {
    const written = writtenAt(path);
    const raw = handedOver.raw?.[written];
    const value: Value = { path, text: handedOver.values[path] ?? null, raw, now: rawAt(item, written), dialect };
    if (isCustomField(path)) {
      customFields[fieldNameOf(path)] = customValue(value);
      continue;
    }
    const result = Object.hasOwn(FORMS, written) ? FORMS[written]?.(value) : undefined;
    if (result?.status === 'formed') properties[written] = result.value;
    else notWritten.push({ path, why: result?.why ?? NOT_WRITTEN });
  }
  return { customFields, properties, left: notWritten };
}

function nullable({ text }: Value): Formed {
  return formed(text);
}

/** The Swagger's type has no null; the guide does not mention it. */
function emptied({ dialect }: Value): Formed {
  return dialect.statusBy === 'id' ? left(NOT_EMPTIED) : formed(null);
}

function number(value: Value): Formed {
  if (value.text === null) return emptied(value);
  const parsed = Number(value.text);
  return Number.isFinite(parsed) ? formed(parsed) : left('it was not a number at the hand-over');
}

/** Rows of older releases keep lists only as text. */
function listOf(text: string | null, raw: unknown): readonly string[] {
  if (Array.isArray(raw)) return raw.map(String);
  return text === null ? [] : text.split(', ');
}

function entity({ path, text, raw, now, dialect }: Value): Formed {
  if (raw === undefined && text === null) return formed(null);
  const id = idText(part(raw, 'id')) ?? (path.endsWith('.id') ? text : null);
  if (id !== null && id === idText(part(now, 'id'))) return left('it is still the same one; what changed is inside it');
  if (dialect.statusBy === 'id') return id === null ? left('its id was not kept at the hand-over') : formed({ id });
  const name = part(raw, 'name') ?? (path.includes('.') && !path.endsWith('.name') ? null : text);
  return typeof name === 'string' ? formed(name) : left('its name was not kept at the hand-over');
}

function entities({ text, raw, dialect }: Value): Formed {
  if (dialect.statusBy === 'name') return left(NOT_WRITTEN);
  if (raw === undefined && text === null) return formed(null);
  const ids = Array.isArray(raw) ? raw.map((entry) => idText(part(entry, 'id'))) : [null];
  return ids.includes(null) ? left('its ids were not kept at the hand-over') : formed(ids.map((id) => ({ id })));
}

/** The Swagger's `Assignee` requires `id` and `team`. */
function assignee(value: Value): Formed {
  if (value.dialect.statusBy === 'name') return left(NOT_WRITTEN);
  const found = entity(value);
  if (found.status === 'left' || found.value === null) return found;
  const [team, user] = [part(value.raw, 'team'), part(value.raw, 'user')];
  if (typeof team !== 'string') return left('its team was not kept at the hand-over');
  return formed({ ...(found.value as object), team, ...(typeof user === 'string' && { user }) });
}

/** A list where the field had or has several values; a number where it was or is one. */
function customValue({ text, raw, now }: Value): CraftFieldInput {
  if (Array.isArray(raw) || Array.isArray(now)) return listOf(text, raw);
  if (text === null) return null;
  if (typeof raw === 'number' || typeof now === 'number') return Number.isFinite(Number(text)) ? Number(text) : text;
  return text;
}

function part(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
