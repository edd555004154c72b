/** Stands for `node:timers/promises` in the compiled copy of the product. */
export function setTimeout<T>(ms?: number, value?: T, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const { signal } = options;
    const abort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) return abort();
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value as T);
    }, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        abort();
      },
      { once: true },
    );
  });
}
