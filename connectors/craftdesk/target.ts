/** What may be configured for CraftDesk: its own settings, a pipeline's target, the names on the left of `fields`. */
import { z } from 'zod';
import type { RateLimit } from '../../domain/settings.js';

/** The calls that each plan allows (sources: CraftDesk). */
export const PLANS = {
  starter: { perMinute: 10, perMonth: 1_000 },
  professional: { perMinute: 100, perMonth: 50_000 },
  business: { perMinute: 1_000, perMonth: 500_000 },
} as const satisfies Record<string, Partial<RateLimit>>;

/** In `devTools` besides what every connection has. */
export const CraftdeskOwn = z.strictObject({
  /** Sets the budget of calls; an explicit `rateLimit` wins. */
  plan: z.enum(['starter', 'professional', 'business']).optional(),
  /** The property of a project that holds its status word; dots lead into objects: `status.name`. */
  statusProperty: z.string().trim().min(1).default('status'),
  /** The header with the signature of a webhook. The documents name none; the default follows the usual form. */
  signatureHeader: z
    .string()
    .trim()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is not the name of a header')
    .default('X-CraftDesk-Signature'),
});
export type CraftdeskOwn = z.infer<typeof CraftdeskOwn>;

/**
 * In `target` besides `devTool`: nothing, since a key belongs to one workspace, and projects are in nothing smaller.
 */
export const CraftdeskTarget = z.strictObject({});

export const CRAFTDESK_FIELD_NAMES = ['title', 'description'] as const;

export function craftdeskRateLimit(own: Readonly<Record<string, unknown>>): Partial<RateLimit> {
  const { plan } = CraftdeskOwn.parse(own);
  return plan === undefined ? {} : PLANS[plan];
}
