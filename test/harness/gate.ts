/** Makes a call wait, as if its process were stopped there, until the test opens the gate. */
export function gate() {
  let open = (): void => undefined;
  let arrive = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const before =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      arrive();
      await opened;
      return call(...args);
    };
  return { open, reached, before };
}
