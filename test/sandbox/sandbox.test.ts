import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { sandboxConfiguration } from '../../sandbox/configuration/configuration.js';
import type { Part, Parts } from './part.js';
import { ask, running, type Running } from './running.js';

describe('sandbox/sandbox', () => {
  let box: Running;
  beforeEach(async () => {
    box = await running();
  });
  afterEach(() => box.close());

  const ready = async (): Promise<Parts> =>
    (await box.guide('GET', `/workspace/${box.craft.workspaceId}/items?status=Ready%20for%20Development&limit=100`))
      .body.items;

  describe('the seeded world', () => {
    it('is the same for the same seed and another for another', async () => {
      const again = await running();
      const other = await running({ seed: 2 });
      const ids = (one: Running): string[] => [...one.world.craft.items.values()].map(({ id }) => id);
      expect(ids(again)).toEqual(ids(box));
      expect(again.craft.apiKey).toBe(box.craft.apiKey);
      expect(ids(other)).not.toEqual(ids(box));
      await Promise.all([again.close(), other.close()]);
    });

    it('has ready items, among them some that lack a description or have an effort that no table knows', async () => {
      const items = (await ready()).filter((item) => item.customFields.some((field) => field.value === 'mobile'));
      expect(items.filter((item) => item.description === null)).toHaveLength(1);
      expect(items.filter((item) => ![1, 2, 3].includes(item.effort as number))).toHaveLength(1);
      expect(items.length).toBeGreaterThanOrEqual(10);
      expect(box.world.craft.items.size - items.length).toBeGreaterThanOrEqual(8);
    });

    it('gets 10,000 more ready items in a few seconds, each with an id of its own', async () => {
      const before = (await ready()).length;
      const { body } = await box.admin('POST', '/seed', { ready: 10_000 });
      expect(new Set(body.ids).size).toBe(10_000);
      const { body: page } = await box.guide(
        'GET',
        `/workspace/${box.craft.workspaceId}/items?status=Ready%20for%20Development&limit=100&page=100`,
      );
      expect(page.metadata.totalRecords).toBe(before + 10_000);
      expect(page.items).toHaveLength(100);
    }, 60_000);
  });

  describe('people', () => {
    const anItem = async (): Promise<Part> => (await ready())[0];

    it('mark ready, un-ready, edit and delete in Craft.io, by short id', async () => {
      const { shortId, id } = await anItem();
      expect(box.act({ as: 'product-manager', action: 'unready', id: shortId })).toEqual({
        status: 'done',
        id,
        key: shortId,
      });
      expect((await box.guide('GET', `/item/${id}`)).body.status.name).toBe('In Definition');
      box.act({ as: 'product-manager', action: 'mark-ready', id });
      expect((await box.guide('GET', `/item/${id}`)).body.status.name).toBe('Ready for Development');
      box.act({
        as: 'product-manager',
        action: 'edit',
        id,
        edit: { title: 'T', effort: null, customFields: { dev_lock: 'x', team: null } },
      });
      const edited = (await box.guide('GET', `/item/${id}`)).body;
      expect(edited).toMatchObject({ title: 'T', effort: null });
      expect(edited.customFields.map((field) => field.name)).toEqual(['dev_lock']);
      box.act({ as: 'product-manager', action: 'delete', id });
      expect((await box.guide('GET', `/item/${id}`)).status).toBe(404);
    });

    it('move, move to another space, comment and delete in Kitemaker, by key', async () => {
      const made = await box.rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do') });
      const { id, number } = made.body as { id: string; number: number };
      const key = `MOB-${number}`;
      expect(box.act({ as: 'developer', action: 'move', id: key, status: 'Done' })).toEqual({
        status: 'done',
        id,
        key,
      });
      const moved = box.act({ as: 'developer', action: 'move-place', id: key, place: 'WEB' });
      expect(moved).toMatchObject({ status: 'done', id, key: expect.stringMatching(/^WEB-\d+$/) as string });
      expect(
        (await box.graphql(`{ workItem(id: "${id}") { status { name } space { key } } }`)).body.data.workItem,
      ).toEqual({
        status: { name: 'Done' },
        space: { key: 'WEB' },
      });
      expect((await box.rest('GET', `/workitem?spaceKey=MOB&workItemNumber=${number}`)).status).toBe(404);
      box.act({ as: 'developer', action: 'comment', id, text: 'hello' });
      expect(
        (await box.graphql(`{ workItem(id: "${id}") { comments { body } } }`)).body.data.workItem.comments,
      ).toEqual([{ body: 'hello' }]);
      box.act({ as: 'developer', action: 'delete', id });
      expect((await box.graphql(`{ workItem(id: "${id}") { id } }`)).body.data).toBeNull();
    });

    it('learn what is wrong, and nothing changes', async () => {
      const { id } = await anItem();
      expect(box.act({ as: 'product-manager', action: 'mark-ready', id: 'MBK-9999' })).toEqual({
        status: 'refused',
        message: 'Craft.io has no item MBK-9999',
      });
      const edit = { customFields: { nope: 'x' } };
      expect(box.act({ as: 'product-manager', action: 'edit', id, edit }).status).toBe('refused');
      const outcome = await box.admin('POST', '/act', {
        as: 'developer',
        action: 'move',
        id: 'MOB-1',
        status: 'Nowhere',
      });
      expect([outcome.status, outcome.body.message]).toEqual([400, 'the space has no status "Nowhere"']);
      expect((await box.admin('POST', '/act', { as: 'developer', action: 'fly', id: 'MOB-1' })).status).toBe(400);
    });

    it('are heard, as are clients, with who did it', async () => {
      const heard: string[] = [];
      const stop = box.onChange((change) => heard.push(`${change.by} ${change.kind} ${change.what}`));
      box.act({ as: 'product-manager', action: 'create', edit: { title: 'New' } });
      await box.rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do') });
      stop();
      box.act({ as: 'product-manager', action: 'create', edit: { title: 'Unheard' } });
      expect(heard).toEqual(['product-manager created item', 'api created work-item']);
    });
  });

  describe('records', () => {
    it('keep every request with its route, status and effect, and the body of a write', async () => {
      const item = (await ready())[0];
      const path = `/workspace/${box.craft.workspaceId}/items/${item.id}`;
      await box.guide('PUT', path, { customFieldValues: [{ fieldId: 'dev_status', value: 'A' }] });
      await box.guide('PUT', path, { nonsense: true });
      await box.guide('PUT', path, { customFieldValues: [{ fieldId: 'dev_status', value: 'B' }] });
      await box.guide('GET', '/nowhere');
      const { body: records } = await box.admin('GET', `/records?mount=craft-guide&method=PUT`);
      expect(records.map((one) => [one.route, one.status, one.appliedAt !== null])).toEqual([
        ['/workspace/:workspaceId/items/:id', 200, true],
        ['/workspace/:workspaceId/items/:id', 400, false],
        ['/workspace/:workspaceId/items/:id', 200, true],
      ]);
      const { body: puts } = await box.admin('GET', `/puts/${item.id}`);
      expect(puts.map((put) => put.body.customFieldValues[0].value)).toEqual(['A', 'B']);
      const { body: counters } = await box.admin('GET', '/counters');
      expect(counters).toContainEqual({
        mount: 'craft-guide', method: 'PUT', route: '/workspace/:workspaceId/items/:id', total: 3, applied: 2, byStatus: { 200: 2, 400: 1 },
      }); // prettier-ignore
      expect(counters).toContainEqual(expect.objectContaining({ route: '(unknown)', total: 1, byStatus: { 404: 1 } }));
    });

    it('count the fields of a GraphQL request, and hold no key', async () => {
      await box.graphql('{ a: workItem(id: "x") { id } b: workItem(id: "y") { id } }');
      const { body } = await box.admin('GET', '/records?mount=kitemaker-graphql');
      expect(body.at(-1)).toMatchObject({ operation: 'query workItem×2', write: false, body: null });
      expect(JSON.stringify(body)).not.toContain(box.tools.kitemaker.apiKey);
    });

    it('stay within their limit while the counters go on', async () => {
      const small = await running({ recordLimit: 5 });
      for (let i = 0; i < 20; i++) await small.rest('GET', '/organization');
      expect(small.records.list().map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20]);
      expect(small.records.total('kitemaker-rest')).toBe(20);
      await small.close();
    });
  });

  describe('the admin API', () => {
    it('refuses pages of other origins and bodies that are not JSON', async () => {
      const url = `${box.url}/_sandbox/act`;
      const body = JSON.stringify({ as: 'developer', action: 'delete', id: 'MOB-1' });
      expect((await ask(url, { method: 'POST', body, headers: { origin: 'https://evil.example' } })).status).toBe(403);
      expect((await ask(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })).status).toBe(400);
      expect(box.world.tools.kitemaker.world.byKey('MOB-1')).toBeDefined();
    });

    it('switches faults on and off', async () => {
      const plan = { rules: [{ mounts: ['kitemaker-rest'], fault: { kind: 'status', status: 500 } }] };
      const { body } = await box.admin('POST', '/faults', plan);
      expect((await box.rest('GET', '/organization')).status).toBe(500);
      await box.admin('DELETE', `/faults/${body.ids[0] as number}`);
      expect((await box.rest('GET', '/organization')).status).toBe(200);
      expect((await box.admin('POST', '/faults', { rules: [{ fault: { kind: 'gremlin' } }] })).status).toBe(400);
    });

    it('changes a key: the old one is refused from then on', async () => {
      await box.admin('PUT', '/keys', { kitemaker: 'new-key' });
      expect((await box.rest('GET', '/organization')).status).toBe(401);
      const url = `${box.tools.kitemaker.baseUrl}/organization`;
      expect((await ask(url, { headers: { 'x-api-key': 'new-key' } })).status).toBe(200);
    });

    it('resets to new items, with scopes and keys as they were and no id given twice', async () => {
      const before = new Set((await ready()).map((item) => item.id));
      const access = box.tools.kitemaker;
      await box.admin('POST', '/reset', { items: 30 });
      expect(box.tools.kitemaker).toEqual(access);
      expect(box.world.craft.items.size).toBe(30);
      expect((await ready()).some((item) => before.has(item.id))).toBe(false);
    });
  });

  describe('webhooks', () => {
    it('are signed like those of Svix, and say only what changed', async () => {
      const received: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
      const listener = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          received.push({ headers: request.headers, body });
          response.end();
        });
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => listener.once('listening', resolve));
      const secret = `whsec_${Buffer.from('0123456789abcdef').toString('base64')}`;
      const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/webhooks/km`;
      await box.admin('PUT', '/webhooks', { kitemaker: { url, secret } });
      const { body: item } = await box.rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do') });
      box.act({ as: 'developer', action: 'delete', id: item.id });
      await expect.poll(() => received.length).toBe(1);
      const [{ headers, body } = { headers: {}, body: '' }] = received;
      expect(JSON.parse(body)).toEqual({ id: item.id, type: 'WorkItem', event: 'created' });
      const signed = `${String(headers['svix-id'])}.${String(headers['svix-timestamp'])}.${body}`;
      const expected = createHmac('sha256', '0123456789abcdef').update(signed).digest('base64');
      expect(headers['svix-signature']).toBe(`v1,${expected}`);
      listener.close();
    });
  });

  it('gives a configuration that names only what exists', () => {
    const yaml = parse(sandboxConfiguration(box)) as {
      craft: unknown;
      devTools: { km: unknown };
      pipelines: { mobile: Record<'progress' | 'lock' | 'source' | 'target', Record<string, string>> };
    };
    const { baseUrl, apiKey } = { baseUrl: box.craft.guideUrl, apiKey: box.craft.apiKey };
    expect(yaml.craft).toMatchObject({ baseUrl, dialect: 'guide', apiKey });
    const { baseUrl: restUrl, graphqlUrl } = box.tools.kitemaker;
    expect(yaml.devTools.km).toMatchObject({ type: 'kitemaker', baseUrl: restUrl, graphqlUrl });
    const { source, target, progress, lock } = yaml.pipelines.mobile;
    expect(source).toEqual({ workspace: box.craft.workspaceId });
    expect(target).toEqual({ devTool: 'km', spaceId: box.mobile.id, status: 'To do' });
    const named = [
      progress['field'],
      progress['linkField'],
      progress['keyField'],
      progress['stateField'],
      lock['field'],
    ];
    for (const name of named) expect(box.world.craft.field(box.craft.workspaceId, name ?? '')).toBeDefined();
    expect(box.world.craft.statusNamed(lock['status'] ?? '')).toBeDefined();
  });
});
