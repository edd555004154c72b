/** One after the other: whoever takes a turn goes on when all who took one before have ended theirs. */
export interface Turns {
  /** Waiting ends with the signal, throwing its reason; the turn itself does not. `waited`: others were before. */
  take<T>(body: (waited: boolean) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let taken = 0;
  return {
    async take(body, signal) {
      const before = last;
      const waited = taken > 0;
      taken += 1;
      let end = (): void => undefined;
      const mine = new Promise<void>((resolve) => (end = resolve));
      last = before.then(() => mine);
      try {
        await untilAborted(before, signal);
        return await body(waited);
      } finally {
        taken -= 1;
        end();
      }
    },
  };
}

async function untilAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void (await work);
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is whatever the caller gave
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
