import { setTimeout as sleep } from 'node:timers/promises';

/** Monotonic milliseconds. An argument, so that tests need not wait. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Work that keeps no process from its end. */
  later(ms: number, work: () => void): void;
}

export const PROCESS_CLOCK: Clock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
  later: (ms, work) => void setTimeout(work, ms).unref(),
};
