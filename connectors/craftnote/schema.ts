/** The parts of Craftnote's answers that are used; everything else may change (sources: Craftnote). */
import { z } from 'zod';

const Text = z.string();
const Id = z.string().min(1);

/** Seconds since 1970, within what a date can be. */
const Seconds = z.number().min(0).max(8_640_000_000_000);

/** An entry of `GET /projects`, and the answer to `POST /projects`. It has no time of its last change. */
export const Project = z.object({
  id: Id,
  orderNumber: Text.nullish(),
  statusId: Text.nullish(),
  archived: z.boolean().nullish(),
  projectType: Text.nullish(),
  /** In the README's examples of some projects, not in the OpenAPI description: used where it is valid. */
  creationDate: Seconds.nullish().catch(null),
});
export type Project = z.infer<typeof Project>;

/** An entry of `GET /projects/{id}/tasks`. A deleted task may stay in the list, with `isDeleted`. */
export const Task = z.object({
  id: Id,
  description: Text.nullish(),
  done: z.boolean().nullish(),
  isDeleted: z.boolean().nullish(),
  createdTimestamp: Seconds.nullish(),
  lastEditedTimestamp: Seconds.nullish(),
});
export type Task = z.infer<typeof Task>;

/** Lists are read entry by entry, so that a broken one does not void the others. */
export const ProjectsList = z.object({ projects: z.array(z.unknown()) });
export const TasksList = z.object({ tasks: z.array(z.unknown()) });

export const ProjectStatus = z.object({ id: Id, name: Text });
export type ProjectStatus = z.infer<typeof ProjectStatus>;

/** Read entry by entry: the document requires only a status's name, and one without an id cannot be used. */
export const CompanySetting = z.object({ status: z.array(z.unknown()).nullish() });

export const CompanyMember = z.object({ role: Text.nullish() });

export const Deeplink = z.object({ webLink: Text });

export const MessagesList = z.object({
  messages: z.array(z.object({ content: Text.nullish().catch(null) })),
});

export const Webhook = z.object({
  id: Id,
  event: Text,
  url: Text,
  headers: z.record(z.string(), Text).nullish().catch(null),
});
export type Webhook = z.infer<typeof Webhook>;

export const WebhooksList = z.object({ webhooks: z.array(z.unknown()) });

/** What a webhook posts (README, Webhook Payload Structure). `data` is the resource where `fieldPath` is `$`. */
export const WebhookPayload = z.object({
  event: Text,
  timestamp: Seconds,
  resourceId: z.string().regex(/^[^/]+\/.+$/),
  data: z.unknown().optional(),
});
export type WebhookPayload = z.infer<typeof WebhookPayload>;

export const DataOfTask = z.object({ projectId: Id });

/** The body of every error. */
export const ErrorBody = z.object({ code: Text.nullish().catch(null), description: Text.nullish().catch(null) });
