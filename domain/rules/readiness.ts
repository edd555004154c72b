/** Whether a Craft item is ready to be handed over: the whole rule, whatever part of it the server has applied. */
import type { CraftItem } from '../craftItem.js';
import type { FieldCondition, ReadyRule } from '../settings.js';
import { readPath, readValues } from './paths.js';

/** All parts that the rule gives must hold; a rule that says nothing matches nothing. */
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

/** As text; a list (labels, several values) also where it contains the value; `equals: ''` is the empty field. */
function holds(item: CraftItem, condition: FieldCondition): boolean {
  const wanted = String(condition.equals);
  if ((readPath(item, condition.field) ?? '') === wanted) return true;
  return readValues(item, condition.field).includes(wanted);
}
