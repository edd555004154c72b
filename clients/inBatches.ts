/** Calls to Temporal for many items, a limited number at a time. */

const AT_ONCE = 20;

export async function inBatches<T>(items: readonly T[], call: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(call));
}
