/**
 * Watches what keeps a long-lived process from its work, and says it in one line: when it begins, each minute while it
 * lasts, and when it is over. The process itself goes on: what it needs may come back at any time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Problems } from './health.js';

export interface ProblemWatch {
  readonly problems: Problems;
  readonly logger: Logger;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Called with what each look found. */
  readonly onLook?: (problems: readonly string[]) => void;
  /** @default LOOK_EVERY_MS */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 10_000;
const SAY_EVERY_MS = 60_000;

export async function watchProblems(watch: ProblemWatch): Promise<void> {
  const say = createSayings(watch.logger);
  while (!watch.signal.aborted) {
    await sleep(watch.lookEveryMs ?? LOOK_EVERY_MS, undefined, { signal: watch.signal }).catch(() => undefined);
    if (watch.signal.aborted) return;
    const found = await watch.problems();
    watch.onLook?.(found);
    say(found);
  }
}

/** One line for each problem that is new in this outage, one for each minute that it lasts, one for its end. */
export function createSayings(logger: Logger): (problems: readonly string[]) => void {
  const said = new Set<string>();
  let since = 0;
  let saidAt = 0;
  return (problems) => {
    const now = performance.now();
    if (problems.length === 0) {
      if (said.size > 0) logger.info(`goes on after ${lasting(now - since)}`);
      said.clear();
      return;
    }
    if (said.size === 0) since = now;
    const text = problems.join('; ');
    if (said.has(text) && now - saidAt < SAY_EVERY_MS) return;
    logger.warn(now - since < SAY_EVERY_MS ? `waiting: ${text}` : `waiting for ${lasting(now - since)}: ${text}`);
    said.add(text);
    saidAt = now;
  };
}

function lasting(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} minutes`;
}
