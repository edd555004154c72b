/** The budgets of calls as commands show them: one line for each connection, one for each sweep that is stretched. */
import {
  closedWords,
  type ConnectionBudget,
  minuteWords,
  monthWords,
  paceWords,
  stretchedWords,
  waitingWords,
} from '../domain/rules/budget.js';

export function budgetLines(budgets: readonly ConnectionBudget[]): readonly string[] {
  return budgets.flatMap((budget) => [budgetLine(budget), ...stretchedLines([budget])]);
}

/** Something limits the connection's calls, or keeps them back now. */
export function isLimited(budget: ConnectionBudget): boolean {
  return budget.limit.perMinute !== null || budget.month.limit !== null || closedWords(budget) !== null;
}

/** `craft: 60 a minute: one call every 1.02 s; this minute 3 used, 57 left; this month …; waiting: none`. */
function budgetLine(budget: ConnectionBudget): string {
  const closed = closedWords(budget);
  const parts = [
    paceWords(budget),
    `this minute ${minuteWords(budget)}`,
    `this month ${monthWords(budget)}`,
    `waiting: ${waitingWords(budget)}`,
  ];
  return `${budget.connection}: ${[...parts, ...(closed === null ? [] : [closed])].join('; ')}`;
}

export function stretchedLines(budgets: readonly ConnectionBudget[]): readonly string[] {
  return budgets.flatMap(({ stretched }) => stretched.map((sweep) => `${sweep.scheduleId}: ${stretchedWords(sweep)}`));
}
