import { describe, expect, it } from 'vitest';
import {
  call,
  craftnote,
  type Entry,
  listing,
  many,
  MARKER,
  pathsOf,
  project,
  search,
  task,
  TO_PROJECTS,
  TO_TASKS,
} from './setUp.js';

const found = (...ids: string[]) => ({ answer: 'found', items: ids.map((id) => ({ id })) });

describe('connectors/craftnote/findByMarker', () => {
  it('reads every page until an empty one, by the id of the last entry', async () => {
    const { connector, server } = await craftnote(listing('/projects', 'projects', many(200, project)));
    expect(await connector.findByMarker(search(TO_PROJECTS), call)).toEqual({ answer: 'absent' });
    expect(pathsOf(server)).toEqual([
      'GET /projects?paginationMode=token&limit=100',
      'GET /projects?paginationMode=token&limit=100&startAfter=p-000099',
      'GET /projects?paginationMode=token&limit=100&startAfter=p-000199',
    ]);
  });

  it('sees it although others are added and deleted before it while pages are read', async () => {
    let all: Entry[] = [...many(300, project), project(300, { orderNumber: MARKER })];
    const script = listing(
      '/projects',
      'projects',
      () => all,
      (page) => {
        // With offsets, each deletion would move one entry over the edge of a page, unseen.
        all = page % 2 === 0 ? all.slice(40) : [...all, { ...project(0), id: `o-${page}` }];
      },
    );
    const { connector } = await craftnote(script);
    expect(await connector.findByMarker(search(TO_PROJECTS), call)).toMatchObject(found('p-000300'));
  });

  it('is not misled by a page that is shorter than requested', async () => {
    const all = [...many(100, project), project(150, { orderNumber: MARKER })];
    const whole = listing('/projects', 'projects', all);
    const { connector } = await craftnote((request) => {
      const answer = whole(request);
      const body = answer?.body as { projects: Entry[] } | undefined;
      // A server that filters something out of a page.
      return body === undefined ? null : { body: { projects: body.projects.filter(({ id }) => id !== 'p-000007') } };
    });
    expect(await connector.findByMarker(search(TO_PROJECTS), call)).toMatchObject(found('p-000150'));
  });

  it('confuses neither generation 10 with generation 1 nor text around a marker with one', async () => {
    const all = [project(1, { orderNumber: `${MARKER}0` }), project(2, { orderNumber: `see ${MARKER}` })];
    const { connector } = await craftnote(listing('/projects', 'projects', all));
    expect(await connector.findByMarker(search(TO_PROJECTS), call)).toEqual({ answer: 'absent' });
  });

  it('finds archived projects and those of other folders, the oldest first where Craftnote shows it', async () => {
    const carrying = (n: number, more: object) => project(n, { orderNumber: MARKER, ...more });
    const all = [
      carrying(1, { creationDate: 300, archived: true }),
      carrying(2, { creationDate: 100, parentProject: 'elsewhere' }),
      carrying(3, { creationDate: 200 }),
    ];
    const { connector } = await craftnote(listing('/projects', 'projects', all));
    const search1 = await connector.findByMarker(search(TO_PROJECTS), call);
    expect(search1).toMatchObject(found('p-000002', 'p-000003', 'p-000001'));
    expect(search1).toMatchObject({ items: [{}, {}, { status: 'archived' }] });
  });

  it('answers unknown, never absent, where the server has no tokens', async () => {
    const all = many(150, project).slice(0, 100);
    const { connector, server } = await craftnote(({ url }) =>
      url.startsWith('/api/v1/projects') ? { body: { projects: all } } : null,
    );
    expect((await connector.findByMarker(search(TO_PROJECTS), call)).answer).toBe('unknown');
    expect(server.requests).toHaveLength(2);
  });

  it('answers unknown where an entry that may carry the marker cannot be read', async () => {
    const answerOf = async (entry: object) => {
      const { connector } = await craftnote(listing('/projects', 'projects', [entry as Entry]));
      return (await connector.findByMarker(search(TO_PROJECTS), call)).answer;
    };
    expect(await answerOf({ ...project(1), archived: 'yes', orderNumber: MARKER })).toBe('unknown');
    expect(await answerOf({ ...project(1), orderNumber: 4711 })).toBe('unknown');
    expect(await answerOf({ ...project(1), archived: 'yes', orderNumber: '4711' })).toBe('absent');
  });

  it('finds a task by the last line of its description, a live one before a deleted one', async () => {
    const marked = (n: number, isDeleted: boolean) => task(n, { description: `Text\n\n${MARKER}`, isDeleted });
    const alive = await craftnote(
      listing('/projects/p-1/tasks', 'tasks', [marked(1, true), marked(2, false), task(3)]),
    );
    expect(await alive.connector.findByMarker(search(TO_TASKS), call)).toMatchObject(found('p-1/t-000002'));
    const gone = await craftnote(listing('/projects/p-1/tasks', 'tasks', [marked(1, true)]));
    expect(await gone.connector.findByMarker(search(TO_TASKS), call)).toMatchObject(found('p-1/t-000001'));
    const none = await craftnote(listing('/projects/p-1/tasks', 'tasks', many(3, task)));
    expect(await none.connector.findByMarker(search(TO_TASKS), call)).toEqual({ answer: 'absent' });
  });
});
