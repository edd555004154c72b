/** The budget of calls of each connection, for Prometheus; read from the ledger once for each scrape. */
import { Gauge, type Registry } from 'prom-client';
import type { ConnectionBudget } from '../../domain/rules/budget.js';

type Read = () => Promise<readonly ConnectionBudget[]>;
type Labels = Readonly<Record<string, string>>;
type Values = (budget: ConnectionBudget) => readonly (readonly [Labels, number])[];

/** The gauges of one scrape are collected together. */
const ONE_SCRAPE_MS = 500;

export function watchBudgets(registry: Registry, budgets: Read): void {
  const read = once(budgets);
  const gauge = (name: string, help: string, values: Values, labelNames: readonly string[] = ['connection']): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        for (const budget of await read()) for (const [labels, value] of values(budget)) this.set(labels, value);
      },
    });
  };
  const plain =
    (value: (budget: ConnectionBudget) => number | null): Values =>
    (budget) => {
      const known = value(budget);
      return known === null ? [] : [[{ connection: budget.connection }, known]];
    };
  gauge(
    'craftsync_budget_minute_used',
    'Calls of this clock minute.',
    plain(({ minute }) => minute.used),
  );
  gauge(
    'craftsync_budget_minute_left',
    'Calls left of this clock minute, where one is limited.',
    plain(({ minute }) => minute.left),
  );
  gauge(
    'craftsync_budget_month_used',
    'Calls of this month (UTC).',
    plain(({ month }) => month.used),
  );
  gauge(
    'craftsync_budget_month_left',
    'Calls left of this month, where it is limited.',
    plain(({ month }) => month.left),
  );
  gauge(
    'craftsync_budget_closed_until_timestamp_seconds',
    'Nobody calls the connection before; 0 where calls go out.',
    plain(({ closedUntil }) => secondsOf(closedUntil)),
  );
  gauge(
    'craftsync_budget_month_spent_until_timestamp_seconds',
    'Hand-overs and progress wait for the month that begins then; 0 where calls are left for them.',
    plain(({ month }) => secondsOf(month.spentUntil)),
  );
  gauge(
    'craftsync_budget_waiting',
    'Calls that wait for budget, by class.',
    ({ connection, waiting }) => waiting.map(({ callClass, count }) => [{ connection, class: callClass }, count]),
    ['connection', 'class'],
  );
  gauge(
    'craftsync_sweep_interval_seconds',
    'The interval in force of a sweep that is stretched so that the calls of the month last; +Inf: none this month.',
    ({ stretched }) =>
      stretched.map(({ scheduleId, inForceMs }) => [{ sweep: scheduleId }, (inForceMs ?? Infinity) / 1_000]),
    ['sweep'],
  );
}

function secondsOf(time: string | null): number {
  return time === null ? 0 : Date.parse(time) / 1_000;
}

function once(read: Read): Read {
  let last: { readonly atMs: number; readonly answer: ReturnType<Read> } | null = null;
  return () => {
    if (last === null || performance.now() - last.atMs > ONE_SCRAPE_MS)
      last = { atMs: performance.now(), answer: read() };
    return last.answer;
  };
}
