/** What the admin API accepts: the types of `act.ts` and `faults.ts`, checked at the edge. */
import { z } from 'zod';
import { DEV_SYSTEM_NAMES, SYSTEMS } from '../world/systems.js';
import type { Act } from '../people/act.js';
import type { FaultPlan } from '../http/faults.js';
import { MOUNT_NAMES } from '../http/mount.js';

const Silence = z.enum(['reset', 'close', 'hang']);
const applied = z.boolean().optional();

const FaultJson = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), ms: z.number().min(0), jitterMs: z.number().min(0).optional() }),
  z.strictObject({ kind: z.literal('lose-answer'), applied: z.boolean(), silence: Silence }),
  z.strictObject({
    kind: z.literal('late-commit'),
    afterMs: z.number().min(0),
    from: z.enum(['arrival', 'client-gone']),
    silence: Silence,
  }),
  z.strictObject({ kind: z.literal('slow-drip'), bytesPerSecond: z.number().positive() }),
  z.strictObject({ kind: z.literal('status'), status: z.int().min(400).max(599), applied }),
  z.strictObject({
    kind: z.literal('rate-limit'),
    retryAfter: z.enum(['seconds', 'date', 'absent', 'absurd']),
    seconds: z.number().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal('html'), status: z.int().min(200).max(599).optional(), applied }),
  z.strictObject({ kind: z.literal('truncated'), applied }),
  z.strictObject({
    kind: z.literal('huge'),
    bytes: z
      .int()
      .positive()
      .max(512 * 1024 * 1024),
    applied,
  }),
  z.strictObject({ kind: z.literal('wrong-content-type'), contentType: z.string(), applied }),
  z.strictObject({
    kind: z.literal('alter'),
    id: z.string().optional(),
    set: z.record(z.string(), z.unknown()).optional(),
    byId: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    remove: z.array(z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('limit'), calls: z.int().min(0), windowMs: z.number().positive() }),
]);

const FaultRuleJson = z.strictObject({
  mounts: z.array(z.enum(MOUNT_NAMES)).optional(),
  methods: z.array(z.string()).optional(),
  routes: z.array(z.string()).optional(),
  write: z.boolean().optional(),
  operation: z.string().optional(),
  mentions: z.string().optional(),
  share: z.number().min(0).max(1).optional(),
  skip: z.int().min(0).optional(),
  next: z.int().min(1).optional(),
  forMs: z.number().positive().optional(),
  fault: FaultJson,
});

const LostSightJson = z.strictObject({ scopes: z.array(z.string()), as: z.enum(['missing', 'empty']) });

const FaultPlanJson = z.strictObject({
  rules: z.array(FaultRuleJson).optional(),
  listLagMs: z.partialRecord(z.enum(SYSTEMS), z.number().min(0)).optional(),
  lostSight: z.partialRecord(z.enum(SYSTEMS), LostSightJson).optional(),
});

const CraftEditParts = {
  title: z.string().min(1).optional(),
  description: z.string().nullable().optional(),
  effort: z.number().nullable().optional(),
  status: z.string().optional(),
  type: z.string().optional(),
  workspaceId: z.string().optional(),
  customFields: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
};
const DevEditParts = {
  title: z.string().min(1).optional(),
  description: z.string().optional(),
  effort: z.enum(['small', 'medium', 'large']).nullable().optional(),
  impact: z.enum(['small', 'medium', 'large']).nullable().optional(),
};
const title = z.string().min(1);
const id = z.string().min(1);
const product = z.literal('product-manager');
const developer = z.literal('developer');
const tool = z.enum(DEV_SYSTEM_NAMES).optional();

const ActJson = z.union([
  z.strictObject({ as: product, action: z.literal('create'), edit: z.strictObject({ ...CraftEditParts, title }) }),
  z.strictObject({ as: product, action: z.enum(['mark-ready', 'unready', 'delete']), id }),
  z.strictObject({ as: product, action: z.literal('edit'), id, edit: z.strictObject(CraftEditParts) }),
  z.strictObject({
    as: developer,
    tool,
    action: z.literal('create'),
    place: z.string(),
    edit: z.strictObject({ ...DevEditParts, title }),
  }),
  z.strictObject({ as: developer, tool, action: z.literal('move'), id, status: z.string() }),
  z.strictObject({ as: developer, tool, action: z.literal('move-place'), id, place: z.string() }),
  z.strictObject({ as: developer, tool, action: z.literal('edit'), id, edit: z.strictObject(DevEditParts) }),
  z.strictObject({ as: developer, tool, action: z.literal('comment'), id, text: z.string().min(1) }),
  z.strictObject({ as: developer, tool, action: z.literal('delete'), id }),
]);

export const SeedJson = z.strictObject({ ready: z.int().min(1).max(100_000) });
export const ResetJson = z.strictObject({ items: z.int().min(0).max(100_000).optional() });
export const KeysJson = z.partialRecord(z.enum(SYSTEMS), z.string().min(1));
const TargetJson = z.strictObject({ url: z.url(), secret: z.string() });
export const WebhooksJson = z.partialRecord(z.enum(DEV_SYSTEM_NAMES), TargetJson.nullable());

/** Left-out properties are absent here, never undefined, so the parsed value is of the exact type. */
export function readAct(body: unknown): Act {
  return ActJson.parse(body) as Act;
}

export function readFaultPlan(body: unknown): FaultPlan {
  return FaultPlanJson.parse(body) as FaultPlan;
}
