/** What Craftnote's API takes, property by property. Unknown properties are refused, wrong types are named by path. */
import { z } from 'zod';
import { invalid } from './errors.js';
import { WEBHOOK_EVENTS } from './model.js';

const text = z.string().optional();
const seconds = z.int().min(0).optional();

const Contact = z.strictObject({
  name: z.string(),
  emails: z.array(z.string()).optional(),
  phones: z.array(z.string()).optional(),
});

const ProjectProperties = {
  projectType: z.enum(['FOLDER', 'PROJECT']).optional(),
  archived: z.boolean().optional(),
  projects: z.array(z.string()).optional(),
  startDate: seconds,
  endDate: seconds,
  orderNumber: text,
  street: text,
  zipcode: text,
  city: text,
  country: text,
  clientName: text,
  clientEmail: text,
  clientPhone: text,
  billingName: text,
  billingStreet: text,
  billingZipcode: text,
  billingCity: text,
  billingCountry: text,
  billingEmail: text,
  contacts: z.array(Contact).optional(),
  noteContent: text,
  statusId: text,
  parentProject: text,
};
export const CreateProject = z.strictObject({ name: z.string().min(1), ...ProjectProperties });
export const PatchProject = z.strictObject({ name: z.string().min(1).optional(), ...ProjectProperties });

const nullableText = z.string().nullable().optional();
export const CreateTask = z.strictObject({
  title: z.string().min(1),
  description: nullableText,
  assigneeId: nullableText,
});
export const UpdateTask = z.strictObject({
  title: z.string().min(1).optional(),
  description: nullableText,
  assigneeId: nullableText,
  deadlineTimestamp: z.number().nullable().optional(),
  repeatType: z.enum(['NEVER', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']).optional(),
  done: z.boolean().optional(),
});

export const CreateMessage = z.strictObject({ content: z.string().min(1), messageType: z.enum(['TEXT']) });

const WebhookProperties = {
  event: z.enum(WEBHOOK_EVENTS),
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).optional(),
};
export const CreateWebhook = z.strictObject(WebhookProperties);
export const UpdateWebhook = z.strictObject(WebhookProperties).partial();

/** `$.field is undefined`, as in the description's example of a failed validation. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') throw invalid(issue.keys[0] ?? '', 'is not allowed');
  const path = issue?.path.map(String).join('.') ?? '';
  const isMissing = issue?.code === 'invalid_type' && valueAt(body, issue.path) === undefined;
  throw invalid(path, isMissing ? 'is undefined' : (issue?.message ?? 'is not valid'));
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

/** Drops the properties that are undefined, since they were not sent. */
export function sent<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
