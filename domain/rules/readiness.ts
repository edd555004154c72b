/** Whether a Craft item is ready to be handed over: the whole rule is checked, even what the server has filtered by. */
import type { CraftItem } from '../craftItem.js';
import type { FieldCondition, ReadyRule } from '../settings.js';
import { sameName } from './names.js';
import { readPath, readValues } from './paths.js';

/** All given parts of the rule must hold; an empty rule matches nothing. */
export function matchesRule(item: CraftItem, rule: ReadyRule): boolean {
  if (rule.status === null && rule.types === null && rule.where.length === 0) return false;
  if (rule.status !== null && !hasStatus(item, rule.status)) return false;
  if (rule.types !== null && !readValues(item, 'type').some((type) => isOneOf(type, rule.types ?? []))) return false;
  return rule.where.every((condition) => holds(item, condition));
}

/** By name or id; names that look the same are the same (names.ts). */
export function hasStatus(item: Pick<CraftItem, 'status'>, nameOrId: string): boolean {
  return item.status !== null && (item.status.id === nameOrId || sameName(item.status.name, nameOrId));
}

/** Compared as text. A list (labels, several values) matches if it contains the value; `equals: ''` means empty. */
function holds(item: CraftItem, condition: FieldCondition): boolean {
  const wanted = String(condition.equals);
  if (isEqual(readPath(item, condition.field) ?? '', wanted)) return true;
  return readValues(item, condition.field).some((value) => isEqual(value, wanted));
}

/** YAML writes `True` in several ways, Craft.io in one. */
function isEqual(value: string, wanted: string): boolean {
  const isBoolean = /^(true|false)$/i.test(wanted);
  return sameName(value, wanted) || (isBoolean && value.toLowerCase() === wanted.toLowerCase());
}

function isOneOf(name: string, names: readonly string[]): boolean {
  return names.some((one) => sameName(one, name));
}
