/**
 * What can be configured for each type of dev tool, one line per type. `config/` checks `devTools.*` with `Own`,
 * `pipelines.*.target` (without `devTool`) with `Target`, and the left of `fields` with `fieldNames`. A type that is
 * here but not in `registry.ts` does not compile.
 */
import type { z } from 'zod';
import type { RateLimit } from '../domain/settings.js';
import { CRAFTDESK_FIELD_NAMES, craftdeskRateLimit, CraftdeskOwn, CraftdeskTarget } from './craftdesk/target.js';
import { CRAFTNOTE_FIELD_NAMES, CraftnoteOwn, CraftnoteTarget } from './craftnote/target.js';
import { KITEMAKER_FIELD_NAMES, KitemakerOwn, KitemakerTarget } from './kitemaker/target.js';
import { REDMINE_FIELD_NAMES, RedmineOwn, RedmineTarget } from './redmine/target.js';

export interface TargetFacts {
  /** Settings in `devTools` besides what every connection has; strict. */
  readonly Own: z.ZodObject;
  /** `target` besides `devTool`; strict. */
  readonly Target: z.ZodObject;
  readonly fieldNames: readonly string[];
  /** True where people define fields in the tool (Redmine's custom fields): names not listed here are then accepted. */
  readonly hasOwnFields?: boolean;
  /** The limits that the tool's settings imply (CraftDesk's `plan`); an explicit `rateLimit` wins. */
  readonly rateLimitOf?: (own: Readonly<Record<string, unknown>>) => Partial<RateLimit>;
}

export const TARGETS = {
  craftnote: { Own: CraftnoteOwn, Target: CraftnoteTarget, fieldNames: CRAFTNOTE_FIELD_NAMES },
  kitemaker: { Own: KitemakerOwn, Target: KitemakerTarget, fieldNames: KITEMAKER_FIELD_NAMES },
  redmine: { Own: RedmineOwn, Target: RedmineTarget, fieldNames: REDMINE_FIELD_NAMES, hasOwnFields: true },
  craftdesk: {
    Own: CraftdeskOwn,
    Target: CraftdeskTarget,
    fieldNames: CRAFTDESK_FIELD_NAMES,
    rateLimitOf: craftdeskRateLimit,
  },
} as const satisfies Record<string, TargetFacts>;

export type DevToolType = keyof typeof TARGETS;

export function isDevToolType(type: string): type is DevToolType {
  return Object.hasOwn(TARGETS, type);
}
