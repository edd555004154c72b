/** Several processes that share one store: time is virtual, the store answers late, and no two clocks agree. */
import type { CallClass, ReadCall } from '../../../connectors/port/calls.js';
import { ToolError } from '../../../domain/errors.js';
import type { RateLimit } from '../../../domain/settings.js';
import type { Budgets } from '../../../ledger/budgets/budgets.js';
import { createBudget } from '../../../runtime/budget/budget.js';
import { createProcessStore } from '../../../runtime/budget/processStore.js';
import type { VirtualTime } from './virtualTime.js';

export const HOUR_MS = 3_600_000;

export interface Sent {
  readonly process: number;
  readonly name: string;
  readonly atMs: number;
}

/** Each answer of the store takes a while, there and back. */
function lateStore(time: VirtualTime, count: { statements: number }): Omit<Budgets, 'prune'> {
  const store = createProcessStore(time.clock);
  const late = async <T>(work: () => Promise<T>): Promise<T> => {
    count.statements += 1;
    await time.clock.sleep(2);
    const answer = await work();
    await time.clock.sleep(2);
    return answer;
  };
  return {
    load: (connection) => late(() => store.load(connection)),
    save: (connection, change) => late(() => store.save(connection, change)),
    keepPlaces: (connection, places) => late(() => store.keepPlaces(connection, places)),
    placesOf: (connection, waiters) => late(() => store.placesOf(connection, waiters)),
  };
}

export function processesIn(time: VirtualTime, howMany: number, limit: Partial<RateLimit>) {
  const count = { statements: 0 };
  const store = lateStore(time, count);
  const sent: Sent[] = [];
  const tool = { isDown: false, triesAgainInMs: () => 5_000 };
  const budgets = Array.from({ length: howMany }, (_, process) =>
    createBudget({
      connection: 'km',
      rateLimit: { perMinute: null, burst: 1, perMonth: null, ...limit },
      store,
      process: `process ${process}`,
      clock: { ...time.clock, nowMs: () => time.clock.nowMs() + (process - 1) * HOUR_MS },
    }),
  );
  const send = async (process: number, call: ReadCall): Promise<void> => {
    await budgets[process]?.ask(call);
    sent.push({ process, name: call.waiter ?? '', atMs: time.clock.nowMs() });
    budgets[process]?.noteOutcome(tool.isDown ? 'failed' : 'answered');
    if (tool.isDown) throw new ToolError('unavailable', 'down', { retryInMs: tool.triesAgainInMs() });
  };
  /** As a run does: sent away, it comes back to any process after its wait. */
  const untilSent = async (callClass: CallClass, waiter: string, first: number): Promise<number> => {
    for (let asked = 1; ; asked += 1) {
      try {
        await send((first + asked) % howMany, { callClass, waiter });
        return asked;
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        await time.clock.sleep(error.details.retryInMs ?? 0);
      }
    }
  };
  return { budgets, count, send, sent, store, tool, untilSent };
}

export function busiestMinute(sent: readonly Sent[]): number {
  return Math.max(
    ...sent.map(({ atMs: from }) => sent.filter(({ atMs }) => atMs >= from && atMs < from + 60_000).length),
  );
}

/** Calls a minute, without the tail, in which the last ones are told to come a little too late. */
export function goodput(sent: readonly Sent[]): number {
  const calls = Math.floor(sent.length * 0.95);
  return calls / ((sent[calls - 1]?.atMs ?? 0) / 60_000);
}
