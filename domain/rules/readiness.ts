/** Whether a Craft item is ready to be handed over: the whole rule is checked, even what the server has filtered by. */
import type { CraftItem } from '../craftItem.js';
import type { FieldCondition, ReadyRule } from '../settings.js';
import { readPath, readValues } from './paths.js';

/** All given parts of the rule must hold; an empty rule matches nothing. */
export function matchesRule(item: CraftItem, rule: ReadyRule): boolean {
  if (rule.status === null && rule.types === null && rule.where.length === 0) return false;
  if (rule.status !== null && !hasStatus(item, rule.status)) return false;
  if (rule.types !== null && !readValues(item, 'type').some((type) => rule.types?.includes(type))) return false;
  return rule.where.every((condition) => holds(item, condition));
}

/** By name or id. */
export function hasStatus(item: Pick<CraftItem, 'status'>, nameOrId: string): boolean {
  return item.status !== null && (item.status.name === nameOrId || item.status.id === nameOrId);
}

/** Compared as text. A list (labels, several values) matches if it contains the value; `equals: ''` means empty. */
function holds(item: CraftItem, condition: FieldCondition): boolean {
  const wanted = String(condition.equals);
  if ((readPath(item, condition.field) ?? '') === wanted) return true;
  return readValues(item, condition.field).includes(wanted);
}
