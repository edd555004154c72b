import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookDelivery, Webhooks } from '../../../connectors/port/capabilities.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import { craftnote, craftnoteSandbox, pathsOf, writing } from './setUp.js';

const SECRET = 'a-secret-of-ours';
const NOW = new Date('2026-01-02T03:04:05Z');
const seconds = NOW.getTime() / 1_000;
const OF_TASK = {
  event: 'task.created',
  timestamp: seconds,
  action: 'created',
  resourceId: 'tasks/t-1',
  fieldPath: '$',
  data: { id: 't-1', projectId: 'p-1' },
  previousData: null,
};

const opened: http.Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

function delivery(payload: unknown, more: Partial<WebhookDelivery> = {}): WebhookDelivery {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { headers: { 'x-craftsync-secret': SECRET }, body, receivedAt: NOW, ...more };
}

function webhooksOf(connector: DevToolConnector): Webhooks {
  if (connector.webhooks === undefined) throw new Error('Craftnote has webhooks');
  return connector.webhooks;
}

async function verifier(): Promise<Webhooks['verify']> {
  return webhooksOf((await craftnote(() => null)).connector).verify;
}

describe('connectors/craftnote/webhooks', () => {
  it('accepts a delivery with our header, and names the item where the delivery does', async () => {
    const verify = await verifier();
    const idsOf = (payload: unknown) => {
      const verdict = verify(delivery(payload), SECRET);
      return verdict.verdict === 'accepted' ? verdict.devItemIds : verdict;
    };
    expect(idsOf(OF_TASK)).toEqual(['p-1/t-1']);
    expect(idsOf({ ...OF_TASK, fieldPath: '$.done', data: true })).toBeNull();
    expect(idsOf({ ...OF_TASK, event: 'project.updated', resourceId: 'projects/p-1' })).toEqual(['p-1']);
    expect(idsOf({ ...OF_TASK, event: 'message.created', resourceId: 'messages/m-1' })).toEqual([]);
  });

  it('gives a repeated delivery the same id, and another delivery another', async () => {
    const verify = await verifier();
    const idOf = (payload: unknown) => {
      const verdict = verify(delivery(payload), SECRET);
      return verdict.verdict === 'accepted' ? verdict.deliveryId : null;
    };
    expect(idOf(OF_TASK)).toMatch(/^[0-9a-f]{64}$/);
    expect(idOf(OF_TASK)).toBe(idOf(OF_TASK));
    expect(idOf({ ...OF_TASK, timestamp: seconds + 1 })).not.toBe(idOf(OF_TASK));
  });

  it.each([
    ['without the header', delivery(OF_TASK, { headers: {} }), 'signature'],
    ['with another secret', delivery(OF_TASK, { headers: { 'x-craftsync-secret': `${SECRET}x` } }), 'signature'],
    ['with the beginning of ours', delivery(OF_TASK, { headers: { 'x-craftsync-secret': 'a-secret' } }), 'signature'],
    ['with an empty one', delivery(OF_TASK, { headers: { 'x-craftsync-secret': '' } }), 'signature'],
    ['six minutes old', delivery({ ...OF_TASK, timestamp: seconds - 360 }), 'time'],
    ['six minutes ahead', delivery({ ...OF_TASK, timestamp: seconds + 360 }), 'time'],
    ['without a time', delivery({ ...OF_TASK, timestamp: undefined }), 'malformed'],
    ['without a resource', delivery({ ...OF_TASK, resourceId: 'nothing' }), 'malformed'],
    ['that is not JSON', delivery('{"event":'), 'malformed'],
    ['that is not text', delivery('', { body: Uint8Array.of(0xff, 0xfe, 0) }), 'malformed'],
  ])('refuses a delivery %s, in words that reveal no secret', async (_what, sent, because) => {
    const verdict = (await verifier())(sent, SECRET);
    expect(verdict).toMatchObject({ verdict: 'refused', because });
    expect(JSON.stringify(verdict)).not.toContain('secret-of');
  });

  it('accepts nobody while no secret is configured', async () => {
    const sent = delivery(OF_TASK, { headers: { 'x-craftsync-secret': '' } });
    expect((await verifier())(sent, '')).toMatchObject({ verdict: 'refused', because: 'signature' });
  });

  it('registers one webhook for each event, changes nothing the second time, and corrects a changed secret', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const { registration } = webhooksOf(connector);
    const url = 'https://sync.example/webhooks/cn';
    const register = (secret: string) => registration?.register({ url, secret }, writing);
    expect(await register(SECRET)).toEqual(
      ['project.created', 'project.updated', 'task.created', 'task.updated'].map(
        (event) => `registered a webhook for ${event}`,
      ),
    );
    expect(await register(SECRET)).toEqual([]);
    expect(await register('another')).toHaveLength(4);
    const table = sandbox.world.base.tables.get('craftnote.webhooks');
    expect([...(table?.values() ?? [])]).toMatchObject(
      Array.from({ length: 4 }, () => ({ url, headers: { 'X-Craftsync-Secret': 'another' } })),
    );
    await registration?.register({ url: 'https://else.example', secret: SECRET }, writing);
    expect(await registration?.remove(url, writing)).toHaveLength(4);
    expect(table?.size).toBe(4);
  });

  it.each(['x-craftsync-secret', 'X-CRAFTSYNC-SECRET'])(
    'recognises its header where it is shown as %s',
    async (shown) => {
      const registered = (secret: string) =>
        ['project.created', 'project.updated', 'task.created', 'task.updated'].map((event, n) => ({
          id: `w-${n}`,
          event,
          url: 'https://s',
          headers: { accept: 'x', [shown]: secret },
        }));
      let webhooks = registered(SECRET);
      const { connector, server } = await craftnote(({ method, url }) => {
        if (!url.startsWith('/api/v1/webhooks')) return null;
        const next = new URL(url, 'http://x').searchParams.get('startAfter') ?? '';
        return method === 'GET'
          ? { body: { webhooks: webhooks.filter(({ id }) => id > next) } }
          : { body: webhooks[0] };
      });
      const register = () =>
        webhooksOf(connector).registration?.register({ url: 'https://s', secret: SECRET }, writing);
      expect(await register()).toEqual([]);
      expect(pathsOf(server).filter((path) => !path.startsWith('GET'))).toEqual([]);
      webhooks = registered('another');
      expect(await register()).toHaveLength(4);
      expect(pathsOf(server).filter((path) => path.startsWith('PUT'))).toHaveLength(4);
    },
  );

  it('removes what is registered twice', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const { registration } = webhooksOf(connector);
    const webhook = { url: 'https://sync.example', secret: SECRET };
    await registration?.register(webhook, writing);
    const { baseUrl, apiKey } = sandbox.tools.craftnote;
    await fetch(`${baseUrl}/webhooks`, {
      method: 'POST',
      headers: { 'X-CN-API-KEY': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ event: 'task.created', url: webhook.url, headers: { 'X-Craftsync-Secret': SECRET } }),
    });
    expect(await registration?.register(webhook, writing)).toEqual(['removed a second webhook for task.created']);
  });

  it('reports an event that Craftnote does not take, and registers the others', async () => {
    const { connector, server } = await craftnote(({ method, url, body }) => {
      if (!url.startsWith('/api/v1/webhooks')) return null;
      if (method === 'GET') return { body: { webhooks: [] } };
      const { event } = body as { event: string };
      return event.endsWith('.updated')
        ? { status: 400, body: { code: 'validation_failed', description: '$.event is not supported' } }
        : { body: { id: 'w', ...(body as object) } };
    });
    const words = await webhooksOf(connector).registration?.register({ url: 'https://s', secret: SECRET }, writing);
    expect(words?.[0]).toBe('registered a webhook for project.created');
    expect(words?.[1]).toContain('warning: Craftnote does not take project.updated');
    expect(JSON.stringify(words)).not.toContain(SECRET);
    expect(pathsOf(server).filter((path) => path === 'POST /webhooks')).toHaveLength(4);
  });

  it('what the sandbox posts to a registered webhook is accepted', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const { verify, registration } = webhooksOf(connector);
    const received: WebhookDelivery[] = [];
    const two = new Promise<void>((resolve) => {
      const server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const headers = request.headers as WebhookDelivery['headers'];
          received.push({ headers, body: Buffer.concat(chunks), receivedAt: new Date() });
          response.end('{}');
          if (received.length === 2) resolve();
        });
      });
      opened.push(server.listen(0, '127.0.0.1', () => void change(server)));
    });
    const { side } = sandbox.world.tools.craftnote;
    const place = sandbox.tools.craftnote.ids['project Branch refit'] ?? '';
    const made: string[] = [];
    const change = async (server: http.Server) => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/cn`;
      await registration?.register({ url, secret: SECRET }, writing);
      for (const at of [place, 'projects']) {
        const outcome = side.do({ action: 'create', place: at, edit: { title: 'New' } });
        if (outcome.status === 'done') made.push(outcome.id);
      }
    };
    await two;
    const told = received.map((one) => verify(one, SECRET));
    expect(told.flatMap((one) => (one.verdict === 'accepted' ? one.devItemIds : [])).sort()).toEqual([...made].sort());
    expect(made).toHaveLength(2);
  });
});
