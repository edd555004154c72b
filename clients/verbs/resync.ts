/**
 * `resync` (design 7): reads both sides of one item now. An item without a row is looked up in Craft.io and started if
 * it is ready; otherwise the command says why it is not ready.
 */
import type { CraftItem } from '../../domain/craftItem.js';
import { resyncNowUpdate } from '../../domain/messages.js';
import { readPath } from '../../domain/rules/paths.js';
import { matchesRule } from '../../domain/rules/readiness.js';
import type { PipelineSettings, ReadyRule } from '../../domain/settings.js';
import { withConnectors } from '../connectors.js';
import { CommandFailure } from '../failure.js';
import { requirePipeline, withEverything, type CommandContext, type OpenedLedger } from '../resources.js';
import { addresseeOf, findRow, order, reasonOf, requireConfigured, showResult } from './orders.js';
import type { Addressee, NamedItem, OrderOptions } from './orders.js';

export interface ResyncOptions extends OrderOptions {
  readonly acceptDrift: boolean;
}

export async function resync(context: CommandContext, named: NamedItem, options: ResyncOptions): Promise<void> {
  await withEverything(context, async (opened) => {
    const row = await findRow(opened.ledger, opened.settings, named);
    requireConfigured(opened.settings, named);
    const addressee = row === null ? await readyItem(opened, named) : addresseeOf(row);
    const input = { ...reasonOf(options), ...(options.acceptDrift && { acceptDrift: true }) };
    showResult(context.terminal, await order(opened, addressee, resyncNowUpdate, [input]), options.json);
  });
}

/** @throws CommandFailure that says why an item that the ledger does not know is not started. */
async function readyItem(opened: OpenedLedger, named: NamedItem): Promise<Addressee> {
  const pipeline = requirePipeline(opened.settings, named.pipeline);
  const item = await withConnectors(opened.configuration, ({ craft }) =>
    craft.findItem(pipeline.source, named.item, { callClass: 'manual' }),
  );
  if (item === null) {
    throw new CommandFailure(
      `Craft.io has no item ${named.item} in ${sourceOf(pipeline)}: check the id, or the pipeline's source`,
    );
  }
  // The row may have been inserted before the short id was known.
  const row = await opened.ledger.links.get({ pipeline: pipeline.name, craftItemId: item.id });
  if (row !== null) return addresseeOf(row);
  if (!matchesRule(item, pipeline.ready)) {
    throw new CommandFailure(`${item.shortId ?? item.id} is not ready: ${whyNotReady(item, pipeline.ready)}`);
  }
  return { item: { pipeline: pipeline.name, craftItemId: item.id }, shortId: item.shortId, devTool: pipeline.devTool };
}

function sourceOf({ source }: PipelineSettings): string {
  return Object.entries(source)
    .map(([kind, id]) => `${kind} ${String(id)}`)
    .join('');
}

/** Each part of the rule that the item does not meet, with what the rule asks for. */
export function whyNotReady(item: CraftItem, rule: ReadyRule): string {
  const unmet: string[] = [];
  const { status, types, where } = rule;
  if (status !== null && item.status?.name !== status && item.status?.id !== status) {
    unmet.push(`its status is ${quoted(item.status?.name ?? null)}, not ${quoted(status)}`);
  }
  if (types !== null && !types.includes(item.type ?? '')) {
    unmet.push(`its type is ${quoted(item.type)}, not one of ${types.map(quoted).join(', ')}`);
  }
  for (const { field, equals } of where) {
    const value = readPath(item, field);
    if (value !== String(equals)) unmet.push(`${field} is ${quoted(value)}, not ${quoted(String(equals))}`);
  }
  return unmet.length === 0 ? 'the readiness rule does not match it' : unmet.join('; ');
}

const LONGEST_ECHO = 60;

function quoted(value: string | null): string {
  if (value === null) return 'empty';
  return JSON.stringify(value.length > LONGEST_ECHO ? `${value.slice(0, LONGEST_ECHO - 1)}…` : value);
}
