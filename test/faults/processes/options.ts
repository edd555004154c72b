/** What `npm run test:faults` was asked for; scripts/test-faults.js passes it on in the environment, as JSON. */
import { z } from 'zod';
import { FAULT_KINDS } from './plan/faults.js';

const Options = z.strictObject({
  seed: z.int().default(1),
  runs: z.int().min(1).default(10),
  /** At a time; each has servers of its own. */
  lanes: z.int().min(1).max(8).default(2),
  only: z.array(z.enum(FAULT_KINDS)).optional(),
  plan: z.string().optional(),
  shrink: z.boolean().default(false),
  /** The file whose table the runs are added to. */
  write: z.string().optional(),
  /** Where records of failed runs are kept. */
  keep: z.string().default('test-results/faults'),
  /** Where the counts go. */
  counts: z.string().default('test-results/faults.json'),
  defects: z.boolean().default(false),
  /** Only defects whose names hold this. */
  named: z.string().default(''),
});
export type Options = z.infer<typeof Options>;

export function readOptions(): Options {
  return Options.parse(JSON.parse(process.env['CRAFTSYNC_FAULTS'] ?? '{}'));
}
