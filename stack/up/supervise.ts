/**
 * Keeps one part of the stack running: a part that ends unasked is started again after a pause that doubles each time,
 * and the terminal says so. An error of the first start goes to the caller, and `up` fails.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { reasonOf } from '../stackError.js';
import type { Ending } from '../tiedProcess.js';

/** A started part. `stop` and `kill` may be called more than once. */
export interface Part {
  readonly ended: Promise<Ending>;
  stop(): Promise<unknown>;
  kill(): void;
}

export interface Supervised {
  stop(): Promise<void>;
  kill(): void;
}

export interface Supervision {
  /** The name in messages, e.g. `the worker`. */
  readonly name: string;
  readonly start: () => Promise<Part>;
  readonly say: (line: string) => void;
  /** @default FIRST_PAUSE_MS */
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** When a part has run this long, its next end counts as its first. */
const SETTLED_MS = 60_000;

/** Resolves when the part has been started once. */
export async function supervise(supervision: Supervision): Promise<Supervised> {
  const stopping = new AbortController();
  let current = await supervision.start();
  const loop = keepRunning(supervision, current, stopping.signal, (part) => (current = part));
  return {
    stop: async () => {
      stopping.abort();
      await current.stop();
      await loop;
    },
    kill: () => {
      stopping.abort();
      current.kill();
    },
  };
}

async function keepRunning(
  supervision: Supervision,
  first: Part,
  stopping: AbortSignal,
  onStarted: (part: Part) => void,
): Promise<void> {
  const firstPauseMs = supervision.firstPauseMs ?? FIRST_PAUSE_MS;
  let pauseMs = firstPauseMs;
  let part: Part | null = first;
  let problem = '';
  for (;;) {
    if (part !== null) {
      const startedAt = performance.now();
      problem = `ended unasked (${(await part.ended).words})`;
      if (performance.now() - startedAt > SETTLED_MS) pauseMs = firstPauseMs;
      if (stopping.aborted) return;
      // The process is gone; this removes what it held on the disk (a lock, a record).
      await part.stop();
    }
    if (stopping.aborted) return;
    supervision.say(`${supervision.name} ${problem}; starting it again in ${pauseMs / 1_000} s`);
    await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    if (stopping.aborted) return;
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    try {
      part = await supervision.start();
      onStarted(part);
      // stop() was called while this part was starting, and stopped the one before it.
      if (stopping.aborted) await part.stop();
    } catch (error) {
      part = null;
      problem = `could not be started (${reasonOf(error)})`;
    }
  }
}
