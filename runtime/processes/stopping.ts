/**
 * How long-lived processes are told to stop. The first SIGTERM or SIGINT asks for an orderly end, which has a time
 * limit; another one ends the process at once. npm passes on a Ctrl-C that its child has already received from the
 * terminal: two within half a second count as one.
 */

export interface Stopping {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Resolves with the first signal. */
  readonly asked: Promise<void>;
  /** No more time limit, and signals have their usual effect again. */
  dispose(): void;
}

/** Design 7, Processes: within 15 seconds, whatever is lost. */
const ENDS_WITHIN_MS = 13_000;
const SAME_KEYSTROKE_MS = 500;
const KILLED_BY_SECOND_SIGNAL = 130;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** `onLate` is called right before the process is ended because an orderly end took too long. */
export function watchStop(onLate: () => void): Stopping {
  const stopping = new AbortController();
  let firstAt: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      timer = setTimeout(() => {
        onLate();
        process.exit(0);
      }, ENDS_WITHIN_MS).unref();
      stopping.abort();
    } else if (performance.now() - firstAt > SAME_KEYSTROKE_MS) process.exit(KILLED_BY_SECOND_SIGNAL);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: stopping.signal,
    asked: new Promise((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true })),
    dispose: () => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    },
  };
}
