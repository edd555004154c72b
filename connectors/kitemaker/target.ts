/** What may be configured for Kitemaker: its own settings, a pipeline's target, the names on the left of `fields`. */
import { z } from 'zod';

const Id = z.string().trim().min(1);

/** In `devTools` besides what every connection has. */
export const KitemakerOwn = z.strictObject({
  /** @default derived from `baseUrl`: `…/developers/rest/v1` → `…/developers/graphql` */
  graphqlUrl: z.url({ protocol: /^https?$/ }).optional(),
});
export type KitemakerOwn = z.infer<typeof KitemakerOwn>;

/** In `target` besides `devTool`. */
export const KitemakerTarget = z
  .strictObject({
    /** May be omitted where `statusId` is given: a status belongs to one space. */
    spaceId: Id.optional(),
    statusId: Id.optional(),
    /** The status by name, looked up in the space. */
    status: Id.optional(),
    /** Names or ids of labels of the space. */
    labels: z.array(Id).default([]),
    /** Creates the labels that the space lacks. */
    createLabels: z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]).default(false),
    /** Id, number (`I-12`) or exact title of an initiative that each created item is put under, by a second write. */
    initiative: Id.optional(),
  })
  .refine((target) => (target.statusId === undefined) !== (target.status === undefined), {
    message: 'give either statusId or status',
    path: ['status'],
  })
  .refine((target) => target.statusId !== undefined || target.spaceId !== undefined, {
    message: 'a status by name needs spaceId',
    path: ['spaceId'],
  });
export type KitemakerTarget = z.infer<typeof KitemakerTarget>;

export const KITEMAKER_FIELD_NAMES = ['title', 'description', 'effort', 'impact'] as const;
