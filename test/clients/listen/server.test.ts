import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../clients/listen/metrics.js';
import { createListenerServer } from '../../../clients/listen/server.js';
import type { Listening } from '../../../runtime/listening.js';
import type { Received } from '../../../webhooks/receive.js';

const TOKEN = 'a-long-random-text';
const open: FastifyInstance[] = [];

interface SetUp {
  readonly token?: string | null;
  readonly mostInHand?: number;
  readonly problems?: readonly string[];
  readonly receive?: Listening['receive'];
}

function serverWith(setUp: SetUp = {}) {
  const lines: string[] = [];
  const stored: Received = { status: 'stored', delivery: { id: '1', devTool: 'km', devItemIds: [] } };
  const app = createListenerServer({
    listening: {
      receive: setUp.receive ?? (() => Promise.resolve(stored)),
      inbox: {
        waiting: () => Promise.resolve([]),
        lastReceived: () => Promise.resolve([{ devTool: 'km', at: '2026-11-24T14:02:00.000Z' }]),
      },
      tools: () =>
        Promise.resolve([
          { name: 'km', type: 'kitemaker', hasWebhooks: true, hasSecret: true },
          { name: 'silent', type: 'kitemaker', hasWebhooks: true, hasSecret: false },
          { name: 'red', type: 'redmine', hasWebhooks: false, hasSecret: false },
        ]),
      problems: () => Promise.resolve(setUp.problems ?? []),
    },
    metrics: createMetrics(),
    logger: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    token: setUp.token ?? null,
    ...(setUp.mostInHand !== undefined && { mostInHand: setUp.mostInHand }),
  });
  open.push(app);
  return { app, lines };
}

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

const post = (app: FastifyInstance, tool = 'km', payload: string | Buffer = '{}') =>
  app.inject({ method: 'POST', url: `/webhooks/${tool}`, payload, headers: { 'content-type': 'application/json' } });

describe('clients/listen/server', () => {
  it('asks for a configured token everywhere but at webhooks and /healthz', async () => {
    const { app } = serverWith({ token: TOKEN });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    expect((await post(app)).statusCode).toBe(200);
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    for (const url of ['/', '/readyz', '/metrics']) {
      const wrong = [
        undefined,
        '',
        'Bearer',
        'Bearer wrong',
        `Bearer ${TOKEN}x`,
        TOKEN,
        basic(TOKEN),
        basic('a:wrong'),
      ];
      for (const authorization of wrong) {
        const headers = authorization === undefined ? {} : { authorization };
        expect((await app.inject({ url, headers })).statusCode, `${url} ${authorization ?? ''}`).toBe(401);
      }
      for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, basic(`me:${TOKEN}`)])
        expect((await app.inject({ url, headers: { authorization } })).statusCode, url).toBe(200);
    }
  });

  it('is not ready, and says why, while something keeps it from its work', async () => {
    const { app } = serverWith({ problems: ['the ledger does not answer within 3 s'] });
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ status: 'not ready', problems: ['the ledger does not answer within 3 s'] });
    expect((await app.inject('/')).body).toContain('the ledger does not answer within 3 s');
  });

  it('takes a limited number of deliveries at a time, asks the others to come again, and counts them', async () => {
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const receive = (): Promise<Received> => held.then(() => ({ status: 'repeated' }));
    const { app } = serverWith({ mostInHand: 3, receive });
    const inHand = [1, 2, 3].map(() => post(app));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const refused = await post(app);
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('2');
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    finish();
    expect((await Promise.all(inHand)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect((await post(app)).statusCode).toBe(200);
    expect((await app.inject('/metrics')).body).toContain(
      'craftsync_webhook_refused_total{dev_tool="km",reason="busy"} 1',
    );
  });

  it('passes on the raw bytes, whatever their type', async () => {
    const seen: Buffer[] = [];
    const receive: Listening['receive'] = (_tool, { body }) => {
      seen.push(Buffer.from(body));
      return Promise.resolve({ status: 'repeated' });
    };
    const { app } = serverWith({ receive });
    const bytes = Buffer.from([0xff, 0x00, 0x7b, 0x20]);
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', undefined]) {
      const headers = type === undefined ? {} : { 'content-type': type };
      await app.inject({ method: 'POST', url: '/webhooks/km', payload: bytes, headers });
    }
    expect(seen).toEqual([bytes, bytes, bytes, bytes]);
  });

  it('refuses a body beyond 1 MiB and takes one of 1 MiB', async () => {
    const { app } = serverWith();
    expect((await post(app, 'km', Buffer.alloc(1024 * 1024))).statusCode).toBe(200);
    expect((await post(app, 'km', Buffer.alloc(1024 * 1024 + 1))).statusCode).toBe(413);
    expect((await app.inject('/metrics')).body).toContain('{dev_tool="km",reason="too-large"} 1');
  });

  it('asks to come again when the ledger cannot store', async () => {
    const { app } = serverWith({ receive: () => Promise.reject(new Error('ledger x: cannot connect')) });
    const answer = await post(app);
    expect({ status: answer.statusCode, again: answer.headers['retry-after'] }).toEqual({ status: 503, again: '10' });
    expect(answer.body).not.toContain('cannot connect');
  });

  it('knows only the configured dev tools, never uses a name from outside as a label, and logs the reason', async () => {
    const receive: Listening['receive'] = (tool) =>
      Promise.resolve(tool === 'silent' ? { status: 'not-listening', why: 'no webhookSecret' } : { status: 'unknown' });
    const { app, lines } = serverWith({ receive });
    for (const name of ['nobody', '__proto__', '%00', 'silent']) expect((await post(app, name)).statusCode).toBe(404);
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toContain('craftsync_webhook_refused_total{dev_tool="(none)",reason="unknown"} 3');
    expect(metrics).not.toContain('nobody');
    expect(lines.join('')).toContain('no webhookSecret');
  });

  it('logs a flood of refusals as one line, not one line each', async () => {
    const refused: Received = { status: 'refused', because: 'signature', why: 'no signature fits' };
    const { app, lines } = serverWith({ receive: () => Promise.resolve(refused) });
    for (let n = 0; n < 50; n += 1) expect((await post(app)).statusCode).toBe(401);
    expect(lines).toHaveLength(1);
  });

  it('shows on its page where webhooks go, the last delivery, what was refused and what is missing', async () => {
    const { app } = serverWith();
    await post(app);
    const { body, headers } = await app.inject('/');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    for (const text of [
      '/webhooks/km',
      '2026-11-24T14:02:00.000Z',
      '1 accepted',
      'webhookSecret',
      'redmine has no webhooks',
    ])
      expect(body).toContain(text);
    expect(body).not.toContain('/webhooks/silent');
  });
});
