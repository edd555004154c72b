/** The budget of calls of each connection, for Prometheus; read from the ledger once for each scrape. */
import { Gauge, type Registry } from 'prom-client';
import type { ConnectionBudget } from '../../domain/rules/budget.js';

type Read = () => Promise<readonly ConnectionBudget[]>;
type Labels = Readonly<Record<string, string>>;

interface Shown {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly values: (budget: ConnectionBudget) => readonly (readonly [Labels, number])[];
}

/** The gauges of one scrape are collected together. */
const ONE_SCRAPE_MS = 500;

const SHOWN: readonly Shown[] = [
  ofConnection({
    name: 'craftsync_budget_minute_used',
    help: 'Calls of this clock minute.',
    value: ({ minute }) => minute.used,
  }),
  ofConnection({
    name: 'craftsync_budget_minute_left',
    help: 'Calls left of this clock minute, where it is limited.',
    value: ({ minute }) => minute.left,
  }),
  ofConnection({
    name: 'craftsync_budget_month_used',
    help: 'Calls of this month (UTC).',
    value: ({ month }) => month.used,
  }),
  ofConnection({
    name: 'craftsync_budget_month_left',
    help: 'Calls left of this month, where it is limited.',
    value: ({ month }) => month.left,
  }),
  ofConnection({
    name: 'craftsync_budget_closed_until_timestamp_seconds',
    help: 'Nobody calls the connection before; 0 where calls go out.',
    value: ({ closedUntil }) => secondsOf(closedUntil),
  }),
  ofConnection({
    name: 'craftsync_budget_month_spent_until_timestamp_seconds',
    help: 'Hand-overs and progress wait for the month that begins then; 0 where calls are left for them.',
    value: ({ month }) => secondsOf(month.spentUntil),
  }),
  {
    name: 'craftsync_budget_waiting',
    help: 'Calls that wait for budget, by class.',
    labelNames: ['connection', 'class'],
    values: ({ connection, waiting }) =>
      waiting.map(({ callClass, count }) => [{ connection, class: callClass }, count]),
  },
  {
    name: 'craftsync_sweep_interval_seconds',
    help: 'The interval in force of a sweep that is stretched so that the calls of the month last; +Inf: none this month.',
    labelNames: ['sweep'],
    values: ({ stretched }) =>
      stretched.map(({ scheduleId, inForceMs }) => [{ sweep: scheduleId }, (inForceMs ?? Infinity) / 1_000]),
  },
];

interface OfConnection extends Pick<Shown, 'name' | 'help'> {
  /** Null: it has none. */
  readonly value: (budget: ConnectionBudget) => number | null;
}

function ofConnection({ name, help, value }: OfConnection): Shown {
  const values: Shown['values'] = (budget) => {
    const known = value(budget);
    return known === null ? [] : [[{ connection: budget.connection }, known]];
  };
  return { name, help, labelNames: ['connection'], values };
}

export function watchBudgets(registry: Registry, budgets: Read): void {
  const read = once(budgets);
  for (const { name, help, labelNames, values } of SHOWN) {
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
  }
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
