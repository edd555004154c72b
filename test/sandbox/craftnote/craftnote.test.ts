/** The sandbox's Craftnote against its documents: each example is replayed, and what they do not allow is refused. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const UUID = /^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}$/i;

describe('sandbox/craftnote/craftnote', () => {
  let sandbox: Sandbox;
  let ids: Readonly<Record<string, string>>;
  beforeEach(async () => {
    sandbox = await startSandbox({ port: 0, items: 0 });
    ids = sandbox.tools.craftnote.ids;
  });
  afterEach(() => sandbox.close());

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const { baseUrl, apiKey } = sandbox.tools.craftnote;
    const answer = await fetch(baseUrl + path, {
      method,
      headers: {
        'X-CN-API-KEY': apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Reply['body'] };
  }
  const listOf = (reply: Reply, name: string) => reply.body[name] as readonly Record<string, unknown>[];
  const idsIn = (reply: Reply, name: string) => listOf(reply, name).map(({ id }) => id as string);

  it('answers the members, the member of the key, and the settings as in the document', async () => {
    expect((await ask('GET', '/company/members')).body).toMatchObject({ members: [{}, {}, {}] });
    expect((await ask('GET', '/company/members/me')).body).toMatchObject({ name: 'Carl-Friedrich', lastname: 'Gauss' });
    const { status } = (await ask('GET', '/company/settings')).body;
    expect(status).toMatchObject([{ name: 'To Do' }, { name: 'In Progress' }, { name: 'Done' }, { name: 'Dropped' }]);
    expect((await ask('GET', '/company/settings/projectstatus')).body).toEqual({ data: status });
    const id = ids['status Done'] ?? '';
    expect((await ask('GET', `/company/settings/projectstatus/${id}`)).body).toMatchObject({ id, name: 'Done' });
  });

  it("takes the document's POST, PUT and PATCH of a project", async () => {
    const example = {
      name: 'MyProject',
      projectType: 'FOLDER',
      orderNumber: '12312344d',
      street: 'Unter den Linden',
      zipcode: '10234',
      city: 'Berlin',
      contacts: [{ name: 'Max Mustermann', emails: ['mm@test.de'], phones: ['+49 711 21893732'] }],
      billingCity: 'Berlin',
      parentProject: ids['folder From product'] ?? '',
    };
    const created = await ask('POST', '/projects', example);
    expect(created).toMatchObject({ status: 200, body: { ...example, archived: false, projects: [] } });
    expect(created.body['id']).toMatch(UUID);
    const path = `/projects/${created.body['id'] as string}`;
    const changed = { ...example, name: 'My Changed name', statusId: ids['status Done'], archived: true };
    expect(await ask('PUT', path, changed)).toMatchObject({ status: 200, body: changed });
    expect((await ask('PATCH', path, { archived: false })).body).toMatchObject({ ...changed, archived: false });
    // PUT replaces all of it, PATCH what is given.
    const bare = await ask('PUT', path, { name: 'Bare' });
    expect(bare.body).toEqual({
      id: created.body['id'],
      name: 'Bare',
      projectType: 'PROJECT',
      creationDate: created.body['creationDate'],
      archived: false,
    });
    expect((await ask('GET', path)).body).toEqual(bare.body);
    const id = created.body['id'] as string;
    expect((await ask('GET', `${path}/deeplink`)).body).toEqual({
      webLink: `https://app.mycraftnote.de/#/project?id=${id}`,
      appDeepLink: `mycrafty://project?id=${id}`,
    });
  });

  it('keeps the links between folders and the projects in them', async () => {
    const folder = ids['folder From product'] ?? '';
    const child = await ask('POST', '/projects', { name: 'A', parentProject: folder });
    expect((await ask('GET', `/projects/${folder}`)).body['projects']).toEqual([child.body['id']]);
    const other = await ask('POST', '/projects', { name: 'B', projectType: 'FOLDER', projects: [child.body['id']] });
    expect((await ask('GET', `/projects/${folder}`)).body['projects']).toEqual([]);
    expect((await ask('GET', `/projects/${child.body['id'] as string}`)).body['parentProject']).toBe(other.body['id']);
  });

  it('pages by offset and by token, ascending by id', async () => {
    for (let n = 0; n < 11; n += 1) await ask('POST', '/projects', { name: `P ${n}` });
    const all = idsIn(await ask('GET', '/projects'), 'projects');
    expect(all).toEqual([...all].sort());
    expect(idsIn(await ask('GET', '/projects?offset=2&limit=5'), 'projects')).toEqual(all.slice(2, 7));
    const token = `/projects?paginationMode=token&limit=5&startAfter=${all[2] ?? ''}`;
    expect(idsIn(await ask('GET', token), 'projects')).toEqual(all.slice(3, 8));
    expect(idsIn(await ask('GET', '/projects?paginationMode=token&limit=3'), 'projects')).toEqual(all.slice(0, 3));
    // "only used if paginationMode is set to token"
    expect(idsIn(await ask('GET', `/projects?startAfter=${all[2] ?? ''}`), 'projects')).toEqual(all);
  });

  it('keeps tasks: title and description at first, the rest by PATCH, a deleted one marked so', async () => {
    const tasks = `/projects/${ids['project Branch refit'] ?? ''}/tasks`;
    const created = await ask('POST', tasks, { title: 'Fix the leaking pipe', description: 'Soon' });
    expect(created).toMatchObject({
      status: 200,
      body: { title: 'Fix the leaking pipe', description: 'Soon', done: false, isDeleted: false, repeatType: 'NEVER' },
    });
    const path = `${tasks}/${created.body['id'] as string}`;
    expect((await ask('PATCH', path, { done: true })).body).toMatchObject({ done: true, description: 'Soon' });
    expect((await ask('PUT', path, { title: 'Other' })).body).toMatchObject({ title: 'Other', description: null });
    expect((await ask('DELETE', path)).body).toMatchObject({ isDeleted: true });
    expect(idsIn(await ask('GET', tasks), 'tasks')).toContain(created.body['id']);
    const edited = (await ask('GET', path)).body['lastEditedTimestamp'] as number;
    expect(Number.isInteger(edited) && Math.abs(edited - Date.now() / 1_000) < 5).toBe(true);
  });

  it('keeps the messages of a normal project', async () => {
    const path = `/projects/${ids['project Branch refit'] ?? ''}/messages`;
    const posted = await ask('POST', path, { content: 'New Message', messageType: 'TEXT' });
    expect(posted).toMatchObject({
      status: 200,
      body: { content: 'New Message', messageType: 'TEXT', deleted: false },
    });
    expect(listOf(await ask('GET', path), 'messages')).toEqual([posted.body]);
    expect((await ask('GET', `/projects/${ids['folder Archive'] ?? ''}/messages`)).status).toBe(400);
  });

  it('keeps webhooks, one event each', async () => {
    const example = {
      event: 'project.created',
      url: 'https://example.com/webhook',
      headers: { 'X-Custom-Header': 'v' },
    };
    const created = await ask('POST', '/webhooks', example);
    expect(created).toMatchObject({ status: 200, body: example });
    const path = `/webhooks/${created.body['id'] as string}`;
    expect((await ask('PUT', path, { event: 'task.created' })).body).toMatchObject({
      ...example,
      event: 'task.created',
    });
    expect(listOf(await ask('GET', '/webhooks'), 'webhooks')).toHaveLength(1);
    expect((await ask('DELETE', path)).status).toBe(200);
    expect((await ask('GET', path)).status).toBe(404);
  });

  it.each([
    ['GET', '/projects', undefined, { 'X-CN-API-KEY': 'wrong' }, 401, '[token_not_found] The token could not be found'],
    ['POST', '/projects', '{"name":"A"}', { 'content-type': 'text/plain' }, 415, 'Invalid content type'],
    ['POST', '/projects', {}, {}, 400, '$.name is undefined'],
    ['POST', '/projects', { name: 'A', id: 'mine' }, {}, 400, '$.id is not allowed'],
    ['POST', '/projects', { name: 'A', statusId: 'x' }, {}, 400, '$.statusId is not a status of the company'],
    ['POST', '/projects', { name: 'A', parentProject: 'x' }, {}, 400, '$.parentProject is not a folder'],
    ['POST', '/projects', { name: 'A', projects: [] }, {}, 400, '$.projects only applies to type FOLDER'],
    ['PATCH', '/projects/nowhere', { name: 'A' }, {}, 404, 'Unable to find resource nowhere'],
    ['DELETE', '/projects/nowhere', undefined, {}, 404, 'Unable to find resource'],
    ['GET', '/projects?limit=101', undefined, {}, 400, '$.limit should be <= 100'],
    ['GET', '/projects?limit=x', undefined, {}, 400, '$.limit should be integer'],
    ['GET', '/projects?updatedSince=1', undefined, {}, 400, '$.updatedSince is not a known parameter'],
    [
      'GET',
      '/projects?paginationMode=cursor',
      undefined,
      {},
      400,
      '$.paginationMode should be equal to one of offset, token',
    ],
    ['GET', '/projects/nowhere/tasks', undefined, {}, 404, 'Unable to find resource nowhere'],
    ['POST', '/webhooks', { event: 'task.gone', url: 'https://a' }, {}, 400, null],
    ['POST', '/webhooks', { event: 'task.created', url: 'nowhere' }, {}, 400, null],
    ['GET', '/issues', undefined, {}, 404, 'Unable to find resource'],
  ] as const)('refuses %s %s %j %j with %i', async (method, path, body, headers, status, description) => {
    const reply = await ask(method, path, body, headers);
    expect(reply.status).toBe(status);
    expect(reply.body).toEqual({
      code: expect.any(String) as string,
      description: description ?? (expect.stringMatching(/^\$\.\w+ /) as string),
    });
  });

  it.each([
    [{ title: 'A', done: true }, '$.done is not allowed'],
    [{ title: '' }, /^\$\.title /],
    [{ title: 'A', assigneeId: 'nobody' }, '$.assigneeId is not a member of the company'],
  ])('refuses the new task %j', async (body, description) => {
    const reply = await ask('POST', `/projects/${ids['project Branch refit'] ?? ''}/tasks`, body);
    expect(reply.status).toBe(400);
    expect(reply.body['description']).toEqual(
      typeof description === 'string' ? description : (expect.stringMatching(description) as string),
    );
  });

  it('shows in lists only what is older than the lag, and by id everything at once', async () => {
    sandbox.faults.add({ listLagMs: { craftnote: 60_000 } });
    const { body } = await ask('POST', '/projects', { name: 'A' });
    expect(idsIn(await ask('GET', '/projects'), 'projects')).not.toContain(body['id']);
    expect((await ask('GET', `/projects/${body['id'] as string}`)).status).toBe(200);
  });

  it('shows no project to a key that lost sight of the company', async () => {
    sandbox.faults.add({ lostSight: { craftnote: { scopes: [ids['company'] ?? ''], as: 'missing' } } });
    expect((await ask('GET', '/projects')).body).toEqual({ projects: [] });
    expect((await ask('GET', `/projects/${ids['folder Archive'] ?? ''}`)).status).toBe(404);
  });

  it('a reset removes what was delivered; folders, statuses and the project of the tasks stay', async () => {
    await ask('POST', '/projects', { name: 'Delivered' });
    const tasks = `/projects/${ids['project Branch refit'] ?? ''}/tasks`;
    await ask('POST', tasks, { title: 'Delivered' });
    const { tools } = sandbox.world;
    tools.craftnote.reset();
    expect(tools.craftnote.side.cards().some(({ title }) => title === 'Delivered')).toBe(false);
    expect(sandbox.tools.craftnote.ids).toMatchObject({
      'folder From product': ids['folder From product'],
      'project Branch refit': ids['project Branch refit'],
      'status Done': ids['status Done'],
    });
    expect(listOf(await ask('GET', tasks), 'tasks')).toHaveLength(2);
  });
});
