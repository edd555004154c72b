/** Work items by label. Labels belong to a space, so several may have one name (sources: Kitemaker). */
import { closest } from 'fastest-levenshtein';
import { sameName } from '../../../domain/rules/names.js';
import type { LabelledItem, Labels } from '../../port/capabilities.js';
import type { ReadCall } from '../../port/calls.js';
import type { KitemakerContext } from '../context.js';
import { toDevItem } from '../mapping.js';
import { readPages } from '../paging.js';
import { failure, workItemsPage } from '../requests.js';
import { LabelledWorkItem } from '../schema.js';

export function labelsOf(context: KitemakerContext): Labels {
  return {
    async items(label, call) {
      const spaces = await context.directory.refreshed(call);
      const isMeant = ({ id, name }: { readonly id: string; readonly name: string }): boolean =>
        id === label || sameName(name, label);
      const having = spaces.filter(({ labels }) => labels.some(isMeant));
      if (having.length === 0) {
        const names = spaces.flatMap(({ labels }) => labels.map(({ name }) => name));
        const near = names.length === 0 ? '; there is none' : `; the nearest is "${closest(label, names)}"`;
        throw failure(context.km, 'invalid', `no space has a label "${label}"${near}`);
      }
      const items: LabelledItem[] = [];
      for (const { id } of having) items.push(...(await inSpace(context, id, isMeant, call)));
      return items;
    },
  };
}

async function inSpace(
  { km, naming }: KitemakerContext,
  spaceId: string,
  isMeant: (label: { readonly id: string; readonly name: string }) => boolean,
  call: ReadCall,
): Promise<readonly LabelledItem[]> {
  const found = new Map<string, LabelledItem>();
  // An item that cannot be read does not stop the others; it is taken in once it is readable.
  const take = (entries: readonly unknown[]) => {
    for (const entry of entries) {
      const read = LabelledWorkItem.safeParse(entry);
      if (!read.success || !read.data.labels.some(isMeant)) continue;
      const { id, key, url, scope } = toDevItem(read.data, naming);
      found.set(id, { id, key, url, scope, title: read.data.title, description: read.data.description });
    }
    return 'more' as const;
  };
  const at = { spaceId, described: true, labelled: true };
  const ended = await readPages((cursor) => workItemsPage(km, { ...at, cursor }, call), take, call);
  if (ended === 'whole') return [...found.values()];
  throw failure(km, 'unexpected-response', 'GraphQL workItems answered pages that do not come to an end');
}
