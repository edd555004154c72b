/** Signalling many runs, so that one that cannot be signalled stops no other (invariant I6). */
import { cancellationSignal } from '@temporalio/activity';

/** Signals one target after the other, also after a failure; how many could not be signalled. Cancellation ends it. */
export async function signalEach<T>(targets: readonly T[], signal: (target: T) => Promise<void>): Promise<number> {
  let failed = 0;
  for (const target of targets) {
    cancellationSignal().throwIfAborted();
    try {
      await signal(target);
    } catch {
      failed += 1;
    }
  }
  return failed;
}

/** Fails the step, which is retried then, when some runs could not be signalled. */
export function assertSignalled(failed: number): void {
  if (failed > 0) throw new Error(`${failed} runs could not be signalled; they are signalled at the next attempt`);
}
