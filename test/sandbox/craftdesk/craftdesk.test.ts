import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/deployment/deployment.js';
import { ask, running, type Reply, type Running } from '../running.js';
import type { SandboxOptions } from '../../../sandbox/sandbox.js';

const COMMON = { 'content-type': 'application/json', 'x-requested-with': 'XMLHttpRequest' };
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function craftdesk(options: Partial<SandboxOptions> = {}) {
  const box: Running = await running({ items: 0, ...options });
  closing.push(() => box.close());
  const { baseUrl, apiKey, ids } = box.tools.craftdesk;
  const as =
    (key: string, headers: Record<string, string> = COMMON) =>
    (method: string, path: string, body?: unknown): Promise<Reply> =>
      ask(baseUrl + path, {
        method,
        headers: { ...headers, authorization: `Bearer ${key}` },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
  return { box, as, cd: as(apiKey), apiKey, otherKey: ids['key of another workspace'] ?? '' };
}

const idIn = (reply: Reply) => (reply.body as unknown as { data: { id: string } }).data.id;

describe('sandbox/craftdesk/craftdesk', () => {
  describe('the examples of the document', () => {
    it('lists projects for a curl with only the key', async () => {
      const { as, apiKey } = await craftdesk();
      const { status, body } = await as(apiKey, {})('GET', '/projects');
      expect(status).toBe(200);
      expect(body).toMatchObject({ meta: { pagination: { current_page: 1, total: 2, per_page: 20 } } });
    });

    it('the complete example: fifty to a page, with the properties that are shown', async () => {
      const { as, apiKey } = await craftdesk();
      const headers = { 'content-type': 'application/json' };
      const { body } = await as(apiKey, headers)('GET', '/projects?per_page=50');
      expect(body).toMatchObject({ meta: { pagination: { current_page: 1, total: 2, per_page: 50, last_page: 1 } } });
      const [project] = (body as unknown as { data: unknown[] }).data;
      expect(project).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
        name: 'Website redesign',
        slug: 'website-redesign',
        created_at: expect.stringMatching(SECONDS) as string,
        updated_at: expect.stringMatching(SECONDS) as string,
      });
    });

    it('the second page of fifty', async () => {
      const { cd } = await craftdesk();
      for (let n = 0; n < 58; n += 1) await cd('POST', '/projects', { name: `P ${n}` });
      const { body } = await cd('GET', '/projects?page=2&per_page=50');
      expect(body).toMatchObject({ meta: { pagination: { current_page: 2, total: 60, per_page: 50, last_page: 2 } } });
      expect((body as unknown as { data: unknown[] }).data).toHaveLength(10);
    });

    it('the error of a key that is not accepted, word for word', async () => {
      const { as } = await craftdesk();
      const { status, body } = await as('your_api_key')('GET', '/projects');
      expect([status, body]).toEqual([
        401,
        { message: 'Unauthorized', code: 401, errors: { api_key: ['Invalid or expired API key'] } },
      ]);
    });
  });

  describe('writes', () => {
    it('creates with 201, in data, and reads, changes and deletes what was created', async () => {
      const { cd } = await craftdesk();
      const created = await cd('POST', '/projects', { name: 'Pay', description: 'by phone' });
      expect(created.status).toBe(201);
      const id = idIn(created);
      expect((await cd('GET', `/projects/${id}`)).body).toMatchObject({ data: { id, description: 'by phone' } });
      expect((await cd('PATCH', `/projects/${id}`, { name: 'Pay twice' })).body).toMatchObject({
        data: { name: 'Pay twice', description: 'by phone' },
      });
      expect((await cd('DELETE', `/projects/${id}`)).status).toBe(204);
      expect((await cd('GET', `/projects/${id}`)).status).toBe(404);
    });

    it.each([
      ['no name', {}, 'name'],
      ['an empty name', { name: ' ' }, 'name'],
      ['a name of 256', { name: 'x'.repeat(256) }, 'name'],
      ['a number for a text', { name: 'x', description: 7 }, 'description'],
      ['65,536 bytes of text', { name: 'x', description: 'x'.repeat(65_536) }, 'description'],
      ['an unknown property', { name: 'x', external_id: '1' }, 'external_id'],
    ])('refuses %s with 400 and its field, and nothing is there', async (_what, body, field) => {
      const { cd, box } = await craftdesk();
      const before = box.world.tools.craftdesk.side.cards().length;
      const refused = await cd('POST', '/projects', body);
      expect(refused.status).toBe(400);
      expect(Object.keys((refused.body as unknown as { errors: object }).errors)).toEqual([field]);
      expect(box.world.tools.craftdesk.side.cards()).toHaveLength(before);
    });

    it.each([
      ['without X-Requested-With', { 'content-type': 'application/json' }, 400],
      ['of another media type', { ...COMMON, 'content-type': 'text/plain' }, 415],
    ])('refuses a write %s', async (_what, headers, status) => {
      const { as, apiKey } = await craftdesk();
      expect((await as(apiKey, headers)('POST', '/projects', { name: 'x' })).status).toBe(status);
    });

    it('refuses JSON that is broken', async () => {
      const { cd } = await craftdesk();
      expect((await cd('POST', '/projects', '{"name":')).status).toBe(400);
    });
  });

  it.each(['per_page=101', 'per_page=0', 'page=0', 'page=x', 'updated_since=2026-01-01', 'sort=updated_at'])(
    'refuses the list parameter %s',
    async (query) => {
      const { cd } = await craftdesk();
      expect((await cd('GET', `/projects?${query}`)).status).toBe(400);
    },
  );

  it.each([
    ['GET', '/tasks'],
    ['PUT', '/projects'],
    ['GET', '/projects/'],
  ])('has no %s %s, and says so in the form of its errors', async (method, path) => {
    const { cd } = await craftdesk();
    const answer = await cd(method, path, method === 'PUT' ? {} : undefined);
    expect(answer).toMatchObject({ status: 404, body: { code: 404, message: 'Not Found' } });
  });

  it('a key of another workspace sees that one only', async () => {
    const { cd, as, otherKey } = await craftdesk();
    const id = idIn(await cd('POST', '/projects', { name: 'Ours' }));
    const other = as(otherKey);
    for (const method of ['GET', 'DELETE']) {
      expect(await other(method, `/projects/${id}`)).toMatchObject({ status: 403, body: { code: 403 } });
    }
    expect(JSON.stringify((await other('GET', '/projects')).body)).not.toContain(id);
    expect((await cd('GET', `/projects/${id}`)).status).toBe(200);
  });

  describe('limits', () => {
    it('shows the quota on every answer, also on refusals and unknown routes', async () => {
      const { cd, as } = await craftdesk();
      const answers = [
        await cd('GET', '/projects'),
        await cd('GET', '/projects/none'),
        await cd('GET', '/none'),
        await as('wrong')('GET', '/projects'),
      ];
      for (const { headers } of answers) {
        expect(headers.get('x-ratelimit-limit')).toBe('500000');
        const reset = new Date(Number(headers.get('x-ratelimit-reset')) * 1_000).toISOString();
        expect(reset).toMatch(/-01T00:00:00\.000Z$/);
      }
    });

    it('Starter has 10 calls in any minute; the 429 says how long, and that the month has calls left', async () => {
      let nowMs = Date.UTC(2026, 10, 24, 12);
      const { cd } = await craftdesk({ behaviour: { craftdeskPlan: 'starter' }, nowMs: () => nowMs });
      for (let n = 0; n < 10; n += 1) expect((await cd('GET', '/projects')).status).toBe(200);
      nowMs += 20_000;
      const refused = await cd('POST', '/projects', { name: 'x' });
      expect(refused).toMatchObject({ status: 429, body: { code: 429 } });
      expect(refused.headers.get('retry-after')).toBe('40');
      expect(refused.headers.get('x-ratelimit-remaining')).toBe('990');
      nowMs += 40_000;
      expect((await cd('GET', '/projects')).status).toBe(200);
    });

    it('Starter has 1,000 calls a month, and the next month starts from zero', async () => {
      let nowMs = Date.UTC(2026, 10, 24, 12);
      const { cd } = await craftdesk({ behaviour: { craftdeskPlan: 'starter' }, nowMs: () => nowMs });
      for (let n = 0; n < 1_000; n += 1) {
        if (n % 10 === 0) nowMs += 60_000;
        expect((await cd('GET', '/projects?per_page=1')).status).toBe(200);
      }
      nowMs += 60_000;
      const spent = await cd('GET', '/projects');
      expect(spent.status).toBe(429);
      expect(spent.headers.get('x-ratelimit-remaining')).toBe('0');
      expect(spent.headers.get('x-ratelimit-reset')).toBe(String(Date.UTC(2026, 11, 1) / 1_000));
      nowMs = Date.UTC(2026, 11, 1);
      expect((await cd('GET', '/projects')).status).toBe(200);
    });
  });

  it('posts signed events of projects, and repeats one that is not answered with 200', async () => {
    const { box, cd } = await craftdesk();
    const received: { readonly headers: IncomingHttpHeaders; readonly text: string }[] = [];
    const listener = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers, text });
        response.writeHead(received.length === 1 ? 204 : 200).end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    closing.push(
      () => listener.closeAllConnections(),
      () => listener.close(),
    );
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    box.world.tools.craftdesk.webhooks?.set({ url, secret: 'hush' });
    const id = idIn(await cd('POST', '/projects', { name: 'Pay' }));
    await eventually(() => Promise.resolve(received.length === 2), 'the event came twice', 15_000);
    const [first, again] = received;
    expect(again?.text).toBe(first?.text);
    expect(JSON.parse(first?.text ?? '')).toMatchObject({
      id: expect.stringMatching(/^evt_/) as string,
      type: 'project.created',
      data: { id },
    });
    const signature = createHmac('sha256', 'hush')
      .update(first?.text ?? '')
      .digest('hex');
    expect(first?.headers['x-craftdesk-signature']).toBe(`sha256=${signature}`);
    box.act({ as: 'developer', tool: 'craftdesk', action: 'move', id, status: 'archived' });
    box.act({ as: 'developer', tool: 'craftdesk', action: 'delete', id });
    await eventually(() => Promise.resolve(received.length === 4), 'archived and deleted', 15_000);
    const events = received.slice(2).map(({ text }) => (JSON.parse(text) as { type: string }).type);
    expect(new Set(events)).toEqual(new Set(['project.archived', 'project.deleted']));
  });
});
