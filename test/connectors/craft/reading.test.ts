import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../domain/errors.js';
import { renderFields } from '../../../domain/rules/fields.js';
import { pipelineWith } from '../../fixtures/craftItems.js';
import { type CraftServerOptions, KEY, PORTAL, PORTFOLIO, WORKSPACE } from './craftServer.js';
import { collect, DEVELOPING, idOf, item, READY, read, open } from './setUp.js';

const source = { workspace: WORKSPACE };
const readyRule = { status: 'Ready for Development', types: ['Feature', 'Story'], where: [] };
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index + 1));

describe('connectors/craft/reading', () => {
  it("asks for ready items as the guide does, with the guide's header", async () => {
    const { server, craft } = await open({ dialect: 'guide', items: [item(1), item(2, { status: DEVELOPING })] });
    const { ids } = await collect(craft.listReady(source, readyRule, read));
    expect(ids).toEqual([idOf(1)]);
    const [request] = server.requests;
    expect(request?.rawUrl).toBe(
      `/workspace/${WORKSPACE}/items?status=Ready%20for%20Development&page=1&limit=100&fields=all`,
    );
    expect(request?.headers).toMatchObject({ 'x-craft-api-key': KEY });
    expect(request?.headers).not.toHaveProperty('x-api-key');
  });

  it("sends the types only in the Swagger's dialect, with its header", async () => {
    const { server, craft } = await open({ dialect: 'swagger', items: [item(1), item(2, { type: 'Epic' })] });
    const { ids } = await collect(craft.listReady(source, readyRule, read));
    expect(ids).toEqual([idOf(1)]);
    expect(server.requests[0]?.query).toEqual({
      status: 'Ready for Development',
      type: 'Feature,Story',
      page: '1',
      limit: '100',
      fields: 'all',
    });
    expect(server.requests[0]?.headers).toMatchObject({ 'x-api-key': KEY });
  });

  it('does not filter by a status given by id until it knows its name', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: [item(1)] });
    const byId = { status: READY.id, types: null, where: [] };
    expect((await collect(craft.listReady(source, byId, read))).ids).toEqual([idOf(1)]);
    expect(server.requests[0]?.query).not.toHaveProperty('status');
    await collect(craft.listReady(source, byId, read));
    expect(server.requests[1]?.query).toHaveProperty('status', 'Ready for Development');
  });

  it('maps an item with the names of its custom fields, keeping ids as text and all properties', async () => {
    const customFields = [
      { id: '2305843010172190992', value: 'mobile' },
      { id: '2305843010172190993', values: ['ios', 'android'] },
      { id: '2305843010172190994', name: 'carried', value: null },
    ];
    const fields = [
      { id: '2305843010172190992', name: 'team' },
      { id: '2305843010172190993', name: 'platforms' },
    ];
    const given = item(1, { customFields, parent: { id: '2305843010000000099', title: 'Theming' } });
    const { craft } = await open({ dialect: 'guide', items: [given], fields });
    expect(await craft.readItem(source, idOf(1), read)).toEqual({
      id: idOf(1),
      shortId: 'CRK-1',
      type: 'Feature',
      title: 'Title 1',
      description: null,
      webUrl: 'https://app.example/1',
      status: READY,
      parentId: '2305843010000000099',
      updateTime: '2026-11-21T10:00:00.000Z',
      customFields: [
        { id: '2305843010172190992', name: 'team', value: 'mobile' },
        { id: '2305843010172190993', name: 'platforms', value: 'ios, android' },
        { id: '2305843010172190994', name: 'carried', value: null },
      ],
      properties: given,
    });
  });

  it('asks for no list of custom fields when items carry the names', async () => {
    const customFields = [{ id: '11', name: 'team', value: 'mobile' }];
    const { server, craft } = await open({ dialect: 'guide', items: [item(1, { customFields })] });
    await collect(craft.listAll(source, read));
    expect(server.calls()).toEqual([`GET /workspace/${WORKSPACE}/items`]);
  });

  it('returns null for an item that does not exist, and throws every other failure', async () => {
    const { server, craft } = await open({ dialect: 'swagger', items: [item(1)] });
    expect(await craft.readItem(source, idOf(2), read)).toBeNull();
    server.options.intercept = () => ({ status: 403, body: { message: 'Access denied' } });
    const refusal = { kind: 'forbidden', details: { byId: true } };
    await expect(craft.readItem(source, idOf(1), read)).rejects.toMatchObject(refusal);
    const listing = collect(craft.listAll(source, read));
    await expect(listing).rejects.not.toHaveProperty('details.byId');
    server.options.intercept = () => ({
      status: 404,
      body: null,
      text: '<!doctype html>',
      headers: { 'content-type': 'text/html' },
    });
    await expect(craft.readItem(source, idOf(1), read)).rejects.toMatchObject({ kind: 'unexpected-response' });
  });

  it('sets one malformed entry aside and goes on with the others', async () => {
    const broken: CraftServerOptions['items'] = [
      item(1),
      item(2, { title: 42 }),
      { shortId: 'CRK-3', id: null, title: 'No id' },
      item(4, { customFields: 'none' as unknown as [] }),
      item(5, { status: 'Ready for Development' as unknown as null }),
      item(6, { someday: { anything: [1, 2] }, effort: {} }),
    ];
    const { craft } = await open({ dialect: 'guide', items: broken });
    const { ids, pages } = await collect(craft.listAll(source, read));
    expect(ids).toEqual([idOf(1), idOf(5), idOf(6)]);
    expect(pages[0]?.malformed).toEqual([
      { id: idOf(2), shortId: 'CRK-2', problem: 'title is a number, a string is documented' },
      { id: null, shortId: 'CRK-3', problem: 'id is null, a string is documented' },
      { id: idOf(4), shortId: 'CRK-4', problem: 'customFields is a string, a list is documented' },
    ]);
    expect(pages[0]?.items[1]?.status).toEqual({ id: null, name: 'Ready for Development' });
  });

  it('reads an item without a title: the rules decide what that means, as for any empty field', async () => {
    const bare = { id: idOf(1), shortId: 'CRK-1', status: READY };
    const { craft } = await open({ dialect: 'swagger', items: [bare], feedback: [bare] });
    const { pages } = await collect(craft.listAll(source, read));
    expect(pages[0]).toMatchObject({ items: [{ id: idOf(1), title: '' }], malformed: [] });
    const item = await craft.readItem(source, idOf(1), read);
    if (item === null) throw new Error('no item');
    expect(renderFields(item, { ...pipelineWith(), fields: {} })).toMatchObject({
      status: 'blocked',
      reason: 'missing-field',
    });
    expect(await craft.readItem({ feedbackPortal: PORTAL }, idOf(1), read)).toMatchObject({ title: '' });
  });

  it('never uses an id that arrived as a number too large to be exact', async () => {
    const { server, craft } = await open({ dialect: 'guide' });
    const text = `[{"id":2305843010635321217,"shortId":"CRK-1","title":"A"},{"id":77,"shortId":"CRK-2","title":"B"}]`;
    server.options.intercept = () => ({ status: 200, body: null, text });
    const { ids, pages } = await collect(craft.listAll(source, read));
    expect(ids).toEqual(['77']);
    expect(pages[0]?.malformed).toEqual([
      { id: null, shortId: 'CRK-1', problem: 'id is a number too large to be exact, a string is documented' },
    ]);
  });

  it('names the property of a single item that is not as documented, and no text of it', async () => {
    const { server, craft } = await open({
      dialect: 'guide',
      items: [item(1, { title: 42, description: 'Hidden plan' })],
    });
    const failed = craft.readItem(source, idOf(1), read);
    await expect(failed).rejects.toThrow(
      'craft: GET /item/{id} answered CRK-1 not as documented: title is a number, a string is documented',
    );
    await expect(failed).rejects.toMatchObject({ kind: 'unexpected-response' });
    server.options.intercept = () => ({ status: 200, body: item(2) });
    await expect(craft.readItem(source, idOf(1), read)).rejects.toThrow('answered another item');
    server.options.intercept = () => ({ status: 200, body: [item(1)] });
    expect(await craft.readItem(source, idOf(1), read)).toMatchObject({ id: idOf(1) });
    server.options.intercept = () => ({ status: 200, body: null, text: 'null' });
    await expect(craft.readItem(source, idOf(1), read)).rejects.toBeInstanceOf(ToolError);
  });

  it('hands each initiative on as soon as it was read: the others may take minutes', async () => {
    const { server, craft } = await open({ dialect: 'guide', initiatives: [item(1), item(2), item(3)] });
    const singly: number[] = [];
    for await (const { items: page } of craft.listAll({ portfolio: PORTFOLIO }, read)) {
      expect(page).toHaveLength(1);
      singly.push(server.calls().filter((call) => call.startsWith('GET /portfolio_item/')).length);
    }
    expect(singly).toEqual([1, 2, 3]);
  });

  it('an initiative that the key may not read stops no other, and is named', async () => {
    const { server, craft } = await open({ dialect: 'guide', initiatives: [item(1), item(2), item(3)] });
    server.options.intercept = ({ path }) =>
      path === `/portfolio_item/${idOf(2)}` ? { status: 403, body: { message: 'Access denied' } } : null;
    const { ids, pages } = await collect(craft.listAll({ portfolio: PORTFOLIO }, read));
    expect(ids).toEqual([idOf(1), idOf(3)]);
    expect(pages.flatMap(({ malformed }) => malformed)).toMatchObject([
      { id: idOf(2), problem: expect.stringContaining('403') as string },
    ]);
  });

  it.each([
    ['a workspace', source, { items: [item(1), item(2)] }],
    ['a portfolio', { portfolio: PORTFOLIO }, { initiatives: [item(1), item(2)] }],
  ])('lists the ids in %s without a single read, though no single read is answered', async (_what, from, served) => {
    const { server, craft } = await open({ dialect: 'guide', ...served });
    server.options.intercept = ({ path }) =>
      /item\//.test(path) ? { status: 404, body: { message: 'No item found' } } : null;
    const ids: string[] = [];
    for await (const page of craft.listIds(from, read)) ids.push(...page);
    expect(ids).toEqual([idOf(1), idOf(2)]);
    expect(server.requests).toHaveLength(1);
  });

  it('reads initiatives one by one, but not those whose listed status does not match', async () => {
    const initiatives = [item(1), item(2, { status: DEVELOPING }), item(3), { ...item(4), title: null }];
    const { server, craft } = await open({ dialect: 'guide', initiatives });
    server.options.intercept = ({ path }) =>
      path === `/portfolio_item/${idOf(3)}` ? { status: 404, body: { message: 'gone' } } : null;
    const { ids, pages } = await collect(
      craft.listReady({ portfolio: PORTFOLIO }, { ...readyRule, types: null }, read),
    );
    expect(ids).toEqual([idOf(1)]);
    expect(pages.flatMap(({ malformed }) => malformed)).toEqual([
      { id: idOf(4), shortId: 'CRK-4', problem: 'title is null, a string is documented' },
    ]);
    expect(server.calls()).toEqual([
      `GET /portfolio/${PORTFOLIO}/items`,
      `GET /portfolio_item/${idOf(1)}`,
      `GET /portfolio_item/${idOf(3)}`,
      `GET /portfolio_item/${idOf(4)}`,
    ]);
    expect(server.requests[0]?.query).toEqual({ page: '1', limit: '100', fields: 'all' });
  });

  it('reads feedback items as a source, and refuses to write them', async () => {
    const { server, craft } = await open({
      dialect: 'guide',
      feedback: [item(1, { status: { id: '1', name: 'New' } })],
    });
    const portal = { feedbackPortal: PORTAL };
    expect((await collect(craft.listReady(portal, { status: 'New', types: null, where: [] }, read))).ids).toEqual([
      idOf(1),
    ]);
    expect(await craft.readItem(portal, idOf(1), read)).toMatchObject({ id: idOf(1) });
    expect(server.requests.map(({ rawUrl }) => rawUrl)).toEqual([
      `/feedback_portal/${PORTAL}/feedback_items?status=New&page=1&limit=100&fields=all`,
      `/feedback_item/${idOf(1)}`,
    ]);
    const authorise = () => Promise.reject(new Error('asked for a lease'));
    const written = craft.writeItem(portal, idOf(1), { status: 'x' }, { callClass: 'hand-over', authorise });
    await expect(written).rejects.toMatchObject({ kind: 'invalid', details: { notSent: true } });
    expect(server.requests).toHaveLength(2);
  });

  it('finds an item by short id: by query in the Swagger, in the listing by the guide', async () => {
    const swagger = await open({ dialect: 'swagger', items: items(150) });
    expect(await swagger.craft.findItem(source, 'CRK-120', read)).toMatchObject({ id: idOf(120) });
    expect(swagger.server.requests[0]?.query).toMatchObject({ shortId: 'CRK-120' });
    expect(swagger.server.calls()).toEqual([`GET /workspace/${WORKSPACE}/items`, `GET /item/${idOf(120)}`]);
    const guide = await open({ dialect: 'guide', items: items(150) });
    expect(await guide.craft.findItem(source, 'CRK-120', read)).toMatchObject({ id: idOf(120) });
    expect(guide.server.requests.map(({ query }) => query['page'])).toEqual(['1', '2', undefined]);
    expect(await guide.craft.findItem(source, 'CRK-999', read)).toBeNull();
  });

  it('finds an item by id with one request', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(3) });
    expect(await craft.findItem(source, idOf(2), read)).toMatchObject({ shortId: 'CRK-2' });
    expect(await craft.findItem(source, idOf(9), read)).toBeNull();
    expect(server.calls()).toEqual([`GET /item/${idOf(2)}`, `GET /item/${idOf(9)}`]);
  });

  it('requests all fields of a single item; where the guide refuses that, once, then without the query', async () => {
    const customFields = [{ id: '11', name: 'team', value: 'mobile' }];
    const [workItems, initiatives] = [[item(1, { customFields })], [item(2, { customFields })]];
    const whole = { customFields: [{ id: '11', name: 'team', value: 'mobile' }] };
    const guide = await open({ dialect: 'guide', items: workItems, initiatives, bareSingles: true });
    const urls = () => guide.server.requests.splice(0).map(({ rawUrl }) => rawUrl);
    expect(await guide.craft.readItem(source, idOf(1), read)).toMatchObject(whole);
    expect(urls()).toEqual([`/item/${idOf(1)}?fields=all`, `/item/${idOf(1)}`]);
    expect(await guide.craft.readItem({ portfolio: PORTFOLIO }, idOf(2), read)).toMatchObject(whole);
    expect(urls()).toEqual([`/portfolio_item/${idOf(2)}?fields=all`, `/portfolio_item/${idOf(2)}`]);
    expect(await guide.craft.readItem(source, idOf(1), read)).toMatchObject(whole);
    expect(urls()).toEqual([`/item/${idOf(1)}`]);
    expect(guide.memory.stored.size).toBe(0);
  });

  it('does not mistake a refused id for a refused query', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: [item(1)] });
    server.options.intercept = ({ path }) =>
      path === '/item/MOB' ? { status: 400, body: { message: 'Invalid item ID' } } : null;
    await expect(craft.readItem(source, 'MOB', read)).rejects.toMatchObject({ kind: 'invalid' });
    await craft.readItem(source, idOf(1), read);
    expect(server.requests.at(-1)?.rawUrl).toBe(`/item/${idOf(1)}?fields=all`);
    const swagger = await open({ dialect: 'swagger', items: [item(1)], bareSingles: true });
    await expect(swagger.craft.readItem(source, idOf(1), read)).rejects.toMatchObject({ kind: 'invalid' });
    expect(swagger.server.requests).toHaveLength(1);
  });
});
