/** Time that passes only when everybody sleeps: hours of waiting take as long as what is done in them. */
import type { Clock } from '../../runtime/budget.js';

export interface VirtualTime {
  readonly clock: Clock;
  /** Lets time pass until the work is done. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

export function virtualTime(): VirtualTime {
  let nowMs = 0;
  let sleepers: Sleeper[] = [];

  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      sleepers.push({ untilMs: nowMs + ms, wake: resolve });
    });

  const pass = (): void => {
    const nextMs = sleepers.reduce((earliest, { untilMs }) => Math.min(earliest, untilMs), Number.POSITIVE_INFINITY);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    nowMs = Math.max(nowMs, nextMs);
    const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
    sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
    for (const { wake } of due) wake();
  };

  return {
    clock: { nowMs: () => nowMs, sleep },
    async run(work) {
      let isDone = false;
      const result = work().finally(() => (isDone = true));
      // Everything that does not sleep runs before the clock moves.
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone) return result;
        pass();
      }
    },
  };
}
