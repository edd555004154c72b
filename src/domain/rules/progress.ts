/** The dev tool's words turned into Craft.io's progress (DESIGN 7, `progress`). */
import type { ProgressRule } from '../settings.js';

export type MappedProgress =
  | { readonly status: 'mapped'; readonly value: string }
  /** `unmapped: ignore`: Craft.io keeps what it has. */
  | { readonly status: 'ignored' }
  /** `unmapped: block`. */
  | { readonly status: 'unmapped'; readonly message: string };

export function mapProgress(devStatus: string, rule: ProgressRule): MappedProgress {
  const value = Object.hasOwn(rule.statuses, devStatus) ? rule.statuses[devStatus] : undefined;
  if (value !== undefined) return { status: 'mapped', value };
  switch (rule.unmapped) {
    case 'keep':
      return { status: 'mapped', value: devStatus };
    case 'ignore':
      return { status: 'ignored' };
    case 'block':
      return { status: 'unmapped', message: `status "${devStatus}" has no entry in progress.statuses` };
  }
}

export function isDone(value: string, rule: ProgressRule): boolean {
  return rule.doneWhen.includes(value);
}

export function isDropped(value: string, rule: ProgressRule): boolean {
  return rule.droppedWhen.includes(value);
}

/** Configured field name → value: the mapped progress, the key and the link, where each is known and configured. */
export function progressFields(
  devItem: { readonly key: string | null; readonly url: string | null; readonly status: string },
  rule: ProgressRule,
): Record<string, string> {
  const mapped = mapProgress(devItem.status, rule);
  return {
    ...(mapped.status === 'mapped' && { [rule.field]: mapped.value }),
    ...(rule.keyField !== null && devItem.key !== null && { [rule.keyField]: devItem.key }),
    ...(rule.linkField !== null && devItem.url !== null && { [rule.linkField]: devItem.url }),
  };
}
