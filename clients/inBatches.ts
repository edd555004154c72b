/**
 * Calls to Temporal for many items, a limited number at a time. One that fails stops no other (I6); afterwards the
 * first failure is thrown, with how many there were.
 */

const AT_ONCE = 20;

export async function inBatches<T>(items: readonly T[], call: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const outcomes = await Promise.allSettled(items.slice(at, at + AT_ONCE).map(async (item) => call(item)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') failures.push(outcome.reason);
  }
  const [first] = failures;
  if (failures.length === 0) return;
  if (items.length === 1) throw first;
  const why = first instanceof Error ? first.message : String(first);
  throw new Error(`${failures.length} of ${items.length} items could not be reached, the first: ${why}`, {
    cause: first,
  });
}
