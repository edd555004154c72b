/** A field of Craft.io may have several values where a dev tool's field takes one. */
import type { FieldRule } from '../domain/settings.js';

/** Properties of Craft.io's items that are lists (sources: Craft.io API). */
const LISTS = ['labels', 'objectives', 'keyResults', 'personas', 'dependencies', 'feedbackLinks', 'linkedItems'];

/** For `check`, of a field that takes one value; null where nothing is known against it. */
export function severalWarning(rule: FieldRule): string | null {
  if ('template' in rule || !LISTS.includes(rule.from)) return null;
  return `takes one value, and Craft.io's ${rule.from} may be several: an item with several would be blocked`;
}

const SHOWN = 5;

export type OneValue = { readonly value: string } | { readonly problem: string };

/** `problem` is one clause for a message that begins with the field's name. */
export function oneValue(values: readonly string[]): OneValue {
  const [value = '', ...others] = values;
  if (others.length === 0) return { value };
  const shown = values.slice(0, SHOWN).join(', ');
  return {
    problem: `takes one value, and Craft.io has ${values.length} (${shown}${values.length > SHOWN ? ', …' : ''})`,
  };
}
