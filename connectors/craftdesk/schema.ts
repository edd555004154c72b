/** The parts of CraftDesk's answers that are used (sources: CraftDesk); everything else may change. */
import { z } from 'zod';
import { Time } from '../times.js';

const Text = z.string();
const Id = z.string().min(1);

/**
 * One project. The document's two lists differ: one shows description and times, the other neither description nor
 * `updated_at`. The configuration names the property of its status word, so other properties are kept.
 */
export const Project = z.looseObject({
  id: Id,
  slug: Text.nullish(),
  /** Absent: not shown in this answer. Null: empty. */
  description: Text.nullish(),
  created_at: Time.nullish(),
  updated_at: Time.nullish(),
  /** Not documented; the events `project.archived` and `project.unarchived` are. */
  archived: z.boolean().nullish(),
  archived_at: z.union([Text, z.number()]).nullish(),
});
export type Project = z.infer<typeof Project>;

const Count = z.number().int().nonnegative().nullish().catch(null);

/** Read entry by entry, so that a broken project does not void the others. `last_page` may be missing. */
export const ProjectList = z.object({
  data: z.array(z.unknown()),
  meta: z
    .object({ pagination: z.object({ total: Count, per_page: Count, last_page: Count }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** The body of every error (sources: CraftDesk). */
export const ErrorBody = z.object({
  message: Text,
  errors: z.record(z.string(), z.array(Text)).nullish().catch(null),
});
