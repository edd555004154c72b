/** `status`: the budget of each connection, and `status --budget`, which shows nothing else. */
import {
  closedWords,
  type ConnectionBudget,
  minuteWords,
  monthWords,
  paceWords,
  waitingWords,
} from '../../domain/rules/budget.js';
import type { Settings } from '../../domain/settings.js';
import { stretchedLines } from '../budgets.js';
import { renderTable } from '../tables.js';
import type { Terminal } from '../terminal.js';

/** Those of one pipeline, or of all where it is null. */
export function budgetsOf(
  budgets: readonly ConnectionBudget[],
  { craft, pipelines }: Settings,
  pipeline: string | null,
): readonly ConnectionBudget[] {
  if (pipeline === null) return budgets;
  const shown = [craft.name, pipelines[pipeline]?.devTool];
  return budgets.filter(({ connection }) => shown.includes(connection));
}

export function renderBudgets(terminal: Terminal, budgets: readonly ConnectionBudget[]): string {
  const head = ['connection', 'limit', 'this minute', 'this month', 'waiting', 'goes on'];
  const rows = budgets.map((budget) => [
    budget.connection,
    paceWords(budget),
    minuteWords(budget),
    monthWords(budget),
    waitingWords(budget),
    closedWords(budget) ?? '',
  ]);
  return [renderTable(terminal, head, rows), ...stretchedLines(budgets)].filter((part) => part !== '').join('\n');
}
