/**
 * What the bodies of updates may hold, by the documents alone: the Swagger's `ItemUpdate`, exact, and the guide's, which
 * names custom fields and the status only; what else it takes has the Swagger's names.
 */
import type { FieldJson, ItemJson } from './craftServer.js';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const record =
  (required: readonly string[], optional: readonly string[] = []): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    required.every((key) => key in value) &&
    Object.entries(value).every(([key, part]) => [...required, ...optional].includes(key) && text(part));

/** The Swagger's `ItemUpdate`, besides the id, custom fields and the status. */
const UPDATE: Readonly<Record<string, Check>> = {
  title: text,
  description: orNull(text),
  storyPoints: number,
  value: number,
  effort: number,
  estimatedHours: number,
  kano: text,
  labels: texts,
  actualStartDate: orNull(text),
  actualEndDate: orNull(text),
  importance: orNull(record(['id'])),
  sprint: orNull(record(['id'])),
  quarter: orNull(record(['id'])),
  parent: orNull(record(['id'])),
  assignee: orNull(record(['id', 'team'], ['user'])),
};

/** What the guide calls by a name instead; of a parent and an assignee it says nothing. */
const GUIDE_UPDATE: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(Object.entries(UPDATE).filter(([name]) => name !== 'parent' && name !== 'assignee')),
  importance: orNull(text),
  sprint: orNull(text),
  quarter: orNull(text),
};

export interface ReadBody {
  readonly fields: readonly FieldJson[] | null;
  readonly status: { readonly id: string; readonly name: string } | null;
  readonly plain: Readonly<Record<string, unknown>>;
  readonly wrong: string[];
}

export function guideBody(given: Readonly<Record<string, unknown>>, item: ItemJson): ReadBody {
  const wrong = wrongIn(given, GUIDE_UPDATE, ['customFieldValues', 'status']);
  const values = (given['customFieldValues'] ?? null) as { fieldId: string; value: unknown }[] | null;
  if (values?.some((one) => Object.keys(one).sort().join() !== 'fieldId,value')) wrong.push('customFieldValues');
  if (given['status'] !== undefined && typeof given['status'] !== 'string') wrong.push('status');
  const fields = values?.map(({ fieldId, value }) => toField(fieldId, value)) ?? null;
  const status = typeof given['status'] === 'string' ? { id: `s-${given['status']}`, name: given['status'] } : null;
  return { fields, status: status ?? item.status ?? null, plain: plainOf(given, GUIDE_UPDATE), wrong };
}

export function swaggerBody(given: Readonly<Record<string, unknown>>, all: readonly ItemJson[]): ReadBody {
  const wrong = wrongIn(given, UPDATE, ['id', 'customFields', 'status']);
  const fields = (given['customFields'] ?? null) as FieldJson[] | null;
  const isField = ({ id, value = null, values, ...more }: FieldJson): boolean =>
    text(id) && orNull(text)(value) && orNull(texts)(values ?? null) && Object.keys(more).length === 0;
  if (fields?.some((one) => !isField(one))) wrong.push('customFields');
  const status = given['status'] as { id: string } | undefined;
  const known = status === undefined ? null : all.find((one) => one.status?.id === status.id)?.status;
  if (status !== undefined && !known) wrong.push('status');
  return { fields, status: known ?? null, plain: plainOf(given, UPDATE), wrong };
}

function toField(id: string, value: unknown): FieldJson {
  return Array.isArray(value) ? { id, values: value as string[] } : { id, value };
}

function wrongIn(
  given: ReadBody['plain'],
  known: Readonly<Record<string, Check>>,
  others: readonly string[],
): string[] {
  return Object.entries(given)
    .filter(([name, value]) => !others.includes(name) && known[name]?.(value) !== true)
    .map(([name]) => name);
}

function plainOf(given: ReadBody['plain'], known: Readonly<Record<string, Check>>): ReadBody['plain'] {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in known));
}

/** Importances and the like as an item shows them: `{ id, name }`, of what any item has. */
export function entitiesOf(plain: ReadBody['plain'], all: readonly ItemJson[]): ReadBody['plain'] {
  const shown = (name: string, value: unknown): unknown => {
    const wanted = typeof value === 'string' ? value : (value as { id?: string } | null)?.id;
    const seen = all.map((one) => one[name] as { id?: string; name?: string } | null | undefined);
    return seen.find((one) => one?.id === wanted || one?.name === wanted) ?? value;
  };
  const isEntity = (name: string): boolean => ['importance', 'sprint', 'quarter', 'parent'].includes(name);
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, isEntity(name) ? shown(name, value) : value]),
  );
}
