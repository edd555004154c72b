import { describe, expect, it } from 'vitest';
import { craftnote, draft, failing, MARKER, pathsOf, type Script, TO_TASKS, writing } from './setUp.js';

/** Answers with what it was sent, and an id. */
const created: Script = ({ method, body }) =>
  method === 'POST' ? { body: { ...(body as object), id: 'new-1' } } : null;

describe('connectors/craftnote/createItem', () => {
  it('creates a project whose order number is the marker, in the named status, with one POST', async () => {
    const { connector, server } = await craftnote(created);
    const result = await connector.createItem(draft(), writing);
    expect(pathsOf(server)).toEqual(['GET /company/settings', 'POST /projects']);
    const [, post] = server.requests;
    expect(post?.headers['x-cn-api-key']).toBe('the-key');
    expect(post?.body).toEqual({
      name: 'CRK-1 Title',
      projectType: 'PROJECT',
      orderNumber: MARKER,
      noteContent: 'Text\n\nCraft.io: https://app.craft.io/i/1',
      statusId: 'st-todo',
    });
    expect(result).toEqual({
      showsMarker: true,
      item: {
        id: 'new-1',
        key: null,
        url: 'https://app.mycraftnote.de/#/project?id=new-1',
        scope: 'all projects',
        status: 'To Do',
        updatedAt: null,
        createdAt: null,
      },
    });
  });

  it('fills note and addresses from the fields, one line each, and is put into the folder of the parent', async () => {
    const { connector, server } = await craftnote(created);
    const fields = {
      noteContent: ['By hand', 'By foot'],
      street: ['Bergstraße 40\n@all'],
      city: ['Amseldorf'],
      billingEmail: ['a@b.c'],
    };
    const parent = { id: 'folder-2', key: null, url: null, scope: null };
    const target = { resource: 'project', projectType: 'FOLDER', parentProject: 'folder-1' };
    const { item } = await connector.createItem(draft({ target, fields, parent, craftUrl: null }), writing);
    expect(server.requests.at(-1)?.body).toEqual({
      name: 'CRK-1 Title',
      projectType: 'FOLDER',
      orderNumber: MARKER,
      street: 'Bergstraße 40 @\u2060all',
      city: 'Amseldorf',
      billingEmail: 'a@b.c',
      noteContent: 'By hand, By foot',
      parentProject: 'folder-2',
    });
    expect(item.status).toBe('no status');
  });

  it('creates a task whose last line is the marker, found by project and task', async () => {
    const { connector, server } = await craftnote(created);
    const result = await connector.createItem(draft({ target: TO_TASKS }), writing);
    expect(pathsOf(server)).toEqual(['POST /projects/p-1/tasks']);
    expect(server.requests[0]?.body).toEqual({
      title: 'CRK-1 Title',
      description: `Text\n\nCraft.io: https://app.craft.io/i/1\n\n${MARKER}`,
    });
    expect(result).toMatchObject({ showsMarker: true, item: { id: 'p-1/new-1', scope: 'p-1', status: 'open' } });
  });

  it('writes plain text, also where it cuts', async () => {
    const { connector } = await craftnote(created);
    const html = '<p>See <b>this</b> &amp; <a href="https://a.example/b">that</a></p>';
    const { text } = connector.describe(draft({ target: TO_TASKS, description: html, craftUrl: null }));
    expect(text).toBe(`See this & that (https://a.example/b)\n\n${MARKER}`);
    const long = connector.describe(draft({ description: 'ä '.repeat(50_000) }));
    expect(long.text).toMatch(
      /… \(cut here: the whole text is in Craft\.io: https:\/\/app\.craft\.io\/i\/1\)\n\nCraft\.io: https:\/\/app\.craft\.io\/i\/1$/,
    );
    expect(long.text.length).toBeLessThanOrEqual(30_000);
    expect(long.notes).toHaveLength(1);
  });

  it('takes a 201 as well as the documented 200', async () => {
    const { connector } = await craftnote((request) => {
      const answer = created(request);
      return answer && { ...answer, status: 201 };
    });
    expect((await connector.createItem(draft(), writing)).item.id).toBe('new-1');
  });

  it('says when the answer does not show the marker', async () => {
    const { connector } = await craftnote(({ method, body }) =>
      method === 'POST' ? { body: { ...(body as object), id: 'new-1', orderNumber: '4711', description: 'x' } } : null,
    );
    expect((await connector.createItem(draft(), writing)).showsMarker).toBe(false);
    expect((await connector.createItem(draft({ target: TO_TASKS }), writing)).showsMarker).toBe(false);
  });

  it('an answer that cannot be read is ambiguous, since the item may exist', async () => {
    const { connector } = await craftnote(({ method }) => (method === 'POST' ? { body: { name: 'no id' } } : null));
    expect((await failing(connector.createItem(draft(), writing))).kind).toBe('ambiguous');
    expect((await failing(connector.createItem(draft({ target: TO_TASKS }), writing))).kind).toBe('ambiguous');
  });

  it('sends nothing for a status that does not exist, or a field that a task lacks', async () => {
    const { connector, server } = await craftnote(created);
    const unknown = await failing(
      connector.createItem(draft({ target: { resource: 'project', status: 'Todo' } }), writing),
    );
    expect(unknown).toMatchObject({ kind: 'invalid' });
    expect(unknown.message).toContain('no status "Todo"');
    const foreign = await failing(
      connector.createItem(draft({ target: TO_TASKS, fields: { street: ['Bergstraße'] } }), writing),
    );
    expect(foreign).toMatchObject({ kind: 'invalid', details: { notSent: true } });
    expect(foreign.message).toContain('fields.street');
    expect(pathsOf(server).filter((path) => path.startsWith('POST'))).toEqual([]);
  });

  it("shows Craftnote's own reason, without the texts that it echoes", async () => {
    const { connector } = await craftnote(({ method }) =>
      method === 'POST'
        ? { status: 400, body: { code: 'validation_failed', description: '$.name "CRK-1 Title" is too long' } }
        : null,
    );
    const error = await failing(connector.createItem(draft(), writing));
    expect(error.message).toBe(
      'tool: POST /projects was refused with status 400: $.name "…" is too long (validation_failed)',
    );
  });

  it('makes links from itemUrl where that is set', async () => {
    const { connector } = await craftnote(created, 'https://cn.example/{projectId}/{id}');
    expect((await connector.createItem(draft(), writing)).item.url).toBe('https://cn.example/new-1/new-1');
    const { item } = await connector.createItem(draft({ target: TO_TASKS }), writing);
    expect(item.url).toBe('https://cn.example/p-1/new-1');
  });
});
