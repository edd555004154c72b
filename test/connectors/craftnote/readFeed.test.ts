import { describe, expect, it } from 'vitest';
import { call, craftnote, craftnoteSandbox, type Entry, listing, many, pathsOf, project, task } from './setUp.js';

const ALL = 'all projects';
const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();

describe('connectors/craftnote/readFeed', () => {
  it('reads 5,000 projects with 51 pages and one request for the statuses', async () => {
    const { connector, server } = await craftnote(listing('/projects', 'projects', many(5_000, project)));
    const feed = await connector.readFeed(ALL, null, call);
    expect(feed).toMatchObject({ complete: true, everything: true, newest: null });
    expect(feed.items).toHaveLength(5_000);
    expect(pathsOf(server).filter((path) => path.startsWith('GET /projects?'))).toHaveLength(51);
    expect(server.requests).toHaveLength(52);
  });

  it('stops at a page with fewer entries than requested', async () => {
    const { connector, server } = await craftnote(listing('/projects', 'projects', many(199, project)));
    expect((await connector.readFeed(ALL, null, call)).items).toHaveLength(199);
    expect(server.requests).toHaveLength(3);
  });

  it('reports a change on a page already read with the next read', async () => {
    let all = many(250, project);
    const script = listing(
      '/projects',
      'projects',
      () => all,
      (page) => {
        if (page !== 2) return;
        const changed = (entry: Entry) => (entry.id === 'p-000007' ? { ...entry, statusId: 'st-done' } : entry);
        all = [...all.map(changed), { ...project(0), id: 'o-new' }];
      },
    );
    const { connector } = await craftnote(script);
    const statusOf = (feed: Awaited<ReturnType<typeof connector.readFeed>>, id: string) =>
      feed.items.find((item) => item.id === id)?.status;
    const first = await connector.readFeed(ALL, null, call);
    expect([statusOf(first, 'p-000007'), statusOf(first, 'o-new')]).toEqual(['To Do', undefined]);
    const next = await connector.readFeed(ALL, first.newest, call);
    expect([statusOf(next, 'p-000007'), statusOf(next, 'o-new')]).toEqual(['Done', 'To Do']);
  });

  it('returns status words: the name, archived, none, and the id of a status that is gone', async () => {
    const all = [
      project(1, { statusId: 'st-done' }),
      project(2, { statusId: 'st-done', archived: true }),
      project(3, { statusId: undefined }),
      project(4, { statusId: 'st-gone' }),
    ];
    const { connector, server } = await craftnote(listing('/projects', 'projects', all));
    const { items } = await connector.readFeed(ALL, null, call);
    expect(items.map(({ status }) => status)).toEqual(['Done', 'archived', 'no status', 'st-gone']);
    expect(server.requests).toHaveLength(2);
  });

  it('a status without an id, which the document allows, does not void the others', async () => {
    const listed = listing('/projects', 'projects', [project(1, { statusId: 'st-9' })]);
    const odd = [{ name: 'Nameless' }, { id: null, name: 'x' }, { id: 'st-8' }, { id: 'st-9', name: 'Review' }];
    const { connector } = await craftnote((request) =>
      request.url === '/api/v1/company/settings' ? { body: { status: odd } } : listed(request),
    );
    expect((await connector.readFeed(ALL, null, call)).items).toMatchObject([{ status: 'Review' }]);
  });

  it('one entry that cannot be read does not void the others', async () => {
    const all = [project(1), { ...project(2), statusId: 7 }, project(3)];
    const { connector } = await craftnote(listing('/projects', 'projects', all));
    const feed = await connector.readFeed(ALL, null, call);
    expect(feed).toMatchObject({ complete: true, everything: false, ids: ['p-000001', 'p-000003', 'p-000002'] });
    expect(feed.items.map(({ id }) => id)).toEqual(['p-000001', 'p-000003']);
    expect(feed.malformed).toEqual([
      { id: 'p-000002', problem: '"statusId" that is not as documented (invalid_type)' },
    ]);
  });

  it('is not complete where the server has no tokens, and the inventory fails with the reason', async () => {
    const { connector } = await craftnote(({ url }) =>
      url.startsWith('/api/v1/projects') ? { body: { projects: many(100, project) } } : null,
    );
    const feed = await connector.readFeed(ALL, null, call);
    expect(feed).toMatchObject({ complete: false, everything: false });
    expect(feed.ids).toBeUndefined();
    await expect(connector.listIds(ALL, call)).rejects.toThrow(
      'GET /projects answered pages that do not come to an end',
    );
  });

  it('returns the tasks edited in the second of the cursor or later, and the ids of all live ones', async () => {
    const base = 1_736_452_742;
    const all = [...many(5, task), task(9, { isDeleted: true })];
    const { connector } = await craftnote(listing('/projects/p-1/tasks', 'tasks', all));
    const feed = await connector.readFeed('p-1', new Date((base + 3) * 1_000 + 500).toISOString(), call);
    expect(feed.items.map(({ id }) => id)).toEqual(['p-1/t-000003', 'p-1/t-000004']);
    expect(feed).toMatchObject({ complete: true, everything: false });
    expect(feed.ids).toEqual(many(5, (n) => `p-1/t-00000${n}`));
  });

  it('does not let the time of a later page skip a change on an earlier one', async () => {
    const base = 1_736_452_742;
    let all = many(250, (n) => task(n, { lastEditedTimestamp: base }));
    const edited = (id: string, seconds: number) => {
      all = all.map((entry) => (entry.id === id ? { ...entry, done: true, lastEditedTimestamp: seconds } : entry));
    };
    const script = listing(
      '/projects/p-1/tasks',
      'tasks',
      () => all,
      (page) => {
        if (page === 2) edited('t-000007', base + 100);
        if (page === 3) edited('t-000240', base + 900);
      },
    );
    const { connector } = await craftnote(script);
    const first = await connector.readFeed('p-1', iso(base - 60), call);
    expect(first.items.find(({ id }) => id === 'p-1/t-000007')?.status).toBe('open');
    const next = await connector.readFeed('p-1', first.newest, call);
    expect(next.items.find(({ id }) => id === 'p-1/t-000007')?.status).toBe('done');
  });

  it('returns a task without times every time, since nothing shows whether it changed', async () => {
    const all = [task(1, { lastEditedTimestamp: null, createdTimestamp: null })];
    const { connector } = await craftnote(listing('/projects/p-1/tasks', 'tasks', all));
    const feed = await connector.readFeed('p-1', iso(2_000_000_000), call);
    expect(feed).toMatchObject({ newest: null, items: [{ updatedAt: null, createdAt: null }] });
  });

  it('makes the same links as Craftnote itself', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const { items } = await connector.readFeed(ALL, null, call);
    const { baseUrl, apiKey } = sandbox.tools.craftnote;
    const deeplink = await fetch(`${baseUrl}/projects/${items[0]?.id ?? ''}/deeplink`, {
      headers: { 'X-CN-API-KEY': apiKey },
    });
    expect(items[0]?.url).toBe(((await deeplink.json()) as { webLink: string }).webLink);
  });
});
