/**
 * Ctrl-C, SIGTERM and a closed terminal. The first one asks for an orderly stop; another one kills.
 *
 * npm passes on a Ctrl-C that its child has already received from the terminal: two within half a second count as one.
 */

export interface Interrupts {
  /** Aborted by the first one. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

export interface InterruptHandlers {
  readonly onFirst: () => void;
  readonly onAgain: () => void;
}

const SAME_KEYSTROKE_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function watchInterrupts(handlers: InterruptHandlers): Interrupts {
  const controller = new AbortController();
  let firstAt: number | null = null;
  const onSignal = (): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      handlers.onFirst();
      controller.abort(new Interrupted());
    } else if (performance.now() - firstAt > SAME_KEYSTROKE_MS) {
      handlers.onAgain();
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    },
  };
}

/** Not a failure: somebody asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}
