import { describe, expect, it } from 'vitest';
import {
  at,
  call,
  failing,
  graphItem,
  kitemaker,
  many,
  MARKER,
  mobile,
  pages,
  queries,
  search,
  space,
} from './setUp.js';

interface Given {
  readonly entries: readonly unknown[];
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

/** GraphQL pages by the cursor of their request, `''` being the first; the 50 most recent have none of their items. */
const paged = (what: 'workItems' | 'feedback', given: Readonly<Record<string, Given>>) =>
  kitemaker((r) => {
    if (!r.query.includes(`${what}(`)) return space(many(50, 1_000))(r);
    const { entries, ...page } = given[(r.variables['cursor'] as string | undefined) ?? ''] ?? {
      entries: [],
      cursor: null,
      hasMore: false,
    };
    return { body: { data: { [what]: { [what]: entries, ...page } } } };
  });

const labelled = (n: number) => graphItem(n, { labels: [...mobile.labels], description: `D\n\n${MARKER}` });
const note = (n: number, content = 'x') => ({ id: `f-${n}`, content });

const ITEM = { id: 'id-1', key: null, url: null, scope: null };

/** Empty pages in the middle, as a filter behind the cursor makes them. */
const gap = (first: unknown, last: unknown): Readonly<Record<string, Given>> => ({
  '': { entries: [first], cursor: 'a', hasMore: true },
  a: { entries: [], cursor: 'b', hasMore: true },
  b: { entries: [], cursor: 'c', hasMore: true },
  c: { entries: [last], cursor: 'd', hasMore: false },
});
/** New entries on each page, under cursors that repeat. */
const round = (entry: (n: number) => unknown): Readonly<Record<string, Given>> => ({
  '': { entries: [entry(1)], cursor: 'a', hasMore: true },
  a: { entries: [entry(2)], cursor: 'b', hasMore: true },
  b: { entries: [entry(3)], cursor: 'a', hasMore: true },
});

describe('connectors/kitemaker/paging', () => {
  it('an empty page with more to come is not the end: a space, a label and feedback are read to their end', async () => {
    const items = await paged('workItems', gap(graphItem(1), labelled(2)));
    const read = await items.connector.readFeed('space-1', null, call);
    expect(read).toMatchObject({ complete: true, everything: true, ids: ['id-1', 'id-2'] });
    expect(await items.connector.findByMarker(search(at(0)), call)).toMatchObject({ items: [{ id: 'id-2' }] });
    expect(await items.connector.labels?.items('from craft', call)).toMatchObject([{ id: 'id-2' }]);
    const feedback = await paged('feedback', gap(note(1), note(2, `x\n\n${MARKER}`)));
    const find = (marker: string) => feedback.connector.feedback?.find(ITEM, marker, call);
    expect(await find(MARKER)).toBe('found');
    expect(await find(`${MARKER}0`)).toBe('absent');
  });

  it('a cursor that is missing or repeats is not the end, but is followed no further', async () => {
    const missing = { '': { entries: [labelled(1)], cursor: null, hasMore: true } };
    for (const given of [missing, round(labelled)]) {
      const { connector, server } = await paged('workItems', given);
      expect(await connector.readFeed('space-1', null, call)).toMatchObject({ complete: false, everything: false });
      expect(pages(server)).toBe(Object.keys(given).length);
      const error = await failing(connector.labels?.items('from craft', call) ?? Promise.resolve());
      expect(error.kind).toBe('unexpected-response');
    }
    const { connector, server } = await paged('feedback', round(note));
    expect(await connector.feedback?.find(ITEM, MARKER, call)).toBe('unknown');
    expect(queries(server, 'feedback(')).toHaveLength(3);
  });

  it('a page of items that cannot be read does not count as one without anything new', async () => {
    const { connector } = await paged('workItems', {
      '': { entries: [{ id: 'id-8', title: null }], cursor: 'a', hasMore: true },
      a: { entries: [labelled(9)], cursor: 'b', hasMore: false },
    });
    expect(await connector.labels?.items('from craft', call)).toMatchObject([{ id: 'id-9' }]);
  });
});
