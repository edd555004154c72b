/** `feedback list` (design 7): the portals with their categories, or the feedback in one of them. Writes nothing. */
import type { CraftFeedback, PortalEntry } from '../../connectors/port/craftFeedback.js';
import type { CraftItem } from '../../domain/craftItem.js';
import { readPath } from '../../domain/rules/paths.js';
import type { Settings } from '../../domain/settings.js';
import { withConnectors } from '../connectors.js';
import { openConfiguration, type CommandContext } from '../resources.js';
import { counted, renderTable } from '../tables.js';
import type { Terminal } from '../terminal.js';
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
      const listed = await listPortals(craft.feedback, settings);
      if (options.json) terminal.json(listed);
      else terminal.print(renderPortals(terminal, listed));
      return;
    }
    const portal = await portalNamed(craft.feedback, settings, options.portal);
    const categories = await craft.feedback.categories(portal.id, CALL);
    const items: CraftItem[] = [];
    for await (const page of craft.listAll({ feedbackPortal: portal.id }, CALL)) items.push(...page.items);
    const listed = { ...portal, categories };
    if (options.json) terminal.json({ ...listed, items: items.map(({ properties }) => properties) });
    else terminal.print(renderPortal(terminal, listed, items));
  });
}

interface ListedPortal extends PortalEntry {
  readonly categories: readonly PortalEntry[];
}

async function listPortals(feedback: CraftFeedback, settings: Settings): Promise<readonly ListedPortal[]> {
  const listed: ListedPortal[] = [];
  for (const portal of await knownPortals(feedback, settings)) {
    listed.push({ ...portal, categories: await feedback.categories(portal.id, CALL) });
  }
  return listed;
}

function renderPortals(terminal: Terminal, portals: readonly ListedPortal[]): string {
  const rows = portals.map(({ id, name, categories }) => [name, id, categories.map((one) => one.name).join(', ')]);
  const none = 'No feedback portal is known: set craft.accountId to list those of the account.';
  return renderTable(terminal, ['portal', 'id', 'categories'], rows) || none;
}

function renderPortal(terminal: Terminal, { name, categories }: ListedPortal, items: readonly CraftItem[]): string {
  const named = renderTable(
    terminal,
    ['category', 'id'],
    categories.map((category) => [category.name, category.id]),
  );
  const rows = items.map((item) => [
    item.shortId ?? item.id,
    item.status?.name ?? null,
    readPath(item, 'category'),
    shortened(item.title),
    item.webUrl,
  ]);
  const table = renderTable(terminal, ['feedback', 'status', 'category', 'title', 'link'], rows);
  const total = `${counted(items.length, 'feedback item')} in ${name}`;
  return [named, table, total].filter((part) => part !== '').join('\n\n');
}

function shortened(title: string): string {
  return title.length <= TITLE_LENGTH ? title : `${title.slice(0, TITLE_LENGTH - 1)}…`;
}
