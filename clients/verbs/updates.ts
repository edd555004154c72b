/** `release`, `recreate`, `relink` (design 3, Verbs): sent as updates, so that the command can show the outcome. */
import { recreateUpdate, relinkUpdate, releaseUpdate, type VerbResult } from '../../domain/messages.js';
import { mayBeRecreated, RECREATE_FROM } from '../../domain/phases.js';
import type { ItemLink } from '../../domain/link.js';
import { CommandFailure, wrongUsage } from '../failure.js';
import { withEverything, type CommandContext, type OpenedTemporal } from '../resources.js';
import {
  addresseeOf,
  order,
  reasonOf,
  requireConfigured,
  requireRow,
  showResult,
  type NamedItem,
  type OrderOptions,
} from './orders.js';

export async function release(context: CommandContext, named: NamedItem, options: OrderOptions): Promise<void> {
  await sendOrder(context, named, options, (opened, row) =>
    order(opened, addresseeOf(row), releaseUpdate, [reasonOf(options)]),
  );
}

export async function recreate(context: CommandContext, named: NamedItem, options: OrderOptions): Promise<void> {
  await sendOrder(context, named, options, (opened, row) => {
    // The run refuses this too, but one that was just started does not know its phase yet.
    if (!mayBeRecreated(row.phase, { blockedBy: row.blockedBy, isLinked: row.devItemId !== null })) {
      throw new CommandFailure(
        `recreate works from ${RECREATE_FROM.join(', ')}; ${named.item} is ${row.phase}: craftsync release it first if you mean it`,
      );
    }
    return order(opened, addresseeOf(row), recreateUpdate, [reasonOf(options)]);
  });
}

export interface RelinkOptions extends OrderOptions {
  readonly positional: string | undefined;
  readonly named: string | undefined;
}

export async function relink(context: CommandContext, named: NamedItem, options: RelinkOptions): Promise<void> {
  const devItemId = devItemOf(options);
  await sendOrder(context, named, options, (opened, row) =>
    order(opened, addresseeOf(row), relinkUpdate, [{ devItemId, ...reasonOf(options) }]),
  );
}

function devItemOf({ positional, named }: RelinkOptions): string {
  if (positional !== undefined && named !== undefined && positional !== named) {
    throw wrongUsage(`two dev items were given, ${positional} and ${named}: name only one`);
  }
  const id = (positional ?? named ?? '').trim();
  if (id === '')
    throw wrongUsage('relink needs the id of a dev item: craftsync relink <pipeline> <item> --dev-item <id>');
  return id;
}

async function sendOrder(
  context: CommandContext,
  named: NamedItem,
  options: OrderOptions,
  send: (opened: OpenedTemporal, row: ItemLink) => Promise<VerbResult>,
): Promise<void> {
  await withEverything(context, async (opened) => {
    const row = await requireRow(opened.ledger, opened.settings, named);
    requireConfigured(opened.settings, named);
    showResult(context.terminal, await send(opened, row), options.json);
  });
}
