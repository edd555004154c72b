/**
 * The parts of Craft.io's answers that are used; everything else may change. Items have the Swagger's property names in
 * both dialects (design 6). Lists are read entry by entry, so that a broken one does not void the others. A message
 * names what kind of value came and what is documented, never the value.
 */
import { z } from 'zod';

type Issue = { readonly input?: unknown };

function documented(what: string): (issue: Issue) => string {
  return (issue) => `${kindOf(issue.input)}, ${what} is documented`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? INEXACT : 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** An unquoted id above 2^53 has lost digits when it arrives here and names another item, so it is never used. */
const INEXACT = 'a number too large to be exact';

const Text = z.string({ error: documented('a string') });
const OptionalText = Text.nullish();

const isId = (value: unknown): boolean => (typeof value === 'string' ? value !== '' : Number.isSafeInteger(value));

/** Ids are numeric strings, also above 2^53; a number is taken where it is exact. */
export const Id = z.custom<string | number>(isId, { error: documented('a string') }).transform(String);

/** The guide writes a status only by its name, and may answer so. */
const Status = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z.object({ id: Id.nullish(), name: OptionalText }, { error: documented('an object') }).nullish(),
);

/** `value` is documented as text; anything else does not make the item unreadable. */
export const CustomFieldEntry = z.object(
  {
    id: Id,
    name: OptionalText,
    value: z.unknown().optional(),
    values: z.unknown().optional(),
    label: z.unknown().optional(),
  },
  { error: documented('an object') },
);
export type CustomFieldEntry = z.infer<typeof CustomFieldEntry>;

/** No document requires a title; the pipeline's rules decide whether one is needed. */
const Title = Text.default('');

/** A work item, an initiative or a feedback item. */
export const Item = z.object(
  {
    id: Id,
    shortId: OptionalText,
    type: OptionalText,
    title: Title,
    description: OptionalText,
    webUrl: OptionalText,
    status: Status,
    parent: z.object({ id: Id }, { error: documented('an object') }).nullish(),
    updateTime: OptionalText,
    customFields: z.array(CustomFieldEntry, { error: documented('a list') }).nullish(),
  },
  { error: documented('an object') },
);
export type Item = z.infer<typeof Item>;

/** What is used of an initiative in a listing; it is read singly afterwards (design 6). */
export const ListedInitiative = z.object(
  { id: Id, shortId: OptionalText, status: Status.catch(null), updateTime: OptionalText.catch(null) },
  { error: documented('an object') },
);
export type ListedInitiative = z.infer<typeof ListedInitiative>;

export const PageMetadata = z.object({
  currentPage: z.number().nullish().catch(null),
  perPage: z.number().nullish().catch(null),
  totalPages: z.number().nullish().catch(null),
  totalRecords: z.number().nullish().catch(null),
});
export type PageMetadata = z.infer<typeof PageMetadata>;

/** `{ items, metadata }`, or the items alone. */
export const List = z.union([
  z.array(z.unknown()).transform((items) => ({ items, metadata: null })),
  z.object({ items: z.array(z.unknown()), metadata: PageMetadata.nullish().catch(null) }),
]);
export type List = { readonly items: readonly unknown[]; readonly metadata?: PageMetadata | null | undefined };

/** `/custom_fields` and `/portfolio_fields`. */
export const CustomFieldList = z.array(z.object({ id: Id, name: Text }));

/** `/workspaces/{accountId}`, `/portfolios/{accountId}`, `/feedback_portals/{accountId}`: a name may be null. */
export const NamedList = z.array(z.object({ id: Id, name: OptionalText }));
export type Named = z.infer<typeof NamedList>[number];

const TermEntry = z.object({ default: Text, customSingle: OptionalText.catch(null) });

/** `/terminology`: "list of terminology items"; the Swagger's is an object of them. */
export const TermList = z
  .union([z.array(TermEntry), z.record(z.string(), TermEntry).transform((terms) => Object.values(terms))])
  .transform((terms) => terms.map((term) => ({ default: term.default, custom: term.customSingle || term.default })));
export type Term = z.infer<typeof TermList>[number];

/** `/feedback_portal/{id}/categories`: one without a name goes by its id. */
export const CategoryList = z
  .array(z.object({ id: Id, name: OptionalText }))
  .transform((categories) => categories.map(({ id, name }) => ({ id, name: name ?? id })));

/** "General reference to the submitted feedback, such as ID and link." */
export const Submitted = z.object({ id: Id, link: OptionalText.catch(null) });
export type Submitted = z.infer<typeof Submitted>;

/**
 * What a search needs of a feedback item. In a list a missing `description` may only mean that the list does not show
 * it.
 */
export const ListedFeedback = z.object({
  id: Id,
  description: z.string().nullish(),
  webUrl: OptionalText.catch(null),
});

const Person = z
  .object({ name: OptionalText.catch(null), email: OptionalText.catch(null) })
  .nullish()
  .catch(null);

export const FeedbackItem = z.object(
  {
    id: Id,
    shortId: OptionalText.catch(null),
    title: Title,
    description: OptionalText,
    webUrl: OptionalText.catch(null),
    owner: Person,
    createdBy: Person,
  },
  { error: documented('an object') },
);

export const ApiKeyFacts = z.object({
  accountId: Id.nullish().catch(null),
  scopes: z.array(z.string()),
  resourceScope: z
    .object({
      workspaces: z.array(Id).nullish().catch(null),
      portfolios: z.array(Id).nullish().catch(null),
      feedback_portals: z.array(Id).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type ApiKeyFacts = z.infer<typeof ApiKeyFacts>;

/** `{ message }`; for a refused write `{ message, details }` with the paths of what is wrong as keys. */
export const ErrorAnswer = z.object({
  message: z.string(),
  details: z.record(z.string(), z.unknown()).nullish().catch(null),
});

/** The first thing that is not as documented: `title is a number, a string is documented`. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'it' : path} is ${issue?.message ?? 'not as documented'}`;
}
