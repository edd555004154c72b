/** Whether a Craft item matches a pipeline's readiness rule (DESIGN 7, `ready`; seed 001, step 2). */
import type { CraftItem } from '../craftItem.js';
import type { ReadyRule } from '../settings.js';
import { readPath } from './paths.js';

/** All parts that are given must hold. A status may be given by name or by id. */
export function matchesRule(item: CraftItem, rule: ReadyRule): boolean {
  if (rule.status !== null && item.status?.name !== rule.status && item.status?.id !== rule.status) return false;
  if (rule.types !== null && !rule.types.includes(item.type ?? '')) return false;
  return rule.where.every(({ field, equals }) => (readPath(item, field) ?? '') === String(equals));
}
