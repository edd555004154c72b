import { describe, expect, it } from 'vitest';
import { at, call, kitemaker, many, pages, restItem, search, space } from './setUp.js';

describe('connectors/kitemaker/readFeed', () => {
  it('one call while the 50 most recent reach back to the cursor', async () => {
    const { connector, server } = await kitemaker(space(many(120)));
    await connector.readFeed('space-1', at(100), call);
    const before = server.requests.length;
    const read = await connector.readFeed('space-1', at(100), call);
    expect(server.requests.length - before).toBe(1);
    expect(server.requests.at(-1)?.url).toBe('/developers/rest/v1/recent/workitems?spaceId=space-1&count=50');
    expect(read).toMatchObject({ complete: true, everything: false, newest: at(119) });
    expect(read.items.map((item) => item.id).sort()).toEqual(
      many(20, 100)
        .map((item) => item.id)
        .sort(),
    );
    expect(read.items[0]).toMatchObject({ key: expect.stringMatching(/^MOB-1\d\d$/) as string, scope: 'space-1' });
  });

  it('the whole space when more than 50 changed, and when the oldest of the 50 is as old as the cursor', async () => {
    const { connector, server } = await kitemaker(space(many(120)));
    for (const since of [at(30), at(70)]) {
      const read = await connector.readFeed('space-1', since, call);
      expect(read).toMatchObject({ complete: true, everything: false, newest: at(119) });
      expect(new Set(read.ids)).toEqual(new Set(many(120).map((item) => item.id)));
      expect(read.items).toHaveLength(120 - Number((Date.parse(since) - Date.parse(at(0))) / 60_000));
    }
    expect(pages(server)).toBe(6);
  });

  it('one call where all of the 50 most recent have the settled time, and the whole space where they are newer', async () => {
    const items = many(20).concat(many(60, 20).map((item) => ({ ...item, updatedAt: at(80) })));
    const { connector, server } = await kitemaker(space(items));
    expect(await connector.readFeed('space-1', at(79), call, at(79))).toMatchObject({ complete: true });
    expect(pages(server)).toBe(2);
    const settled = await connector.readFeed('space-1', at(79), call, at(80));
    expect(settled).toMatchObject({ complete: true, everything: false, newest: at(80) });
    expect(settled.items).toHaveLength(50);
    expect(pages(server)).toBe(2);
    for (const item of items.slice(0, 50)) item.updatedAt = at(81);
    expect((await connector.readFeed('space-1', at(79), call, at(80))).items.length).toBe(80 - 20 + 20);
    expect(pages(server)).toBe(4);
  });

  it("returns the tool's time of the read, which is no later than the request", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { connector } = await kitemaker((r) => {
      const answer = space(many(12))(r);
      return answer === null ? null : { ...answer, headers: { date } };
    });
    const { toolTime } = await connector.readFeed('space-1', null, call);
    expect(Date.parse(toolTime ?? '')).toBeLessThanOrEqual(Date.parse(date));
    expect(Date.parse(toolTime ?? '')).toBeGreaterThan(Date.parse(date) - 60_000);
  });

  it('a space of fewer than 50 is read whole by one call', async () => {
    const { connector, server } = await kitemaker(space(many(12)));
    expect(await connector.readFeed('space-1', null, call)).toMatchObject({
      complete: true,
      everything: true,
      newest: at(11),
    });
    expect(pages(server)).toBe(0);
  });

  it('says everything only where all items are in the answer; returns their ids wherever all were seen', async () => {
    const { connector } = await kitemaker(space(many(12)));
    const read = await connector.readFeed('space-1', at(10), call);
    expect(read.items).toHaveLength(2);
    expect(read).toMatchObject({ complete: true, everything: false });
    expect(read.ids).toHaveLength(12);
  });

  it('an empty space has no cursor', async () => {
    const { connector } = await kitemaker(space([]));
    expect(await connector.readFeed('space-1', null, call)).toEqual({
      items: [],
      ids: [],
      toolTime: expect.any(String) as string,
      complete: true,
      everything: true,
      newest: null,
    });
  });

  it('the cursor never skips a change on a page already read', async () => {
    const items = many(120);
    const answer = space(items);
    const { connector } = await kitemaker((r) => {
      const said = answer(r);
      if (r.query.includes('workItems(') && r.variables['cursor'] === '50') {
        items[3] = restItem(3, { updatedAt: at(500) });
        items[110] = restItem(110, { updatedAt: at(501) });
      }
      return said;
    });
    const read = await connector.readFeed('space-1', null, call);
    expect(read.newest).toBe(at(119));
    const next = await connector.readFeed('space-1', read.newest, call);
    expect(next.items.map((item) => item.id)).toContain('id-3');
  });

  it('pages that do not come to an end are not complete, and not read for ever', async () => {
    const { connector, server } = await kitemaker((r) =>
      r.query.includes('workItems(')
        ? {
            body: {
              data: { workItems: { workItems: many(50), cursor: `c${server.requests.length}`, hasMore: true } },
            },
          }
        : space(many(50))(r),
    );
    expect(await connector.readFeed('space-1', null, call)).toMatchObject({ complete: false, everything: false });
    expect((await connector.findByMarker(search(at(0)), call)).answer).toBe('unknown');
    expect(pages(server)).toBe(2 * (1 + 21));
  });

  it('returns what cannot be read by its id, and the rest as usual', async () => {
    const { connector } = await kitemaker(space([restItem(1, { status: null }), restItem(2), { nothing: true }]));
    const read = await connector.readFeed('space-1', at(0), call);
    expect(read.items.map((item) => item.id)).toEqual(['id-2']);
    expect(read.malformed?.map((item) => item.id)).toEqual(expect.arrayContaining(['id-1']));
    expect(read).toMatchObject({ complete: true, everything: false });
  });
});
