/**
 * What a check before the hand-over depends on, as one word: the settings and those parts of the Craft item that they
 * draw on. A check that blocked its item would end the same way as long as this is the same, so that the ready sweep,
 * which lists the item anyway, can leave it alone (design 3, step 1).
 */
import type { CraftItem } from '../../domain/craftItem.js';
import { pathsOf } from '../../domain/rules/fields.js';
import { readPath } from '../../domain/rules/paths.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { fingerprintOf } from '../writes/fingerprint.js';

/**
 * Null where no listing can tell whether the item has changed: that of a feedback portal may leave parts of an item
 * out, so that its time of change decides, and it has none.
 */
export function checkedFingerprint(item: CraftItem, pipeline: PipelineSettings): string | null {
  const { source, ready, fields, devTool, target, alsoHandedOver, progress } = pipeline;
  const isListedInPart = 'feedbackPortal' in source;
  if (isListedInPart && item.updateTime === null) return null;
  const paths = [...pathsOf(pipeline), ...ready.where.map(({ field }) => field)];
  const values = paths.map((path) => [path, readPath(item, path)]);
  const { type, typeTerm = null, status, parentId } = item;
  const time = isListedInPart ? item.updateTime : null;
  // What the lock writes, too: where it was refused, a corrected configuration is what helps.
  const written = [pipeline.lock, progress?.field, progress?.linkField, progress?.keyField, progress?.stateField];
  const settings = { ready, fields, devTool, target, alsoHandedOver, written };
  return fingerprintOf(JSON.stringify([settings, values, type, typeTerm, status, parentId, time]));
}
