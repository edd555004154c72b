/**
 * One process of the goodput benchmark: many items make calls to one connection with the budget that all processes
 * share. Its clock, and the database’s, may run faster than the world’s. Argument: one JSON object. Prints `ready`,
 * begins at the time that it is told, and goes on until it is stopped.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../../domain/errors.js';
import { createLedger } from '../../ledger/index.js';
import { createBudget } from '../../runtime/budget/budget.js';

export interface CallerOptions {
  readonly name: string;
  readonly databaseUrl: string;
  readonly serverUrl: string;
  readonly perMinute: number;
  /** Items that want to call at any moment. */
  readonly items: number;
  /** How much faster the clocks run than the world's. */
  readonly timesFaster: number;
  /** Milliseconds of the world, for all processes the same. */
  readonly beginsAt: number;
}

/** As a connector does where the answer does not say it. */
const PUSHED_BACK_MS = 60_000;

const options = JSON.parse(process.argv[2] ?? '{}') as CallerOptions;
const { name, databaseUrl, serverUrl, perMinute, items, timesFaster, beginsAt } = options;
const clock = {
  nowMs: () => performance.now() * timesFaster,
  sleep: async (ms: number, signal?: AbortSignal) => {
    await sleep(ms / timesFaster, undefined, signal === undefined ? {} : { signal });
  },
  later: (ms: number, work: () => void) => void setTimeout(work, ms / timesFaster).unref(),
};
const ledger = createLedger({ databaseUrl, applicationName: name });
const budget = createBudget({
  connection: 'tool',
  rateLimit: { perMinute, burst: 1, perMonth: null },
  store: ledger.budgets,
  process: name,
  clock,
});

/** A call that was refused or failed is made again, as the next one of its item. */
async function callOnce(waiter: string): Promise<void> {
  await budget.ask({ callClass: 'hand-over', waiter });
  const answer = await fetch(serverUrl, { method: 'POST' });
  await answer.arrayBuffer();
  if (answer.status === 429) budget.pushBack(PUSHED_BACK_MS);
  else budget.noteOutcome(answer.ok ? 'answered' : 'failed');
}

async function item(index: number): Promise<void> {
  for (let call = 0; ; call += 1) {
    const waiter = `${name} ${index} ${call}`;
    for (let isCalled = false; !isCalled;) {
      try {
        await callOnce(waiter);
        isCalled = true;
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        await clock.sleep(error.details.retryInMs ?? 1_000);
      }
    }
  }
}

process.stdout.write('ready\n');
const begun = Math.max(0, beginsAt - Date.now());
await Promise.race([sleep(begun), once(process, 'SIGTERM')]);
await Promise.all(Array.from({ length: items }, (_, index) => item(index)));
