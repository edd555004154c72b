/** What may be configured for Craftnote: a pipeline's target and the names on the left of `fields`. */
import { z } from 'zod';

const Id = z.string().trim().min(1);

/** Nothing besides what every connection has. */
export const CraftnoteOwn = z.strictObject({});

/** Settings of a project that mean nothing for a task. */
const OF_PROJECTS = ['statusId', 'status', 'parentProject', 'projectType'] as const;

/** In `target` besides `devTool`: what an item becomes, a project of the company or a task in one project. */
export const CraftnoteTarget = z
  .strictObject({
    resource: z.enum(['project', 'task']),
    statusId: Id.optional(),
    /** The status by name, looked up in the company's settings. Neither: projects are created without a status. */
    status: Id.optional(),
    /** Id of the folder in which projects are created. */
    parentProject: Id.optional(),
    /** @default PROJECT */
    projectType: z.enum(['FOLDER', 'PROJECT']).optional(),
    /** Id of the project whose tasks items become. */
    projectId: Id.optional(),
  })
  .refine((target) => target.statusId === undefined || target.status === undefined, {
    message: 'give either statusId or status',
    path: ['status'],
  })
  .refine((target) => target.resource !== 'task' || target.projectId !== undefined, {
    message: 'a task needs the project that it is created in',
    path: ['projectId'],
  })
  .refine((target) => target.resource !== 'project' || target.projectId === undefined, {
    message: 'only a task has it; the folder of a project is parentProject',
    path: ['projectId'],
  })
  .superRefine((target, context) => {
    if (target.resource !== 'task') return;
    for (const name of OF_PROJECTS) {
      if (target[name] !== undefined) context.addIssue({ code: 'custom', message: 'a task has none', path: [name] });
    }
  });
export type CraftnoteTarget = z.infer<typeof CraftnoteTarget>;

/** Fields of `CreateProject` that take a text of Craft.io. `orderNumber` is not among them: it holds the marker. */
export const PROJECT_FIELDS = [
  'noteContent',
  'street',
  'zipcode',
  'city',
  'country',
  'clientName',
  'clientEmail',
  'clientPhone',
  'billingName',
  'billingStreet',
  'billingZipcode',
  'billingCity',
  'billingCountry',
  'billingEmail',
] as const;
export type ProjectField = (typeof PROJECT_FIELDS)[number];

/** A task has only the first two; `check` and the create refuse the others. */
export const CRAFTNOTE_FIELD_NAMES = ['title', 'description', ...PROJECT_FIELDS] as const;
