/**
 * `preview` (design 7): what a sweep of the pipeline would create now, field by field, and what would be blocked and
 * why. Writes nothing. Needs neither ledger nor Temporal, so it cannot tell which items were handed over already.
 */
import { REASON_TEXTS } from '../../domain/reasons.js';
import { CommandFailure, oneLine } from '../failure.js';
import { openConfiguration, requirePipeline, type CommandContext } from '../resources.js';
import { counted, renderTable, thingsWrong } from '../tables.js';
import type { Terminal } from '../terminal.js';
import { withConnectors } from '../connectors.js';
import { previewPipeline, type Preview, type PreviewedItem } from './plan.js';

export async function preview(
  context: CommandContext,
  name: string,
  options: { readonly json: boolean },
): Promise<void> {
  const { terminal } = context;
  const { configuration, settings } = openConfiguration(context);
  const pipeline = requirePipeline(settings, name);
  const result = await withConnectors(configuration, (connectors) => previewPipeline(connectors, pipeline));
  if (options.json) terminal.json(result);
  else terminal.print(renderPreview(terminal, result));
  if (result.wrong.length === 0) return;
  const things = thingsWrong(result.wrong.length);
  throw new CommandFailure(`${things}, see above: correct ${configuration.file} or the accounts before a sweep`);
}

type Created = Extract<PreviewedItem, { outcome: 'create' }>;
type Blocked = Extract<PreviewedItem, { outcome: 'blocked' }>;

export function renderPreview(terminal: Terminal, preview: Preview): string {
  const created = preview.items.filter((item) => item.outcome === 'create');
  const blocked = preview.items.filter((item) => item.outcome === 'blocked');
  const parts = created.map((item) => renderItem(terminal, item, preview));
  if (blocked.length > 0) parts.push(renderBlocked(terminal, blocked));
  if (preview.malformed.length > 0) {
    const rows = preview.malformed.map(({ shortId, problem }) => [shortId, problem]);
    parts.push(`Not readable, and without an id:\n${renderTable(terminal, ['item', 'problem'], rows)}`);
  }
  if (preview.demanded.length > 0) {
    const rows = preview.demanded.map(({ name, why }) => [`fields.${name}`, why]);
    parts.push(`${preview.devTool} requires what no field fills:\n${renderTable(terminal, ['missing', 'why'], rows)}`);
  }
  if (preview.wrong.length > 0) {
    const rows = preview.wrong.map(({ where, message }) => [where, oneLine(message)]);
    parts.push(`Wrong in the configuration or the accounts:\n${renderTable(terminal, ['where', 'message'], rows)}`);
  }
  parts.push(totals(preview, created.length, blocked.length));
  return parts.join('\n\n');
}

/** How much of a text is shown: enough to recognise it. */
const SHOWN_CHARACTERS = 300;

function renderItem({ colors }: Terminal, item: Created, { devTool, target }: Preview): string {
  const facts: [string, string][] = [
    ['title', item.title],
    ['description', beginningOf(item.description)],
    ...Object.entries(item.fields),
    ['marker', item.marker],
    ['target', `${devTool} ${JSON.stringify(target)}`],
    ...item.notes.map((note): [string, string] => ['note', note]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `  ${colors.dim(name.padEnd(width))}  ${oneLine(value)}`);
  return [colors.bold(nameOf(item)), ...lines].join('\n');
}

function beginningOf(text: string): string {
  if (text === '') return '(empty)';
  const more = text.length - SHOWN_CHARACTERS;
  if (more <= 0) return text;
  return `${text.slice(0, SHOWN_CHARACTERS)}… (${grouped(more)} more characters)`;
}

function renderBlocked(terminal: Terminal, blocked: readonly Blocked[]): string {
  const rows = blocked.map((item) => [nameOf(item), item.reason, item.message, REASON_TEXTS[item.reason].advice]);
  const table = renderTable(terminal, ['item', 'reason', 'message', 'what to do'], rows);
  return `Would be blocked:\n${table}`;
}

function nameOf({ shortId, craftItemId }: PreviewedItem): string {
  return shortId === null ? craftItemId : `${shortId} (${craftItemId})`;
}

function totals(preview: Preview, created: number, blocked: number): string {
  const { items, malformed, pipeline, maxNewPerSweep } = preview;
  const unreadable = malformed.length === 0 ? '' : `, ${grouped(malformed.length)} not readable`;
  const line = `${counted(items.length, 'item')} ready in ${pipeline}: ${grouped(created)} would be created, ${grouped(blocked)} blocked${unreadable}. Nothing was written.`;
  const again = preview.staysReady ? '\nItems that were handed over before are among them: a sweep skips those.' : '';
  if (!preview.wouldHoldBack) return line + again;
  return (
    `${line}${again}\nA sweep would start none of them: they are more than maxNewPerSweep (${grouped(maxNewPerSweep)}). ` +
    `If they are meant: craftsync sweep ${pipeline} --all`
  );
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
