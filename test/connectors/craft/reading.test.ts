import { afterEach, describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/domain/errors.js';
import { type CraftServerOptions, KEY, PORTAL, PORTFOLIO, WORKSPACE } from './craftServer.js';
import { collect, DEVELOPING, idOf, item, READY, read, setUp, type SetUp } from './setUp.js';

const opened: SetUp[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
async function open(options: CraftServerOptions): Promise<SetUp> {
  const made = await setUp(options);
  opened.push(made);
  return made;
}

const source = { workspace: WORKSPACE };
const readyRule = { status: 'Ready for Development', types: ['Feature', 'Story'], where: [] };
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index + 1));

describe('src/connectors/craft/items.ts', () => {
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

  it('does not ask the server for a status by id until it knows its name', async () => {
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

  it('says null for an item that does not exist, and throws what else fails', async () => {
    const { server, craft } = await open({ dialect: 'swagger', items: [item(1)] });
    expect(await craft.readItem(source, idOf(2), read)).toBeNull();
    server.options.intercept = () => ({ status: 403, body: { message: 'Access denied' } });
    await expect(craft.readItem(source, idOf(1), read)).rejects.toMatchObject({ kind: 'forbidden' });
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

  it('reads initiatives one by one, but not those whose listed status does not match', async () => {
    const initiatives = [item(1), item(2, { status: DEVELOPING }), item(3), { ...item(4), title: null }];
    const { server, craft } = await open({ dialect: 'guide', initiatives });
    server.options.intercept = ({ path }) =>
      path === `/portfolio_item/${idOf(3)}` ? { status: 404, body: { message: 'gone' } } : null;
    const { ids, pages } = await collect(
      craft.listReady({ portfolio: PORTFOLIO }, { ...readyRule, types: null }, read),
    );
    expect(ids).toEqual([idOf(1)]);
    expect(pages[0]?.malformed).toEqual([
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
    expect(server.calls()).toEqual([`GET /feedback_portal/${PORTAL}/feedback_items`, `GET /feedback_item/${idOf(1)}`]);
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
});

describe('src/connectors/craft/paging.ts', () => {
  it('reads every page, and no page after the last one that the server names', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(200) });
    expect((await collect(craft.listAll(source, read))).ids).toHaveLength(200);
    expect(server.requests.map(({ query }) => query['page'])).toEqual(['1', '2']);
  });

  it('ends on a short page where the server gives the items alone', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(130), bare: true });
    expect((await collect(craft.listAll(source, read))).ids).toHaveLength(130);
    expect(server.requests).toHaveLength(2);
  });

  it('goes on where the server keeps to its own, smaller pages', async () => {
    for (const bare of [true, false]) {
      const { craft } = await open({ dialect: 'guide', items: items(120), pageSize: 50, bare });
      expect((await collect(craft.listAll(source, read))).ids).toHaveLength(120);
    }
  });

  it('does not loop on a server that ignores the page', async () => {
    for (const count of [20, 100, 250]) {
      const { server, craft } = await open({ dialect: 'guide', items: items(count), bare: true, ignoresPage: true });
      expect((await collect(craft.listAll(source, read))).ids).toHaveLength(count);
      expect(server.requests.length).toBeLessThanOrEqual(2);
    }
  });

  it('yields an item once that the server shows on two pages', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(150) });
    server.options.intercept = (_, count) => {
      if (count === 2) server.options.items?.unshift(item(999));
      return null;
    };
    const { ids } = await collect(craft.listAll(source, read));
    expect(ids).toHaveLength(150);
    expect(new Set(ids).size).toBe(150);
  });

  it('is not led astray by metadata that is not as documented', async () => {
    const { server, craft } = await open({ dialect: 'guide' });
    server.options.intercept = () => ({ status: 200, body: { items: [item(1)], metadata: { totalPages: 'many' } } });
    expect((await collect(craft.listAll(source, read))).ids).toEqual([idOf(1)]);
  });

  it('refuses an answer that is no list, without showing it', async () => {
    const { server, craft } = await open({ dialect: 'guide' });
    server.options.intercept = () => ({ status: 200, body: { things: ['Hidden plan'] } });
    const failed = collect(craft.listAll(source, read));
    await expect(failed).rejects.toMatchObject({ kind: 'unexpected-response' });
    await expect(failed).rejects.not.toThrow('Hidden plan');
  });

  it('beats the heart between pages', async () => {
    const { craft } = await open({ dialect: 'guide', items: items(250) });
    let beats = 0;
    await collect(craft.listAll(source, { ...read, heartbeat: () => (beats += 1) }));
    expect(beats).toBe(2);
  });
});

describe('src/connectors/craft/fields.ts', () => {
  const fields = [{ id: '11', name: 'team' }];
  const listing = `GET /workspace/${WORKSPACE}/custom_fields`;
  const count = ({ server }: SetUp) => server.calls().filter((one) => one === listing).length;

  it('keeps the list for five minutes', async () => {
    const made = await open({
      dialect: 'guide',
      fields,
      items: [item(1, { customFields: [{ id: '11', value: 'a' }] })],
    });
    await made.craft.readItem(source, idOf(1), read);
    await made.craft.readItem(source, idOf(1), read);
    expect(count(made)).toBe(1);
    made.clock.ms += 5 * 60_000 + 1;
    await made.craft.readItem(source, idOf(1), read);
    expect(count(made)).toBe(2);
  });

  it('reads it again on a miss, but not for each item that has the same unlisted field', async () => {
    const made = await open({
      dialect: 'guide',
      fields,
      items: [item(1, { customFields: [{ id: '11', value: 'a' }] })],
    });
    await made.craft.readItem(source, idOf(1), read);
    made.server.options.items = [item(1, { customFields: [{ id: '12', value: 'b' }] })];
    made.server.options.fields = [...fields, { id: '12', name: 'new' }];
    expect((await made.craft.readItem(source, idOf(1), read))?.customFields[0]?.name).toBe('new');
    expect(count(made)).toBe(2);
    made.server.options.items = [item(1, { customFields: [{ id: '13', value: 'b' }] })];
    for (let times = 0; times < 3; times += 1) await made.craft.readItem(source, idOf(1), read);
    expect(count(made)).toBe(3);
  });

  it('reads it once for callers that ask at the same moment', async () => {
    const made = await open({
      dialect: 'guide',
      fields,
      items: [item(1, { customFields: [{ id: '11', value: 'a' }] })],
    });
    await Promise.all(Array.from({ length: 5 }, () => made.craft.readItem(source, idOf(1), read)));
    expect(count(made)).toBe(1);
  });

  it('lists the fields of a workspace, of a portfolio, and none of a portal', async () => {
    const { server, craft } = await open({ dialect: 'guide', fields });
    expect(await craft.customFields(source, read)).toMatchObject(fields);
    expect(await craft.customFields({ portfolio: PORTFOLIO }, read)).toMatchObject(fields);
    expect(await craft.customFields({ feedbackPortal: PORTAL }, read)).toEqual([]);
    expect(server.calls()).toEqual([listing, `GET /portfolio/${PORTFOLIO}/portfolio_fields`]);
  });
});
