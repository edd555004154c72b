/** I1: at most one dev item for a Craft item and generation, and no create is repeated unasked. */
import type { RunRecord, SeenCall } from '../record/record.js';
import type { Finding } from './facts.js';

/** `timeout`, `lateWrite` and `readAfterWrite` of the runs' configuration: what a create did cannot be seen before. */
const VISIBLE_AFTER_MS = 2_000 + 2_000 + 1_000;

/** By what the tool holds, and by what it carried out. */
export function createdTwice(record: RunRecord): readonly Finding[] {
  const made = new Map<string, Set<string>>();
  const note = (marker: string | null, id: string): void => {
    if (marker !== null) made.set(marker, (made.get(marker) ?? new Set()).add(id));
  };
  for (const { marker, id } of record.dev) note(marker, id);
  for (const call of record.calls) if (call.madeId !== null) note(call.marker, call.madeId);
  return [...made]
    .filter(([, ids]) => ids.size > 1)
    .map(([marker, ids]) => ({
      check: 'I1 created twice',
      column: 'duplicates',
      craftItemId: marker.split('/')[1] ?? null,
      words: `${marker} was made as ${[...ids].join(' and ')}`,
    }));
}

/**
 * Between two creates of one marker, where the first one may have been applied for all that we were told, the tool must
 * have been asked when it could tell. Else it is luck where no second one was made.
 */
export function repeatedUnasked(record: RunRecord): readonly Finding[] {
  const creates = record.calls.filter(({ kind }) => kind === 'create');
  return creates.flatMap((later, at) => {
    const earlier = creates.slice(0, at).findLast(({ marker }) => marker === later.marker);
    if (earlier === undefined || isRefused(earlier) || wasSoughtBetween(record, earlier, later)) return [];
    const words = `${later.marker ?? 'a create'} was sent again ${later.atMs - earlier.atMs} ms after call ${earlier.seq} (${String(earlier.told)}), and nobody had looked for it`;
    return [{ check: 'I1 repeated unasked', column: 'duplicates', craftItemId: later.craftItemId, words } as const];
  });
}

/** Only a refusal says that nothing was made. */
function isRefused({ told }: SeenCall): boolean {
  return typeof told === 'number' && told >= 400 && told < 500;
}

function wasSoughtBetween({ calls }: RunRecord, earlier: SeenCall, later: SeenCall): boolean {
  return calls.some(
    ({ kind, atMs, told }) =>
      (kind === 'tool-list' || kind === 'tool-by-id') &&
      atMs >= earlier.atMs + VISIBLE_AFTER_MS &&
      atMs < later.atMs &&
      told === 200,
  );
}
