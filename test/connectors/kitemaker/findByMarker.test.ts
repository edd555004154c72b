import { describe, expect, it } from 'vitest';
import { MARKER, at, call, kitemaker, many, marked, pages, queries, restItem, search, space } from './setUp.js';

describe('connectors/kitemaker/findByMarker', () => {
  it('finds the marker among the 50 and answers absent when they reach back', async () => {
    const { connector, server } = await kitemaker(space([...many(100), marked(100)]));
    const found = await connector.findByMarker(search(at(99)), call);
    expect(found).toMatchObject({ answer: 'found', items: [{ id: 'id-100', key: 'MOB-100' }] });
    const other = { ...search(at(99)), marker: MARKER.replace(/1$/, '2') };
    expect(await connector.findByMarker(other, call)).toEqual({ answer: 'absent' });
    expect(pages(server)).toBe(0);
  });

  it('does not confuse generation 10 with generation 1', async () => {
    const { connector } = await kitemaker(space([restItem(1, { description: `${MARKER}0` })]));
    expect(await connector.findByMarker(search(at(0)), call)).toEqual({ answer: 'absent' });
  });

  it('reads the whole space when 50 others were changed since, and finds every item with the marker, oldest first', async () => {
    const { connector, server } = await kitemaker(
      space([marked(1), ...many(200, 2), marked(202, { createdAt: at(0) })]),
    );
    const found = await connector.findByMarker(search(at(1)), call);
    expect(found.answer === 'found' && found.items.map((item) => item.id)).toEqual(['id-202', 'id-1']);
    expect(queries(server, 'workItems(')[0]?.query).toContain('description');
  });

  it('answers absent only after the whole space where the 50 do not reach back', async () => {
    const { connector, server } = await kitemaker(space(many(200)));
    expect(await connector.findByMarker(search(at(1)), call)).toEqual({ answer: 'absent' });
    expect(pages(server)).toBe(4);
  });

  it('finds it in another space to which somebody has moved it', async () => {
    const { connector } = await kitemaker(space(many(3), [marked(9, { space: { id: 'space-2' } })]));
    expect(await connector.findByMarker(search(at(0)), call)).toMatchObject({
      answer: 'found',
      items: [{ id: 'id-9', key: 'WEB-9', scope: 'space-2' }],
    });
  });

  it("does not trust times where Kitemaker's clock is behind", async () => {
    const answer = space([marked(1), ...many(60, 2)]);
    const headers = { date: new Date(Date.now() - 3_600_000).toUTCString() };
    const { connector } = await kitemaker((r) => {
      const said = answer(r);
      return said === null ? null : { ...said, headers };
    });
    // By our clock the create was sent at minute 61; by Kitemaker's that was minute 1.
    expect((await connector.findByMarker(search(at(60)), call)).answer).toBe('found');
  });

  it('an item that cannot be read leaves it unknown, unless its description shows that it is another', async () => {
    const broken = await kitemaker(space([{ ...marked(1), status: null }]));
    expect((await broken.connector.findByMarker(search(at(0)), call)).answer).toBe('unknown');
    const other = await kitemaker(space([restItem(1, { status: null })]));
    expect(await other.connector.findByMarker(search(at(0)), call)).toEqual({ answer: 'absent' });
  });
});
