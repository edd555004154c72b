/** How a dev item's status, key and link become what Craft.io shows (design 3, step 4). */
import type { DevItem } from '../devItem.js';
import type { Phase } from '../phases.js';
import type { ProgressRule } from '../settings.js';
import { keyNamed, sameName } from './names.js';

export type MappedProgress =
  | { readonly status: 'mapped'; readonly value: string }
  /** `unmapped: ignore`: what Craft.io shows stays. */
  | { readonly status: 'ignored' }
  /** `unmapped: block`. */
  | { readonly status: 'unmapped'; readonly message: string };

/** The tool's own word, looked up exactly, or else by what looks the same (names.ts). */
export function mapProgress(devStatus: string, rule: ProgressRule): MappedProgress {
  const key = keyNamed(rule.statuses, devStatus);
  const value = key === null ? undefined : rule.statuses[key];
  if (value !== undefined) return { status: 'mapped', value };
  switch (rule.unmapped) {
    case 'keep':
      return { status: 'mapped', value: devStatus };
    case 'ignore':
      return { status: 'ignored' };
    case 'block': {
      const known = Object.keys(rule.statuses).join(', ');
      return {
        status: 'unmapped',
        message: `status "${devStatus}" has no entry in progress.statuses (known: ${known})`,
      };
    }
  }
}

/** `value` is ours, as `mapProgress` gives it. */
export function isDone(value: string, rule: ProgressRule): boolean {
  return rule.doneWhen.some((word) => sameName(word, value));
}

/** `value` is ours, as `mapProgress` gives it. */
export function isDropped(value: string, rule: ProgressRule): boolean {
  return rule.droppedWhen.some((word) => sameName(word, value));
}

/** Configured field name → value, without what the dev item does not have or the rule does not name. */
export function progressFields(
  devItem: Pick<DevItem, 'key' | 'url' | 'status'>,
  rule: ProgressRule,
): Record<string, string> {
  const progress = mapProgress(devItem.status, rule);
  return {
    ...(progress.status === 'mapped' && rule.field !== null && { [rule.field]: progress.value }),
    ...(rule.keyField !== null && devItem.key !== null && { [rule.keyField]: devItem.key }),
    ...(rule.linkField !== null && devItem.url !== null && { [rule.linkField]: devItem.url }),
  };
}

/** The fields that the rule names: one that was removed from the configuration is no longer ours. */
export function ownFields<Value>(
  fields: Readonly<Record<string, Value>> | null,
  rule: ProgressRule | null,
): Readonly<Record<string, Value>> {
  const names = [rule?.field, rule?.linkField, rule?.keyField, rule?.stateField];
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => names.includes(name)));
}

/** What the ledger says that Craft.io shows for dev items of one status. */
export interface ShownProgress {
  /** `following`, `settling`, or `blocked` because the status was not mapped. */
  readonly phase: Phase;
  /** The tool's own word. */
  readonly devStatus: string;
  /** In the field of the rule; null: the rule has none, or Craft.io refused the value. */
  readonly value: string | null;
}

/** Whether the rule makes something else of the status: another value, another end, or a block that is over. */
export function isShownOtherwise({ phase, devStatus, value }: ShownProgress, rule: ProgressRule): boolean {
  const mapped = mapProgress(devStatus, rule);
  if (phase === 'blocked') return mapped.status !== 'unmapped';
  switch (mapped.status) {
    case 'unmapped':
      return true;
    case 'ignored':
      return false;
    case 'mapped':
      return (value !== null && value !== mapped.value) || isDone(mapped.value, rule) !== (phase === 'settling');
  }
}
