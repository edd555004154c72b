/** One after the other within this process: a body runs once all that came before it have ended. */
export interface Mutex {
  /** The signal ends the waiting and throws its reason; it does not end a running body. `waited`: others ran before. */
  run<T>(body: (waited: boolean) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  let inHand = 0;
  return {
    async run(body, signal) {
      const before = last;
      const waited = inHand > 0;
      inHand += 1;
      let end = (): void => undefined;
      const mine = new Promise<void>((resolve) => (end = resolve));
      last = before.then(() => mine);
      try {
        await untilAborted(before, signal);
        return await body(waited);
      } finally {
        inHand -= 1;
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
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own reason
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
