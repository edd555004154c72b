/** Which handed-over items a description links to, so that their dev items' links can stand beside (complaint 18). */
import type { RelatedItem } from '../../domain/devItem.js';
import type { ItemLink } from '../../domain/link.js';
import type { ItemContext } from '../step/itemContext.js';

/** A text with more links is a list of links. */
const MAX_ADDRESSES = 200;

const ADDRESS = /https?:\/\/[^\s<>"'()[\]]{1,2000}/g;

export async function relatedItems(ctx: ItemContext, description: string): Promise<readonly RelatedItem[]> {
  const urls = pagesIn(description);
  const links = (await ctx.deps.ledger.hierarchy.liveByCraftUrl(urls)).filter((link) => {
    return link.craftItemId !== ctx.item.craftItemId;
  });
  // The last one counts: where an item is in two tools, the link leads to this one's.
  const isHere = ({ devTool }: ItemLink) => devTool === ctx.pipeline.devTool;
  return [...links.filter((link) => !isHere(link)), ...links.filter(isHere)].flatMap(
    ({ craftUrl, devItemId, devItemKey, devItemUrl, devScope }) => {
      if (craftUrl === null || devItemId === null) return [];
      return [{ craftUrl, devItem: { id: devItemId, key: devItemKey, url: devItemUrl, scope: devScope } }];
    },
  );
}

/** Each address as it stands there, and without what does not change the page. */
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
