import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, running, type Running } from '../running.js';

describe('sandbox/craft/craft', () => {
  let box: Running;
  beforeAll(async () => {
    box = await running();
  });
  afterAll(() => box.close());

  const items = (query = ''): string => `/workspace/${box.craft.workspaceId}/items${query}`;
  const first = async (): Promise<string> => String((await box.guide('GET', items('?limit=1'))).body.items[0].id);

  describe('reading', () => {
    it('lists the ready items by the name of the status, as the guide asks', async () => {
      const { status, body } = await box.guide('GET', items('?status=Ready%20for%20Development&limit=100'));
      expect(status).toBe(200);
      expect(body.items.length).toBeGreaterThan(8);
      expect(new Set(body.items.map((item) => item.status.name))).toEqual(new Set(['Ready for Development']));
    });

    it('pages by page and limit, and tells the total', async () => {
      const one = await box.guide('GET', items('?page=1&limit=8'));
      const three = await box.guide('GET', items('?page=3&limit=8'));
      expect(one.body.metadata).toEqual({ currentPage: 1, perPage: 8, totalPages: 3, totalRecords: 21 });
      expect(three.body.items).toHaveLength(5);
    });

    it('gives no more than 100 items a page, and says so in perPage', async () => {
      const { body } = await box.guide('GET', items('?limit=1000'));
      expect(body.metadata.perPage).toBe(100);
    });

    it.each(['page=0', 'page=x', 'limit=0', 'limit=-1', 'keyword=a', 'updated_from=yesterday'])(
      'refuses %s with 400',
      async (query) => {
        const { status, body } = await box.guide('GET', items(`?${query}`));
        expect(status).toBe(400);
        expect(body).toEqual({ message: expect.any(String) as string });
      },
    );

    it('filters by type, short id and time of update', async () => {
      const { body } = await box.swagger('GET', items('?type=Epic,Product&fields=all'));
      expect(body.items.map((item) => item.type).sort()).toEqual(['Epic', 'Epic', 'Product']);
      const shortId = body.items[0].shortId;
      expect((await box.swagger('GET', items(`?shortId=${shortId}`))).body.items).toHaveLength(1);
      const future = await box.swagger('GET', items('?updated_from=2999-01-01T00:00:00.000Z'));
      expect(future.body.items).toEqual([]);
    });

    it.each([
      ['of a list', () => items('?state=x')],
      ['of an item', () => `/item/${[...box.world.craft.items.values()][0]?.id ?? ''}?expand=all`],
      [
        'of a feedback item',
        () => `/feedback_item/${[...box.world.craft.feedback.items.values()][0]?.id ?? ''}?fields=all`,
      ],
    ])('refuses a query %s that no document has', async (_what, path) => {
      for (const dialect of ['guide', 'swagger'] as const) {
        expect((await box[dialect]('GET', path())).status).toBe(400);
        expect((await box[dialect]('GET', path().split('?')[0] ?? '')).status).toBe(200);
      }
    });

    it('answers a short id in parents with an empty list, no error', async () => {
      const { status, body } = await box.swagger('GET', items('?parents=MBK-101'));
      expect([status, body.items]).toEqual([200, []]);
    });

    it('leaves description and custom fields out of the Swagger’s lists unless fields asks for them', async () => {
      const bare = await box.swagger('GET', items('?limit=1'));
      const full = await box.swagger('GET', items('?limit=1&fields=all'));
      expect(Object.keys(bare.body.items[0])).not.toContain('description');
      expect(Object.keys(full.body.items[0])).toEqual(
        expect.arrayContaining(['description', 'customFields', 'effort']),
      );
    });

    it('answers a bare array in the guide when switched to that', async () => {
      box.behaviour.craftGuideList = 'array';
      const { body } = await box.guide('GET', items());
      box.behaviour.craftGuideList = 'envelope';
      expect(Array.isArray(body)).toBe(true);
    });

    it('has ids above 2^53, as strings', async () => {
      const id = await first();
      expect(BigInt(id) > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
    });

    it('reads an item only by its id: a short id finds nothing', async () => {
      const id = await first();
      const { status, body } = await box.guide('GET', `/item/${id}`);
      expect([status, body.id]).toEqual([200, id]);
      const missing = await box.guide('GET', `/item/${body.shortId}`);
      expect([missing.status, missing.body]).toEqual([404, { message: 'No item found' }]);
    });

    it('lists workspaces only for the account', async () => {
      const { body } = await box.guide('GET', `/workspaces/${box.craft.accountId}`);
      expect(body).toContainEqual({ id: box.craft.workspaceId, name: 'Mobile banking' });
      const other = await box.guide('GET', '/workspaces/1');
      expect([other.status, other.body]).toEqual([401, { message: 'No access to account' }]);
    });

    it('lists the custom fields with id, name and type', async () => {
      const { body } = await box.guide('GET', `/workspace/${box.craft.workspaceId}/custom_fields`);
      expect(body.map((field) => field.name)).toEqual(
        expect.arrayContaining(['team', 'dev_status', 'dev_link', 'dev_key', 'dev_state', 'dev_lock']),
      );
      expect(body[0]).toEqual({
        id: expect.any(String) as string,
        name: 'team',
        type: 'dropdown',
        values: ['mobile', 'web', 'branches', 'core'],
      });
    });

    it('introspects the key only in the Swagger', async () => {
      expect((await box.swagger('GET', '/me/api-key')).body.accountId).toBe(box.craft.accountId);
      expect((await box.guide('GET', '/me/api-key')).status).toBe(404);
    });
  });

  describe('entering', () => {
    it('knows each dialect by its own header', async () => {
      const key = box.craft.apiKey;
      const list = `${box.craft.guideUrl}${items()}`;
      expect((await ask(list, { headers: { 'x-api-key': key } })).status).toBe(401);
      expect((await ask(list, { headers: {} })).body).toEqual({ message: 'No access to account' });
      expect((await ask(list, { headers: { 'x-craft-api-key': `${key}x` } })).status).toBe(401);
      const swagger = `${box.craft.swaggerUrl}${items()}`;
      expect((await ask(swagger, { headers: { 'x-craft-api-key': key } })).status).toBe(401);
      expect((await ask(swagger, { headers: { 'x-api-key': key } })).status).toBe(200);
    });

    it.each([
      ['GET', '/items'],
      ['POST', '/workspace/1/items'],
      ['PUT', '/item'],
      ['PATCH', '/item/1'],
    ])('answers %s %s with 404 in the guide, which has no such route', async (method, path) => {
      const { status, body } = await box.guide(method, path, method === 'GET' ? undefined : {});
      expect([status, body]).toEqual([404, { message: 'No item found' }]);
    });
  });

  describe('writing', () => {
    it('updates only what the guide’s PUT provides, and keeps other custom fields', async () => {
      const id = await first();
      const before = (await box.guide('GET', `/item/${id}`)).body;
      const put = await box.guide('PUT', items(`/${id}`), {
        customFieldValues: [{ fieldId: 'dev_status', value: 'Done' }],
      });
      await box.guide('PUT', items(`/${id}`), { customFieldValues: [{ fieldId: 'dev_key', value: 'MOB-1' }] });
      const after = (await box.guide('GET', `/item/${id}`)).body;
      expect(put.status).toBe(200);
      expect(after.customFields.map((field) => [field.name, field.value])).toEqual(
        expect.arrayContaining([
          ['dev_status', 'Done'],
          ['dev_key', 'MOB-1'],
        ]),
      );
      expect(after.title).toBe(before.title);
      expect(after.status).toEqual(before.status);
      expect(after.updateTime > before.updateTime).toBe(true);
    });

    it('drops the custom fields that a PUT does not name when switched to replace', async () => {
      const id = await first();
      box.behaviour.craftCustomFields = 'replace';
      const { body } = await box.guide('PUT', items(`/${id}`), {
        customFieldValues: [{ fieldId: 'dev_state', value: 'x' }],
      });
      box.behaviour.craftCustomFields = 'merge';
      expect(body.customFields.map((field) => field.name)).toEqual(['dev_state']);
    });

    it('takes a status by its name in the guide, by its id in the Swagger', async () => {
      const id = await first();
      const guide = await box.guide('PUT', items(`/${id}`), { status: 'In Development' });
      expect(guide.body.status.name).toBe('In Development');
      const statusId = guide.body.status.id;
      await box.guide('PUT', items(`/${id}`), { status: 'New' });
      const swagger = await box.swagger('PUT', '/item', { id, status: { id: statusId } });
      expect(swagger.body.status).toEqual({ id: statusId, name: 'In Development' });
      expect((await box.guide('PUT', items(`/${id}`), { status: { id: statusId } })).status).toBe(400);
      expect((await box.swagger('PUT', '/item', { id, status: { id: 'In Development' } })).status).toBe(400);
      expect((await box.swagger('PUT', '/item', { id, status: 'In Development' })).status).toBe(400);
    });

    it('takes custom fields by id in the Swagger, and empties one with null', async () => {
      const id = await first();
      const fields = (await box.swagger('GET', `/workspace/${box.craft.workspaceId}/custom_fields`)).body;
      const field = fields.find((candidate) => candidate.name === 'dev_lock')?.id;
      const set = await box.swagger('PUT', '/item', { id, customFields: [{ id: field, value: 'View only' }] });
      expect(set.body.customFields).toContainEqual({ id: field, name: 'dev_lock', value: 'View only' });
      const emptied = await box.swagger('PUT', '/item', { id, customFields: [{ id: field, value: null }] });
      expect(emptied.body.customFields.map((one) => one.id)).not.toContain(field);
      const byName = await box.swagger('PUT', '/item', { id, customFields: [{ id: 'dev_lock', value: 'x' }] });
      expect([byName.status, byName.body.message]).toEqual([400, 'Validation Failed']);
    });

    it.each([
      ['an effort as a text', { effort: '3' }],
      ['an effort of null', { effort: null }],
      ['labels as a text', { labels: 'a, b' }],
      ['an importance by its name', { importance: 'High' }],
      ['a type', { type: 'Story' }],
      ['an assignee without a team', { assignee: { id: '1' } }],
      ['a custom field as a number', { customFields: [{ id: 'customer_requests', value: 3 }] }],
      ['a property of reads', { webUrl: 'https://a.example' }],
    ])('refuses %s in the Swagger’s PUT with 400: its ItemUpdate is exact', async (_what, body) => {
      const id = await first();
      const shown = (await box.swagger('GET', `/item/${id}`)).body;
      expect((await box.swagger('PUT', '/item', { id, ...body })).status).toBe(400);
      expect((await box.swagger('GET', `/item/${id}`)).body).toEqual(shown);
    });

    it.each([
      ['an unknown property', { nonsense: 1 }],
      ['the other dialect’s custom fields', { customFields: [] }],
      ['an unknown property of a value', { customFieldValues: [{ fieldId: 'dev_status', value: 'x', name: 'y' }] }],
      ['an unknown custom field', { customFieldValues: [{ fieldId: 'nope', value: 'x' }] }],
      ['a value of another type', { customFieldValues: [{ fieldId: 'customer_requests', value: 'many' }] }],
      ['a value that a dropdown does not have', { customFieldValues: [{ fieldId: 'team', value: 'desktop' }] }],
      ['an unknown status', { status: 'Nearly ready' }],
      ['a title of another type', { title: 7 }],
      ['something that is no object', []],
    ])('refuses %s in the guide’s PUT with 400 and writes nothing', async (_what, body) => {
      const id = await first();
      const before = (await box.guide('GET', `/item/${id}`)).body;
      const { status, body: answer } = await box.guide('PUT', items(`/${id}`), body);
      expect(status).toBe(400);
      expect(answer).toEqual({ message: 'Validation Failed', details: expect.any(Object) as object });
      expect((await box.guide('GET', `/item/${id}`)).body).toEqual(before);
    });

    it('does not find an item below another workspace', async () => {
      const id = await first();
      const { status } = await box.guide('PUT', `/workspace/1/items/${id}`, { title: 'x' });
      expect(status).toBe(404);
    });

    it.each([
      ['text/plain', '{}', 415],
      ['application/x-www-form-urlencoded', '{}', 415],
      ['application/json', '{"customFieldValues": [{"fieldId": "dev_status", "value": "Done"},]}', 400],
      ['application/json', '', 400],
    ])('answers a body of %s, %s with %i', async (type, body, expected) => {
      const id = await first();
      const headers = { 'x-craft-api-key': box.craft.apiKey, 'content-type': type };
      const { status } = await ask(`${box.craft.guideUrl}${items(`/${id}`)}`, { method: 'PUT', headers, body });
      expect(status).toBe(expected);
    });

    it('creates and deletes items in the Swagger', async () => {
      const draft = { type: 'Story', workspaceId: box.craft.workspaceId, title: 'New', parent: null };
      const created = await box.swagger('POST', '/item', draft);
      expect([created.status, created.body.title]).toEqual([200, 'New']);
      const id = created.body.id;
      expect((await box.swagger('DELETE', `/item/${id}`)).status).toBe(200);
      expect((await box.swagger('GET', `/item/${id}`)).status).toBe(404);
      const { parent: _left, ...incomplete } = draft;
      expect((await box.swagger('POST', '/item', incomplete)).status).toBe(400);
    });
  });
});
