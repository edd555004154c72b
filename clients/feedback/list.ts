/** `feedback list` (design 7): the portals with their categories, or what stands in one of them. Writes nothing. */
import type { CraftItem } from '../../domain/craftItem.js';
import { readPath } from '../../domain/rules/paths.js';
import { openConfiguration, type CommandContext } from '../resources.js';
import { counted, renderTable } from '../tables.js';
import { withConnectors } from '../connectors.js';
import { knownPortals, portalNamed } from './portals.js';

const CALL = { callClass: 'manual' } as const;
const TITLE_LENGTH = 80;

export async function listFeedback(
  context: CommandContext,
  options: { readonly portal: string | null; readonly json: boolean },
): Promise<void> {
  const { terminal } = context;
  const { configuration, settings } = openConfiguration(context);
  await withConnectors(configuration, async ({ craft }) => {
    if (options.portal === null) {
      const portals = await knownPortals(craft.feedback, settings);
      const listed: { id: string; name: string; categories: readonly { id: string; name: string }[] }[] = [];
      for (const portal of portals) {
        listed.push({ ...portal, categories: await craft.feedback.categories(portal.id, CALL) });
      }
      if (options.json) return terminal.print(JSON.stringify(listed));
      const rows = listed.map(({ id, name, categories }) => [name, id, categories.map((one) => one.name).join(', ')]);
      const none = 'No feedback portal is known: give craft.accountId, and those of the account are listed.';
      return terminal.print(renderTable(terminal, ['portal', 'id', 'categories'], rows) || none);
    }
    const portal = await portalNamed(craft.feedback, settings, options.portal);
    const categories = await craft.feedback.categories(portal.id, CALL);
    const items: CraftItem[] = [];
    for await (const page of craft.listAll({ feedbackPortal: portal.id }, CALL)) items.push(...page.items);
    if (options.json) {
      return terminal.print(
        JSON.stringify({ ...portal, categories, items: items.map(({ properties }) => properties) }),
      );
    }
    const named = renderTable(
      terminal,
      ['category', 'id'],
      categories.map(({ id, name }) => [name, id]),
    );
    const rows = items.map((item) => [
      item.shortId ?? item.id,
      item.status?.name ?? null,
      readPath(item, 'category'),
      shortened(item.title),
      item.webUrl,
    ]);
    const table = renderTable(terminal, ['feedback', 'status', 'category', 'title', 'link'], rows);
    const total = `${counted(items.length, 'feedback item')} in ${portal.name}`;
    terminal.print([named, table, total].filter((part) => part !== '').join('\n\n'));
  });
}

function shortened(title: string): string {
  return title.length <= TITLE_LENGTH ? title : `${title.slice(0, TITLE_LENGTH - 1)}…`;
}
