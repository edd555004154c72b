/** What can happen to pages while they are read, and what the connector answers then. */
import { describe, expect, it } from 'vitest';
import { at, call, craftdesk, failing, many, MARKER, marked, project, search, serving, type Given } from './setUp.js';

const urls = (server: { requests: readonly { url: string }[] }) => server.requests.map(({ url }) => url);

/** A list sorted by update time, newest first. */
const sorted = (items: readonly Given[]) =>
  [...items].sort((a, b) => (a.updated_at < b.updated_at || (a.updated_at === b.updated_at && a.id < b.id) ? 1 : -1));

describe('connectors/craftdesk/items', () => {
  describe('the number of pages', () => {
    it('one page costs one call', async () => {
      const { connector, server } = await craftdesk(serving(() => many(100)));
      const feed = await connector.readFeed('workspace', null, call);
      expect(feed).toMatchObject({ complete: true, everything: true, newest: at(99) });
      expect(server.requests).toHaveLength(1);
    });

    it('several pages that add up cost one call each', async () => {
      const { connector, server } = await craftdesk(serving(() => many(250)));
      const feed = await connector.readFeed('workspace', null, call);
      expect(feed).toMatchObject({ complete: true, everything: true });
      expect(feed.ids).toHaveLength(250);
      expect(server.requests).toHaveLength(3);
    });

    it.each([
      ['last_page', { last_page: undefined }],
      ['last_page and per_page', { last_page: undefined, per_page: undefined }],
      ['all of meta.pagination', { last_page: undefined, per_page: undefined, total: undefined }],
    ])('is found without %s', async (_what, meta) => {
      const { connector } = await craftdesk(serving(() => many(250), meta));
      const feed = await connector.readFeed('workspace', null, call);
      expect(feed.complete).toBe(true);
      expect(new Set(feed.ids).size).toBe(250);
    });

    it('follows a server that returns fewer than were requested', async () => {
      const { connector, server } = await craftdesk((request) =>
        serving(() => many(120))({ ...request, url: request.url.replace('per_page=100', 'per_page=50') }, 1),
      );
      expect((await connector.readFeed('workspace', null, call)).ids).toHaveLength(120);
      expect(server.requests).toHaveLength(3);
    });

    it('a server without pages neither keeps the read going for ever nor makes it look complete', async () => {
      const { connector, server } = await craftdesk((request) =>
        serving(() => many(150))({ ...request, url: request.url.replace(/page=\d+&/, 'page=1&') }, 1),
      );
      const feed = await connector.readFeed('workspace', null, call);
      expect(feed).toMatchObject({ complete: false, everything: false });
      expect(feed.ids).toBeUndefined();
      expect(server.requests.length).toBeLessThanOrEqual(8);
      expect((await connector.findByMarker(search, call)).answer).toBe('unknown');
    });
  });

  describe('projects that move while pages are read', () => {
    /** 150 projects by update time; after the first request the last one is touched, and jumps to the first page. */
    function jumping() {
      let items = many(150);
      const touched = marked(0, { updated_at: at(900) });
      items[0] = marked(0);
      return craftdesk((request, count) => {
        const answer = serving(() => sorted(items))(request, count);
        if (count === 1) items = items.map((item) => (item.id === 'id-0' ? touched : item));
        return answer;
      });
    }

    it('one that jumps to a page already read is still found', async () => {
      const { connector } = await jumping();
      expect(await connector.findByMarker(search, call)).toMatchObject({ answer: 'found', items: [{ id: 'id-0' }] });
    });

    it('the feed does not call a pass complete that missed it', async () => {
      const { connector, server } = await jumping();
      const feed = await connector.readFeed('workspace', at(0), call);
      expect(feed.complete).toBe(true);
      expect(feed.items.find(({ id }) => id === 'id-0')?.updatedAt).toBe(at(900));
      expect(urls(server).length).toBeGreaterThan(2);
    });

    it('with several pages the cursor never passes the beginning of the read', async () => {
      // By creation, so that the newest change, made while the pages are read, is on the last page.
      let items = many(150).map((item) => ({ ...item, updated_at: at(500) }));
      const { connector } = await craftdesk((request, count) => {
        const answer = serving(() => items)(request, count);
        if (count === 1)
          items = items.map((item, n) => (n === 3 || n === 149 ? { ...item, updated_at: at(600 + n) } : item));
        return answer;
      });
      const feed = await connector.readFeed('workspace', at(500), call);
      expect(feed.complete).toBe(true);
      // The change of id-3 was missed by this pass; it came after at(500), and the next read begins there.
      expect(feed.newest).toBe(at(500));
      const next = await connector.readFeed('workspace', feed.newest, call);
      expect(next.items.find(({ id }) => id === 'id-3')?.updatedAt).toBe(at(603));
    });

    it('absent needs two passes that agree', async () => {
      const { connector, server } = await craftdesk(serving(() => many(150)));
      expect(await connector.findByMarker(search, call)).toEqual({ answer: 'absent' });
      expect(server.requests).toHaveLength(4);
    });

    it('is unknown where passes never agree, and the feed is not complete', async () => {
      let n = 1_000;
      const items = many(150);
      const { connector } = await craftdesk((request, count) => {
        items.shift();
        items.push(project((n += 1)));
        return serving(() => items)(request, count);
      });
      expect(await connector.findByMarker(search, call)).toMatchObject({ answer: 'unknown' });
      // Total and count may agree by chance where one goes and one comes, but never in two passes.
      const ids = await connector.listIds('workspace', call);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('the answer is not absent where the list counts more than it shows', async () => {
      const { connector } = await craftdesk(serving(() => many(3), { total: 4 }));
      expect((await connector.findByMarker(search, call)).answer).toBe('unknown');
      expect(await connector.readFeed('workspace', null, call)).toMatchObject({ complete: true });
    });

    it('a deletion between two pages is seen, and nothing is skipped', async () => {
      let items = many(150);
      const { connector } = await craftdesk((request, count) => {
        const answer = serving(() => items)(request, count);
        if (count === 1) items = items.filter(({ id }) => id !== 'id-5');
        return answer;
      });
      const ids = await connector.listIds('workspace', call);
      expect(ids).toContain('id-100');
      expect(ids).not.toContain('id-5');
      expect(ids).toHaveLength(149);
    });
  });

  describe('times of one second', () => {
    it('a change within the second of the cursor is in the feed', async () => {
      const items = [
        project(1, { updated_at: '2026-01-01T12:00:05Z' }),
        project(2, { updated_at: '2026-01-01T12:00:04Z' }),
      ];
      const { connector } = await craftdesk(serving(() => items));
      const feed = await connector.readFeed('workspace', '2026-01-01T12:00:05.700Z', call);
      expect(feed.items.map(({ id }) => id)).toEqual(['id-1']);
      expect(feed).toMatchObject({ complete: true, everything: false, ids: ['id-1', 'id-2'] });
    });

    it('a project without updated_at always counts as changed', async () => {
      const { connector } = await craftdesk(serving(() => [project(1, { updated_at: undefined })]));
      const feed = await connector.readFeed('workspace', at(900), call);
      expect(feed.items).toMatchObject([{ id: 'id-1', updatedAt: null }]);
    });
  });

  describe('lists without descriptions, as in the second example of the document', () => {
    const hidden = (n: number, more = {}) => project(n, { description: undefined, updated_at: undefined, ...more });
    const script =
      (list: readonly Given[], single: Given) =>
      (request: { url: string }): ReturnType<ReturnType<typeof serving>> =>
        request.url.includes('?')
          ? { body: { data: list, meta: { pagination: { current_page: 1, total: list.length, per_page: 100 } } } }
          : { body: { data: single } };

    it('projects that are new are read singly, older ones are not', async () => {
      const list = [hidden(1, { created_at: '2020-01-01T00:00:00Z' }), hidden(2)];
      const { connector, server } = await craftdesk(script(list, marked(2)));
      expect(await connector.findByMarker(search, call)).toMatchObject({ answer: 'found', items: [{ id: 'id-2' }] });
      expect(urls(server)).toEqual(['/v1/projects?page=1&per_page=100', '/v1/projects/id-2']);
    });

    it('one that the tool dated three hours earlier by its slow clock is read as well', async () => {
      const list = [hidden(2, { created_at: '2025-12-31T21:05:00Z' })];
      const date = new Date(Date.now() - 3 * 3_600_000).toUTCString();
      const slow = (request: { url: string }) => ({ ...script(list, marked(2))(request), headers: { date } });
      const { connector } = await craftdesk(slow);
      expect((await connector.findByMarker(search, call)).answer).toBe('found');
    });

    it('a listing of all markers reads as many singly as there are; a search for one, which is repeated, does not', async () => {
      const list = Array.from({ length: 60 }, (_, n) => hidden(n + 1));
      const { connector } = await craftdesk((request) => {
        const single = /projects\/id-(\d+)$/.exec(request.url);
        const n = Number(single?.[1] ?? 1);
        return script(list, n === 57 ? marked(n) : project(n))(request);
      });
      const start = MARKER.replace(/[^/]+\/\d+$/, '');
      expect(await connector.listMarked({ target: {}, start, createdSince: null }, call)).toMatchObject({
        answer: 'listed',
        marked: [{ marker: MARKER, item: { id: 'id-57' } }],
      });
      expect(await connector.findByMarker(search, call)).toMatchObject({ answer: 'unknown' });
    });

    it('the answer is absent only when their descriptions were seen', async () => {
      const seen = await craftdesk(script([hidden(2)], project(2)));
      expect((await seen.connector.findByMarker(search, call)).answer).toBe('absent');
      for (const empty of [undefined, null, '']) {
        const old = project(1, { description: empty, created_at: '2020-01-01T00:00:00Z' });
        const unseen = await craftdesk(script([hidden(2), old], hidden(2)));
        expect(await unseen.connector.findByMarker(search, call)).toEqual({
          answer: 'unknown',
          why: 'no project shows a description, which would hold the marker',
        });
      }
    });

    it('where others show theirs, a project that shows none when read singly has none', async () => {
      const list = [project(1, { created_at: '2020-01-01T00:00:00Z' }), hidden(2)];
      const inList = await craftdesk(script(list, hidden(2)));
      expect(await inList.connector.findByMarker(search, call)).toEqual({ answer: 'absent' });
      expect(urls(inList.server)).toContain('/v1/projects/id-2');
      const bare = [hidden(1), hidden(2)];
      const singly = await craftdesk((request, count) =>
        request.url === '/v1/projects/id-1' ? { body: { data: project(1) } } : serving(() => bare)(request, count),
      );
      expect(await singly.connector.findByMarker(search, call)).toEqual({ answer: 'absent' });
      const malformed = { ...project(1), created_at: 7 } as unknown as Given;
      const broken = await craftdesk(script([malformed, hidden(2)], hidden(2)));
      expect(await broken.connector.findByMarker(search, call)).toEqual({ answer: 'absent' });
      const found = await craftdesk(script(list, marked(2)));
      expect((await found.connector.findByMarker(search, call)).answer).toBe('found');
    });
  });

  describe('projects that are not as documented', () => {
    it('do not void the others, and are named', async () => {
      const items = [project(1), { ...project(2), updated_at: 'yesterday' }];
      const { connector } = await craftdesk(serving(() => items));
      const feed = await connector.readFeed('workspace', null, call);
      expect(feed).toMatchObject({ complete: true, everything: false, ids: ['id-1', 'id-2'] });
      expect(feed.items.map(({ id }) => id)).toEqual(['id-1']);
      expect(feed.malformed).toEqual([
        { id: 'id-2', problem: '"updated_at" that is not as documented (invalid_format)' },
      ]);
    });

    it('make a search unknown, unless their text shows that they are others', async () => {
      const broken = (description: unknown) => ({ ...project(2), description, created_at: 7 }) as unknown as Given;
      const other = await craftdesk(serving(() => [broken('another')]));
      expect((await other.connector.findByMarker(search, call)).answer).toBe('absent');
      for (const description of [undefined, `x\n\n${MARKER}`]) {
        const may = await craftdesk(serving(() => [broken(description)]));
        expect((await may.connector.findByMarker(search, call)).answer).toBe('unknown');
      }
    });

    it('fail when read alone, and are named among others', async () => {
      const items = [project(1), { ...project(2), updated_at: 'yesterday' }];
      const { connector } = await craftdesk(serving(() => items));
      expect((await failing(connector.readItems(['id-2'], call))).kind).toBe('unexpected-response');
      expect(await connector.readItems(['id-1', 'id-2'], call)).toMatchObject({
        found: [{ id: 'id-1' }],
        malformed: [{ id: 'id-2' }],
      });
    });
  });

  describe('reading by id', () => {
    it('many ids cost one reading of the list, and a call for each that it does not show', async () => {
      const { connector, server } = await craftdesk(serving(() => many(60)));
      const ids = many(60).map(({ id }) => id);
      const read = await connector.readItems([...ids, 'gone'], call);
      expect(read.found).toHaveLength(60);
      expect(read.missing).toEqual(['gone']);
      expect(urls(server)).toEqual(['/v1/projects?page=1&per_page=100', '/v1/projects/gone']);
    });

    it('an answer about another project is not accepted', async () => {
      const { connector } = await craftdesk(() => ({ body: { data: project(7) } }));
      expect((await failing(connector.readItems(['id-1'], call))).kind).toBe('unexpected-response');
    });

    it('a project that the key may not read stops only itself; read alone it is refused by its id', async () => {
      const { connector } = await craftdesk((request) => {
        if (request.url.endsWith('/secret')) return { status: 403, body: { message: 'Forbidden', code: 403 } };
        return serving(() => many(3))(request, 1);
      });
      const [first = ''] = many(3).map(({ id }) => id);
      const read = await connector.readItems([first, 'secret', 'gone', 'a', 'b'], call);
      expect(read.found.map(({ id }) => id)).toEqual([first]);
      expect(read).toMatchObject({ missing: ['gone', 'a', 'b'], refused: ['secret'] });
      expect(await failing(connector.readItems(['secret'], call))).toMatchObject({
        kind: 'forbidden',
        details: { byId: true },
      });
    });

    it('a project of another workspace is forbidden, never missing', async () => {
      const { connector } = await craftdesk(() => ({ status: 403, body: { message: 'Forbidden', code: 403 } }));
      expect((await failing(connector.readItems(['id-1'], call))).kind).toBe('forbidden');
      expect(await connector.seesScope('workspace', call)).toBe(false);
    });
  });
});
