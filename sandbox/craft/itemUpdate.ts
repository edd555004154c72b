/**
 * Writes to Craft items: the bodies of both dialects, checked strictly, turned into one patch.
 *
 * Strict means: an unknown property, a value of another type, a status or custom field that does not exist is a 400
 * with the documented `{ message, details }`, and nothing is written.
 */
import { z } from 'zod';
import type { Behaviour } from '../world/behaviour.js';
import type { CraftCustomField, CraftItem, CustomValue } from './model.js';
import type { CraftPatch, CraftWorld } from './craftWorld.js';

const EntityId = z.strictObject({ id: z.string() });
const AnyCustomValue = z.union([z.string(), z.number(), z.null()]);
const Assignee = z.strictObject({ id: z.string(), team: z.string(), user: z.string().optional() });

/** The properties that both dialects write under the same name (the Swagger's `ItemUpdate`; it has no `type`). */
const PLAIN = {
  title: z.string().min(1),
  description: z.string().nullable(),
  effort: z.number(),
  labels: z.array(z.string()),
  storyPoints: z.number(),
  value: z.number(),
  estimatedHours: z.number(),
  kano: z.string(),
  initiativeId: z.string().nullable(),
  actualStartDate: z.iso.datetime({ offset: true }).nullable(),
  actualEndDate: z.iso.datetime({ offset: true }).nullable(),
  outIn: z.string().nullable(),
} as const;

const CustomFieldJson = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  value: z.string().nullable().optional(),
  values: z.array(z.string()).optional(),
  label: z.string().optional(),
});

const SwaggerParts = z
  .strictObject({
    ...PLAIN,
    status: EntityId.nullable(),
    importance: EntityId.nullable(),
    parent: EntityId.nullable(),
    assignee: Assignee.nullable(),
    customFields: z.array(CustomFieldJson),
  })
  .partial();

export const SwaggerUpdate = SwaggerParts.extend({ id: z.string() });

export const SwaggerCreate = SwaggerParts.extend({
  type: z.string(),
  workspaceId: z.string(),
  title: z.string().min(1),
  parent: EntityId.nullable(),
});

export const GuideUpdate = z
  .strictObject({
    ...PLAIN,
    // No document says how a number is emptied; the Swagger's type does not allow it.
    effort: z.number().nullable(),
    status: z.string(),
    importance: z.string().nullable(),
    customFieldValues: z.array(z.strictObject({ fieldId: z.string(), value: AnyCustomValue })),
  })
  .partial();

type Details = Record<string, { message: string; value?: unknown }>;
export type PatchResult =
  { readonly status: 'patch'; readonly patch: CraftPatch } | { readonly status: 'invalid'; readonly details: Details };

/** tsoa's form of the details, as in the Swagger's `ValidateErrorJSON`. */
export function detailsOf(error: z.ZodError): Details {
  return Object.fromEntries(
    error.issues.map((issue) => [['body', ...issue.path].map(String).join('.'), { message: issue.message }]),
  );
}

export function swaggerPatch(
  craft: CraftWorld,
  item: Pick<CraftItem, 'workspaceId' | 'customFields'>,
  body: z.infer<typeof SwaggerParts>,
  behaviour: Behaviour,
): PatchResult {
  const { status, importance, parent, assignee, customFields, ...plain } = body;
  const details: Details = {};
  const { workspaceId } = item;
  if (craft.place(workspaceId) === undefined)
    details['body.workspaceId'] = { message: 'no such workspace', value: workspaceId };
  const check = (name: string, id: string | undefined, table: { get(id: string): unknown }): void => {
    if (id !== undefined && table.get(id) === undefined)
      details[`body.${name}.id`] = { message: `no such ${name}`, value: id };
  };
  check('status', status?.id, craft.statuses);
  check('importance', importance?.id, craft.importances);
  check('parent', parent?.id, craft.items);
  check('assignee', assignee?.id, craft.users);
  const entries = customFields?.map(({ id, value, values }) => ({ key: id, value: value ?? values?.[0] ?? null }));
  const values = customValues(craft, item, entries, behaviour, details, (key) => byId(craft, workspaceId, key));
  if (Object.keys(details).length > 0) return { status: 'invalid', details };
  return {
    status: 'patch',
    patch: {
      ...plainPatch(plain),
      ...(status === undefined ? {} : { statusId: status?.id ?? null }),
      ...(importance === undefined ? {} : { importanceId: importance?.id ?? null }),
      ...(parent === undefined ? {} : { parentId: parent?.id ?? null }),
      ...(assignee === undefined ? {} : { assigneeId: assignee?.id ?? null }),
      ...(values === undefined ? {} : { customFields: values }),
    },
  };
}

export function guidePatch(
  craft: CraftWorld,
  item: CraftItem,
  body: z.infer<typeof GuideUpdate>,
  behaviour: Behaviour,
): PatchResult {
  const { status, importance, customFieldValues, ...plain } = body;
  const details: Details = {};
  const statusId = status === undefined ? undefined : craft.statusNamed(status)?.id;
  if (status !== undefined && statusId === undefined)
    details['body.status'] = { message: 'no such status', value: status };
  const importanceId = [...craft.importances.values()].find(({ name }) => name === importance)?.id;
  if (importance !== undefined && importance !== null && importanceId === undefined) {
    details['body.importance'] = { message: 'no such importance', value: importance };
  }
  const entries = customFieldValues?.map(({ fieldId, value }) => ({ key: fieldId, value }));
  // `"fieldId": "dev_status"` (sources: Craft.io guide) reads as a name, `/custom_fields` gives ids: both are accepted.
  const values = customValues(craft, item, entries, behaviour, details, (key) => craft.field(item.workspaceId, key));
  if (Object.keys(details).length > 0) return { status: 'invalid', details };
  return {
    status: 'patch',
    patch: {
      ...plainPatch(plain),
      ...(statusId === undefined ? {} : { statusId }),
      ...(importance === undefined ? {} : { importanceId: importanceId ?? null }),
      ...(values === undefined ? {} : { customFields: values }),
    },
  };
}

type Plain = z.infer<z.ZodObject<typeof PLAIN>>;
type PlainBody = { readonly [K in keyof Plain]?: Plain[K] | null | undefined };

function plainPatch(body: PlainBody): CraftPatch {
  const { title, description, effort, labels, ...rest } = body;
  const given = Object.entries({ title, description, effort, labels }).filter(([, v]) => v !== undefined);
  const other: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) other[name] = value;
  return { ...Object.fromEntries(given), ...(Object.keys(other).length === 0 ? {} : { other }) };
}

function byId(craft: CraftWorld, workspaceId: string, id: string): CraftCustomField | undefined {
  const field = craft.customFields.get(id);
  return field?.workspaceId === workspaceId ? field : undefined;
}

/** The whole new set of values; undefined where the body names none. Null empties a field. */
function customValues(
  craft: CraftWorld,
  item: Pick<CraftItem, 'customFields'>,
  entries: readonly { readonly key: string; readonly value: CustomValue | null }[] | undefined,
  behaviour: Behaviour,
  details: Details,
  find: (key: string) => CraftCustomField | undefined,
): Record<string, CustomValue> | undefined {
  if (entries === undefined) return undefined;
  const values: Record<string, CustomValue> = behaviour.craftCustomFields === 'merge' ? { ...item.customFields } : {};
  entries.forEach(({ key, value }, index) => {
    const field = find(key);
    const problem = field === undefined ? 'no such custom field' : wrongValue(field, value);
    if (problem !== null) details[`body.customFields.${index}`] = { message: problem, value: key };
    else if (field !== undefined && value !== null) values[field.id] = field.type === 'number' ? Number(value) : value;
    else if (field !== undefined) delete values[field.id];
  });
  return values;
}

function wrongValue(field: CraftCustomField, value: CustomValue | null): string | null {
  if (value === null) return null;
  if (field.type === 'number') return /^-?\d+(\.\d+)?$/.test(String(value)) ? null : `${field.name} takes a number`;
  if (typeof value !== 'string') return `${field.name} takes a text`;
  if (field.type !== 'dropdown' || value === '' || field.values.includes(value)) return null;
  return `${field.name} takes one of ${field.values.join(', ')}`;
}
