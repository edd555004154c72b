/** The parts of Kitemaker's answers that are used; everything else may change (sources: Kitemaker). */
import { z } from 'zod';
import { Time } from '../times.js';

const Text = z.string();
const Id = z.string().min(1);

export const RestOrganization = z.object({ id: Id, name: Text });

/** `/metadata/*`: id and a label for people. */
export const RestMetadata = z.array(z.object({ id: Id, label: Text }));

/**
 * The answer to `POST /workitem`, an entry of `/recent/workitems`, or a GraphQL `WorkItem`. `number` is a number in
 * REST and text in GraphQL.
 */
export const WorkItem = z.object({
  id: Id,
  number: z.union([z.number().int(), Text]),
  description: Text.nullish(),
  status: z.object({ name: Text }),
  /** Only GraphQL gives the key. */
  space: z.object({ id: Id, key: Text.nullish() }),
  createdAt: Text.nullish(),
  updatedAt: Time,
});
export type WorkItem = z.infer<typeof WorkItem>;

export const GraphqlPage = z.object({
  workItems: z.object({ workItems: z.array(z.unknown()), cursor: Text.nullish(), hasMore: z.boolean() }),
});

/** Lists of work items are read entry by entry, so that a broken one does not void the others. */
export const RestList = z.array(z.unknown());

export const RestCreated = z.object({ id: Id });

export const GraphqlOrganization = z.object({
  organization: z.object({
    spaces: z.array(
      z.object({
        id: Id,
        key: Text,
        name: Text,
        statuses: z.array(z.object({ id: Id, name: Text, type: Text.nullish() })),
        labels: z.array(z.object({ id: Id, name: Text })),
      }),
    ),
  }),
});
export type Space = z.infer<typeof GraphqlOrganization>['organization']['spaces'][number];

/** A work item as `labels` needs it. */
export const LabelledWorkItem = WorkItem.extend({
  title: Text,
  description: Text,
  labels: z.array(z.object({ id: Id, name: Text })),
});

export const GraphqlFeedback = z.object({
  feedback: z.object({
    feedback: z.array(z.object({ id: Id, content: Text.nullish() })),
    cursor: Text.nullish(),
    hasMore: z.boolean(),
  }),
});

export type FeedbackEntry = z.infer<typeof GraphqlFeedback>['feedback']['feedback'][number];

export const GraphqlComments = z.object({ workItem: z.object({ comments: z.array(z.object({ body: Text })) }) });

export const GraphqlItemInitiatives = z.object({ workItem: z.object({ initiatives: z.array(z.object({ id: Id })) }) });

/** Read entry by entry. */
export const GraphqlInitiatives = z.object({
  initiatives: z.object({ initiatives: z.array(z.unknown()), cursor: Text.nullish(), hasMore: z.boolean() }),
});
export const Initiative = z.object({ id: Id, title: Text });

export const GraphqlInitiative = z.object({ initiative: z.object({ id: Id }) });

/** One of `errors` in a GraphQL answer. Servers put a code into `extensions` or beside the message. */
export const GraphqlError = z.object({
  message: Text.catch(''),
  path: z
    .array(z.union([Text, z.number()]))
    .nullish()
    .catch(null),
  code: Text.nullish().catch(null),
  status: z.number().nullish().catch(null),
  extensions: z
    .object({
      code: Text.nullish().catch(null),
      status: z.number().nullish().catch(null),
      http: z
        .object({ status: z.number().nullish().catch(null) })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});
export type GraphqlError = z.infer<typeof GraphqlError>;

export const GraphqlAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(GraphqlError).nullish(),
});

/** The body of every REST error (sources: Kitemaker). */
export const RestErrors = z.object({ errors: z.array(z.object({ message: Text, code: Text.nullish().catch(null) })) });
