import { describe, expect, it } from 'vitest';
import { call, craftnote, failing, MARKER, pathsOf, project, type Script, STATUSES, task } from './setUp.js';

const items: Script = ({ url }) => {
  const path = url.replace('/api/v1', '');
  if (path === '/projects/p-1') return { body: project(1, { id: 'p-1', orderNumber: MARKER }) };
  if (path === '/projects/odd') return { body: project(1, { id: 'odd', archived: 'perhaps' }) };
  if (path === '/projects/p-1/tasks/t-1') return { body: task(1, { id: 't-1', done: true }) };
  if (path === '/projects/p-1/tasks/t-2') return { body: task(1, { id: 't-2', isDeleted: true }) };
  return null;
};

describe('connectors/craftnote/readItems', () => {
  it('reads projects and tasks of one connection together; a deleted task does not exist', async () => {
    const { connector } = await craftnote(items);
    const { found, missing, malformed } = await connector.readItems(
      ['p-1', 'p-1/t-1', 'p-1/t-2', 'p-9', 'p-9/t-1', 'odd', 'p-1'],
      call,
    );
    expect(found.map(({ id, scope, status }) => [id, scope, status])).toEqual([
      ['p-1', 'all projects', 'To Do'],
      ['p-1/t-1', 'p-1', 'done'],
    ]);
    expect(missing).toEqual(['p-1/t-2', 'p-9', 'p-9/t-1']);
    expect(malformed?.map(({ id }) => id)).toEqual(['odd']);
  });

  it('a project or task that the key may not read stops only itself; read alone it is refused by its id', async () => {
    const denied: Script = (request) =>
      /\/(secret|t-3)$/.test(request.url) ? { status: 403, body: { message: 'Forbidden' } } : items(request);
    const { connector } = await craftnote(denied);
    const read = await connector.readItems(['p-1', 'secret', 'p-1/t-3', 'p-9'], call);
    expect(read.found.map(({ id }) => id)).toEqual(['p-1']);
    expect(read).toMatchObject({ missing: ['p-9'], refused: ['secret', 'p-1/t-3'] });
    const refusal = { kind: 'forbidden', details: { byId: true } };
    expect(await failing(connector.readItems(['secret'], call))).toMatchObject(refusal);
    expect(await failing(connector.readMarked('secret', MARKER, call))).toMatchObject(refusal);
  });

  it('an id is one part of the path, whatever it contains', async () => {
    const { connector, server } = await craftnote(() => null);
    await connector.readItems(['a b/../c?d'], call);
    expect(pathsOf(server)).toEqual(['GET /projects/a%20b/tasks/..%2Fc%3Fd']);
  });

  it('an undocumented answer about the only requested item is an unexpected response', async () => {
    const { connector } = await craftnote(items);
    const error = await failing(connector.readItems(['odd'], call));
    expect(error.kind).toBe('unexpected-response');
    expect(error.message).toBe('tool: GET /projects/{id} answered "archived" that is not as documented (invalid_type)');
  });

  it('reads the statuses once for many reads, and again for one that it does not know', async () => {
    let statuses = STATUSES;
    let statusId = 'st-todo';
    const { connector, server } = await craftnote(({ url }) => {
      if (url.endsWith('/company/settings')) return { body: { status: statuses } };
      return { body: project(1, { id: 'p-1', statusId }) };
    });
    for (let n = 0; n < 3; n += 1) await connector.readItems(['p-1'], call);
    const looks = () => pathsOf(server).filter((path) => path === 'GET /company/settings').length;
    expect(looks()).toBe(1);
    statuses = [...STATUSES, { id: 'st-new', name: 'Inspection', description: '' }];
    statusId = 'st-new';
    expect((await connector.readItems(['p-1'], call)).found[0]?.status).toBe('Inspection');
    expect(looks()).toBe(2);
  });

  it('an empty list of projects does not prove that there are none: the scope is not seen', async () => {
    const empty = await craftnote(({ url }) =>
      url.startsWith('/api/v1/projects?') ? { body: { projects: [] } } : null,
    );
    expect(await empty.connector.seesScope('all projects', call)).toBe(false);
    const { connector } = await craftnote(items);
    expect(await connector.seesScope('p-1', call)).toBe(true);
    expect(await connector.seesScope('p-2', call)).toBe(false);
  });
});
