/** What may be configured for Redmine: its own settings, a pipeline's target, the names on the left of `fields`. */
import { z } from 'zod';

const NUMBER = 'write the number that Redmine shows in its address, e.g. 3';

/** YAML reads ids as numbers. */
const numberAsText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

const NumericId = z.preprocess(
  numberAsText,
  z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,17}$/, { error: NUMBER }),
);

/** In `devTools` besides what every connection has. */
export const RedmineOwn = z.strictObject({
  /**
   * The markup of Redmine's texts (Administration → Settings → General → Text formatting). Its API does not show it.
   * @default textile, as Redmine's own
   */
  textFormatting: z.enum(['textile', 'common_mark', 'markdown']).default('textile'),
});
export type RedmineOwn = z.infer<typeof RedmineOwn>;
export type TextFormatting = RedmineOwn['textFormatting'];

/** In `target` besides `devTool`. */
export const RedmineTarget = z.strictObject({
  /** Id or identifier, as in the project's address. */
  projectId: z.preprocess(numberAsText, z.string().trim().min(1)),
  /** @default the project's first tracker */
  trackerId: NumericId.optional(),
  /** @default the tracker's first status */
  statusId: NumericId.optional(),
  /** A custom field that is a filter: it holds the marker instead of the description. */
  markerField: NumericId.optional(),
  /** The issue that every created issue is put under. */
  parentIssueId: NumericId.optional(),
});
export type RedmineTarget = z.infer<typeof RedmineTarget>;

/**
 * Fields of every issue that take a number, a day (dates.ts) or an id; everything else on the left names a custom
 * field.
 */
export const STANDARD_FIELDS = [
  'priority_id',
  'assigned_to_id',
  'category_id',
  'fixed_version_id',
  'start_date',
  'due_date',
  'estimated_hours',
] as const;
export type StandardField = (typeof STANDARD_FIELDS)[number];

export const REDMINE_FIELD_NAMES = ['title', 'description', ...STANDARD_FIELDS] as const;
