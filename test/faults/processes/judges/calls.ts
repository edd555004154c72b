/** I5: the limit holds in every window, and no call is repeated without bounds. */
import type { RunRecord, SeenCall } from '../record/record.js';
import { factsOf, type Finding } from './facts.js';

const WINDOW_MS = 60_000;
/** Of one request about one item, whatever happens to it within a minute and a half. */
const MOST_REPEATS = 8;
/** Each item takes a few calls, is moved, and looked for; each sweep takes a few. */
const MOST_CALLS = { base: 600, perItem: 60 };

export function overLimit(record: RunRecord): readonly Finding[] {
  const { perMinute } = record.plan;
  // What was sent before a restored copy was made is known to nobody.
  if (perMinute === null || record.struck.includes('ledger-restored')) return [];
  const times = record.calls.filter(({ side }) => side === 'tool').map(({ atMs }) => atMs);
  const most = Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + WINDOW_MS).length));
  if (most <= perMinute) return [];
  const words = `${most} calls within ${WINDOW_MS / 1_000} s, and ${perMinute} are allowed`;
  return [{ check: 'I5 over the limit', column: 'other', craftItemId: null, words }];
}

export function storms(record: RunRecord): readonly Finding[] {
  const limit = MOST_CALLS.base + MOST_CALLS.perItem * record.wanted.length;
  const found: Finding[] = [];
  if (record.calls.length > limit) {
    const words = `${record.calls.length} calls for ${record.wanted.length} items`;
    found.push({ check: 'I5 too many calls', column: 'other', craftItemId: null, words });
  }
  for (const { id, creates, puts } of factsOf(record)) {
    const most = Math.max(0, ...counts([...creates, ...puts]));
    if (most <= MOST_REPEATS) continue;
    found.push({ check: 'I5 repeated without end', column: 'other', craftItemId: id, words: `${most} times the same` });
  }
  return found;
}

function counts(calls: readonly SeenCall[]): readonly number[] {
  const byWords = new Map<string, number>();
  for (const { method, path, body } of calls) {
    const words = `${method} ${path} ${JSON.stringify(body)}`;
    byWords.set(words, (byWords.get(words) ?? 0) + 1);
  }
  return [...byWords.values()];
}
