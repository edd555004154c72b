/**
 * When refusals of several items are one and the same (design 3, A refused pipeline): then it is the pipeline that is
 * refused, not each of its items.
 */
import type { ItemLink } from '../link.js';
import type { DevToolSettings, PipelineSettings } from '../settings.js';

/** The step of a hand-over that was refused. */
export type RefusedStep = 'create' | 'lock';

/** So many different items in a row pause their pipeline. */
export const SAME_REFUSALS = 5;

/** Ids, keys, numbers and addresses: they name the item, not what is wrong. */
const NAMES = /https?:\/\/[^\s"'<>]+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[A-Z][A-Z0-9_]*-\d+\b|\b[0-9a-f]{16,}\b|\d+/gi;

/** The words of a refusal without what names its item. */
export function refusalWords(
  message: string,
  {
    craftItemId,
    craftShortId,
    devItemId,
    devItemKey,
  }: Pick<ItemLink, 'craftItemId' | 'craftShortId' | 'devItemId' | 'devItemKey'>,
): string {
  const own = [craftItemId, craftShortId, devItemId, devItemKey].filter((name) => name !== null && name.length > 2);
  const without = own.reduce<string>((text, name) => text.replaceAll(name ?? '', '#'), message);
  return without.replace(NAMES, '#').replace(/\s+/g, ' ').trim().toLowerCase();
}

/** The settings that decide what is sent and where: when they change, what was refused may be accepted. */
export function refusedSettings(pipeline: PipelineSettings, tool: DevToolSettings | undefined): string {
  const { source, ready, devTool, target, fields, progress, lock, timeZone } = pipeline;
  const { baseUrl = null, own = null } = tool ?? {};
  return JSON.stringify({ source, ready, devTool, target, fields, progress, lock, timeZone, baseUrl, own });
}
