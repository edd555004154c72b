/** What was handed over, and where Craft.io differs from it now (DESIGN 3, step 3 and Drift). */
import type { CraftItem } from '../craftItem.js';
import type { HandedOver } from '../link.js';
import type { PipelineSettings } from '../settings.js';
import { pathsOf } from './fields.js';
import { readPath } from './paths.js';

/** The Craft.io values that `fields` draws on, before the lock is written, and what the lock writes. */
export function handedOverOf(item: CraftItem, pipeline: PipelineSettings): HandedOver {
  const paths = [...new Set(Object.values(pipeline.fields).flatMap(pathsOf))].sort();
  return {
    values: Object.fromEntries(paths.map((path) => [path, readPath(item, path)])),
    lockField: pipeline.lock?.value ?? null,
    lockStatus: pipeline.lock?.status ?? null,
  };
}

/**
 * The paths whose value differs now, and `lock.field` or `status` where the lock was undone, in a stable order.
 * `status` counts only through the lock: the lock itself changes it.
 */
export function differingFields(handedOver: HandedOver, item: CraftItem, pipeline: PipelineSettings): string[] {
  const differing = Object.entries(handedOver.values)
    .filter(([path, value]) => path !== 'status' && readPath(item, path) !== value)
    .map(([path]) => path);
  if (pipeline.lock === null) return differing;
  const locked = readPath(item, `customFields.${pipeline.lock.field}`);
  if (handedOver.lockField !== null && locked !== handedOver.lockField) differing.push(pipeline.lock.field);
  const { lockStatus } = handedOver;
  if (lockStatus !== null && item.status?.name !== lockStatus && item.status?.id !== lockStatus) differing.push('status');
  return differing;
}

/** One text for the same content, whatever the order of keys: its SHA-256 is the fingerprint. */
export function canonicalJson(handedOver: HandedOver): string {
  const values = Object.entries(handedOver.values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ lockField: handedOver.lockField, lockStatus: handedOver.lockStatus, values });
}
