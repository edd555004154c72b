/**
 * Names an item's parent in its description where the tool has no place for it (design 4, Hierarchy): `Part of
 * [KEY](url)` at the beginning, which is never cut. Done once for all tools, before each converts the text to its
 * markup.
 */
import type { DevItemDraft, DevItemRef } from '../domain/devItem.js';
import type { DevToolConnector } from './port/devTool.js';
import { linkLine, markdownOf } from './text/craftText.js';

export function saysPartOf(connector: DevToolConnector): DevToolConnector {
  return {
    ...connector,
    describe: (draft) => connector.describe(withPartOf(draft)),
    createItem: (draft, call) => connector.createItem(withPartOf(draft), call),
  };
}

function withPartOf(draft: DevItemDraft): DevItemDraft {
  const { partOf, ...others } = draft;
  if (partOf === undefined) return draft;
  return {
    ...others,
    description: `${lineFor(partOf)}\n\n${markdownOf(draft.description, [], draft.craftUrl)}`.trimEnd(),
  };
}

function lineFor({ key, id, url }: DevItemRef): string {
  return linkLine('Part of', key ?? id, url);
}
