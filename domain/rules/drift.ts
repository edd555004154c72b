/**
 * What was handed over, and which of it differs in Craft.io now (design 3, Drift).
 * Values are compared, not times, and never what craftsync itself writes: its own writes would count as drift.
 */
import type { CraftItem } from '../craftItem.js';
import type { HandedOver } from '../link.js';
import type { PipelineSettings } from '../settings.js';
import { pathsOf } from './fields.js';
import {
  CUSTOM_FIELDS,
  customField,
  fieldNameOf,
  isCustomField,
  rawAt,
  readPath,
  readStable,
  writtenAt,
} from './paths.js';
import { hasStatus } from './readiness.js';

/** Computed from the item as it is before the lock is written. */
export function handedOverOf(item: CraftItem, pipeline: PipelineSettings): HandedOver {
  const paths = pathsOf(pipeline);
  const raw = rawOf(item, paths);
  return {
    values: Object.fromEntries(paths.map((path) => [path, readStable(item, path)])),
    lockField: pipeline.lock?.value ?? null,
    lockStatus: pipeline.lock?.status ?? null,
    ...(Object.keys(raw).length > 0 && { raw }),
  };
}

/** Only what may be written back; texts are in `values` as they are. */
function rawOf(item: CraftItem, paths: readonly string[]): Readonly<Record<string, unknown>> {
  const written = paths.map(writtenAt).filter((name) => name !== 'status');
  const entries = written.map((name) => [name, rawAt(item, name)] as const);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null && typeof value !== 'string'),
  );
}

/**
 * The paths whose value differs, in the order in which they were handed over; then the name in `lock.field` if the
 * lock's value is gone, and `status` if the lock's status is gone.
 */
export function differingFields(
  handedOver: HandedOver,
  item: CraftItem,
  pipeline: PipelineSettings,
): readonly string[] {
  const changed = Object.entries(handedOver.values)
    .filter(([path]) => !changesByItself(item, path, pipeline))
    .filter(([path, value]) => (readStable(item, path) ?? '') !== (value ?? ''))
    .map(([path]) => path);
  return [...changed, ...undoneLock(handedOver, item, pipeline)];
}

function undoneLock(handedOver: HandedOver, item: CraftItem, { lock }: PipelineSettings): readonly string[] {
  if (lock === null) return [];
  const { lockField, lockStatus } = handedOver;
  const isUnlocked = lockField !== null && (readPath(item, CUSTOM_FIELDS + lock.field) ?? '') !== lockField;
  const isElsewhere = lockStatus !== null && !hasStatus(item, lockStatus);
  return [...(isUnlocked ? [lock.field] : []), ...(isElsewhere ? ['status'] : [])];
}

/** The status (`undoneLock` compares it), the update time, and the custom fields that craftsync writes. */
function changesByItself(item: CraftItem, path: string, { lock, progress }: PipelineSettings): boolean {
  if (path === 'status' || path.startsWith('status.') || path === 'updateTime') return true;
  if (!isCustomField(path)) return false;
  const ours = [lock?.field, progress?.field, progress?.linkField, progress?.keyField, progress?.stateField];
  return ours.some((name) => typeof name === 'string' && isSameField(item, fieldNameOf(path), name));
}

/** One of them may be given by name, the other by id. */
function isSameField(item: CraftItem, one: string, other: string): boolean {
  if (one === other) return true;
  const field = customField(item, one);
  return field !== null && field === customField(item, other);
}

const KEPT = ' (cannot be written back: ';

/** How a difference is shown that `onDrift: revert` could not write back. */
export function shownAsKept(path: string, why: string): string {
  return `${path}${KEPT}${why})`;
}

/** The path in a difference as it is shown. */
export function pathShown(shown: string): string {
  return shown.split(KEPT, 1)[0] ?? shown;
}

export function isKept(shown: string): boolean {
  return shown.includes(KEPT);
}

/** The same text for the same hand-over, whatever the order of keys; its SHA-256 is the fingerprint. */
export function canonicalJson(handedOver: HandedOver): string {
  const { values, lockField, lockStatus } = handedOver;
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify({ lockField, lockStatus, values: Object.fromEntries(sorted) });
}
