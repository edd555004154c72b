/**
 * Finds the handed-over items that a description links to, so that the dev item can link to their dev items too: the
 * team should not have to go to Craft.io for that.
 */
import type { RelatedItem } from '../../domain/devItem.js';
import type { ItemLink } from '../../domain/link.js';
import type { ItemContext } from '../step/itemContext.js';

/** Links beyond this many are not looked up. */
const MAX_ADDRESSES = 200;

const ADDRESS = /https?:\/\/[^\s<>"'()[\]]{1,2000}/g;

export async function relatedItems(ctx: ItemContext, description: string): Promise<readonly RelatedItem[]> {
  const urls = pagesIn(description);
  const links = (await ctx.deps.ledger.hierarchy.liveByCraftUrl(urls)).filter((link) => {
    return link.craftItemId !== ctx.item.craftItemId;
  });
  // For an item in two tools the last one counts, so that the link leads to the dev item in this tool.
  const isHere = ({ devTool }: ItemLink) => devTool === ctx.pipeline.devTool;
  return [...links.filter((link) => !isHere(link)), ...links.filter(isHere)].flatMap(
    ({ craftUrl, devItemId, devItemKey, devItemUrl, devScope }) => {
      if (craftUrl === null || devItemId === null) return [];
      return [{ craftUrl, devItem: { id: devItemId, key: devItemKey, url: devItemUrl, scope: devScope } }];
    },
  );
}

/** Each address as written, and in the variants that lead to the same page. */
function pagesIn(text: string): string[] {
  const pages = new Set<string>();
  for (const [found] of text.matchAll(ADDRESS)) {
    const url = found.replaceAll('&amp;', '&').replace(/[.,;:!?]+$/, '');
    const page = url.replace(/#.*$/s, '').replace(/\/$/, '');
    pages.add(url).add(page).add(`${page}/`);
    if (pages.size >= 3 * MAX_ADDRESSES) break;
  }
  return [...pages];
}
