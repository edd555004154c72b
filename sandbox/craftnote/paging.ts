/**
 * Craftnote's two ways of paging (README, Pagination): items ascending by id, from an offset or after an id. An
 * undocumented parameter is refused: a misspelt filter must not get the whole list.
 */
import { invalid } from './errors.js';

const MOST = 100;
const PARAMETERS = ['paginationMode', 'offset', 'limit', 'startAfter'];

export function pageOf<T extends { readonly id: string }>(records: readonly T[], query: URLSearchParams): T[] {
  refuseUnknown(query, PARAMETERS);
  const mode = query.get('paginationMode') ?? 'offset';
  if (mode !== 'offset' && mode !== 'token') throw invalid('paginationMode', 'should be equal to one of offset, token');
  const limit = wholeNumber(query, 'limit', MOST);
  if (limit > MOST) throw invalid('limit', `should be <= ${MOST}`);
  const offset = wholeNumber(query, 'offset', 0);
  const sorted = [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (mode === 'offset') return sorted.slice(offset, offset + limit);
  const startAfter = query.get('startAfter');
  const rest = startAfter === null ? sorted : sorted.filter(({ id }) => id > startAfter);
  return rest.slice(0, limit);
}

export function refuseUnknown(query: URLSearchParams, known: readonly string[] = []): void {
  for (const name of query.keys()) if (!known.includes(name)) throw invalid(name, 'is not a known parameter');
}

function wholeNumber(query: URLSearchParams, name: string, absent: number): number {
  const text = query.get(name);
  if (text === null) return absent;
  if (!/^\d{1,9}$/.test(text)) throw invalid(name, 'should be integer');
  return Number(text);
}
