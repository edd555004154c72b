/** `status` (design 7): shows all items or one of them, from the ledger alone; Temporal is never asked. */
import { progressOf, statusOf } from '../../domain/itemState.js';
import type { ItemStatus, ShownLink } from '../../domain/link.js';
import type { Settings } from '../../domain/settings.js';
import { readBudgets } from '../../runtime/budget/view.js';
import { wrongUsage } from '../failure.js';
import { requirePipeline, withLedger, type CommandContext, type OpenedLedger } from '../resources.js';
import { requireRow } from '../verbs/orders.js';
import { budgetsOf, renderBudgets } from './budget.js';
import { renderItem } from './item.js';
import { renderOverview, type PhaseCount } from './overview.js';
import { openComparisons } from './uncompared.js';

export interface StatusTarget {
  readonly pipeline: string | undefined;
  readonly item: string | undefined;
}

export async function status(
  context: CommandContext,
  { pipeline, item }: StatusTarget,
  options: { readonly json: boolean; readonly budget: boolean },
): Promise<void> {
  const { terminal } = context;
  if (options.budget && item !== undefined) throw wrongUsage('--budget shows connections, not an item: leave it out');
  await withLedger(context, async (opened) => {
    const { ledger, settings } = opened;
    if (options.budget) {
      if (pipeline !== undefined) requirePipeline(settings, pipeline);
      const budgets = budgetsOf(await readBudgets(ledger.budgets, settings), settings, pipeline ?? null);
      if (options.json) terminal.json(budgets);
      else terminal.print(renderBudgets(terminal, budgets));
      return;
    }
    if (pipeline !== undefined && item !== undefined) {
      const link = await requireRow(ledger, settings, { pipeline, item });
      if (options.json) terminal.json(statusOfLink(link, settings));
      else terminal.print(renderItem(terminal, link, settings));
      return;
    }
    const counts = await countsOf(opened, pipeline);
    if (options.json) {
      terminal.json((await ledger.links.listShown(pipeline)).map((link) => statusOfLink(link, settings)));
      return;
    }
    const [links, paused, sweeps, silences, submissions, comparisons, budgets] = await Promise.all([
      ledger.links.listTroubled(pipeline),
      ledger.connections.listPaused(),
      ledger.connections.sweeps(),
      ledger.silences.list(),
      ledger.submissions.listOpen(),
      openComparisons(ledger, settings),
      readBudgets(ledger.budgets, settings),
    ]);
    const read = { links, counts, paused, sweeps, silences, submissions, comparisons, budgets };
    const overview = { ...read, settings, pipeline: pipeline ?? null };
    terminal.print(renderOverview(terminal, overview));
  });
}

/** A pipeline that is no longer configured keeps its rows. */
async function countsOf(
  { ledger, settings }: OpenedLedger,
  pipeline: string | undefined,
): Promise<readonly PhaseCount[]> {
  if (pipeline === '') throw wrongUsage('the name of the pipeline is empty');
  const counts = await ledger.links.countByPhase(pipeline);
  if (pipeline !== undefined && counts.length === 0) requirePipeline(settings, pipeline);
  return counts;
}

function statusOfLink(link: ShownLink, settings: Settings): ItemStatus {
  return statusOf(link, progressOf(link, settings.pipelines[link.pipeline]?.progress ?? null));
}
