/** Time that passes only when everybody sleeps: hours of waiting take as long as what is done in them. */
import type { Clock } from '../../../runtime/budget/clock.js';

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
  /** The next one to wake is the last. */
  const sleepers: Sleeper[] = [];

  const lieDown = (sleeper: Sleeper): void => {
    let [from, to] = [0, sleepers.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((sleepers[middle]?.untilMs ?? 0) > sleeper.untilMs) from = middle + 1;
      else to = middle;
    }
    sleepers.splice(from, 0, sleeper);
  };

  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      lieDown({ untilMs: nowMs + ms, wake: resolve });
    });

  const pass = (): void => {
    nowMs = Math.max(nowMs, sleepers.at(-1)?.untilMs ?? nowMs);
    while ((sleepers.at(-1)?.untilMs ?? Number.POSITIVE_INFINITY) <= nowMs) sleepers.pop()?.wake();
  };

  return {
    clock: { nowMs: () => nowMs, sleep },
    async run(work) {
      let isDone = false;
      const result = work().finally(() => (isDone = true));
      result.catch(() => undefined);
      // Everything that does not sleep runs before the clock moves.
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone) return result;
        pass();
      }
    },
  };
}
