import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Listening } from '../../../runtime/listening.js';
import type { Received } from '../../../webhooks/receive.js';
import { budgetOf } from '../../fixtures/budgets.js';
import { listenerWith, type ListenerSetUp } from './listener.js';

const TOKEN = 'a-long-random-text';
const open: FastifyInstance[] = [];

function serverWith(setUp: ListenerSetUp = {}) {
  const server = listenerWith(setUp);
  open.push(server.app);
  return server;
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
      for (const [at, authorization] of wrong.entries()) {
        const headers = authorization === undefined ? {} : { authorization };
        // Wrong tokens are counted by address.
        const remoteAddress = `10.0.0.${at}`;
        expect((await app.inject({ url, headers, remoteAddress })).statusCode, `${url} ${authorization ?? ''}`).toBe(
          401,
        );
      }
      for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, basic(`me:${TOKEN}`)])
        expect((await app.inject({ url, headers: { authorization } })).statusCode, url).toBe(200);
    }
  });

  it('shows the budget of each connection, one line each, and which sweeps are stretched', async () => {
    const next = '2026-11-12T14:00:00.000Z';
    const stretched = { scheduleId: 'ready-sweep:a', everyMs: 3_600_000, inForceMs: 7_200_000, next, why: 'why' };
    const month = { ...budgetOf().month, limit: 500, used: 475, left: 25, spentUntil: next };
    const waiting = [{ callClass: 'hand-over', count: 3, oneMoreMs: 1_000 }];
    const craft = budgetOf({
      minute: { used: 7, left: 53 },
      month,
      closedUntil: next,
      waiting,
      stretched: [stretched],
    });
    const { app } = serverWith({ budgets: [craft, budgetOf({ connection: 'km' })] });
    const { body } = await app.inject({ url: '/', headers: { host: 'localhost' } });
    expect(body).toContain('<li>craft: no limit a minute; this minute 7 used, 53 left; this month 475 of 500 used');
    expect(body).toContain('<li>ready-sweep:a: stretched: every 60 minutes became about 2 hours, next about');
    expect(body).toContain(
      '<li>km: no limit a minute; this minute 0 used; this month no limit, 0 used; waiting: none</li>',
    );
    const metrics = (await app.inject({ url: '/metrics', headers: { host: 'localhost' } })).body;
    const at = Date.parse(next) / 1_000;
    for (const line of [
      'craftsync_budget_minute_used{connection="craft"} 7',
      'craftsync_budget_minute_used{connection="km"} 0',
      'craftsync_budget_minute_left{connection="craft"} 53',
      'craftsync_budget_month_used{connection="craft"} 475',
      'craftsync_budget_month_left{connection="craft"} 25',
      `craftsync_budget_closed_until_timestamp_seconds{connection="craft"} ${at}`,
      'craftsync_budget_closed_until_timestamp_seconds{connection="km"} 0',
      `craftsync_budget_month_spent_until_timestamp_seconds{connection="craft"} ${at}`,
      'craftsync_budget_waiting{connection="craft",class="hand-over"} 3',
      'craftsync_sweep_interval_seconds{sweep="ready-sweep:a"} 7200',
    ])
      expect(metrics.split('\n')).toContain(line);
    expect(metrics).not.toContain('craftsync_budget_month_left{connection="km"}');
  });

  it('shows no secret, on the page, in JSON, in metrics and in what it refuses', async () => {
    const secret = 'a<key>&of"km"-4711';
    const { app } = serverWith({ problems: [`km: ${secret} is refused`], secrets: [secret, 'silent'] });
    for (const url of ['/', '/readyz', '/metrics', `/nothing?${encodeURIComponent(secret)}`]) {
      const { body } = await app.inject({ url, headers: { host: 'localhost' } });
      expect(body, url).not.toMatch(/key.*of.*km|4711/);
    }
    const page = await app.inject({ url: '/', headers: { host: 'localhost' } });
    expect(page.body).toContain('km: [redacted] is refused');
    const ready = await app.inject({ url: '/readyz', headers: { host: 'localhost' } });
    expect(ready.json()).toEqual({ status: 'not ready', problems: ['km: [redacted] is refused'] });
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
    const { app, lines } = serverWith();
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

  it('says what is wrong with a delivery that no ledger could mend, and does not blame the ledger for it', async () => {
    const { app, lines } = serverWith();
    for (const type of ['', 'garbage', '/', 'application/json, text/html', 'a b/c']) {
      const headers = { 'content-type': type };
      const answer = await app.inject({ method: 'POST', url: '/webhooks/km', payload: '{}', headers });
      expect(answer.statusCode, type).toBe(415);
    }
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toContain('craftsync_webhook_refused_total{dev_tool="km",reason="malformed"} 5');
    expect(metrics).not.toContain('reason="ledger"');
    expect(lines).toHaveLength(1);
  });

  it('takes webhooks by POST only', async () => {
    const { app } = serverWith();
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
      const answer = await app.inject({ method, url: '/webhooks/km' });
      expect({ status: answer.statusCode, allow: answer.headers['allow'] }, method).toEqual({
        status: 405,
        allow: 'POST',
      });
    }
  });

  it('shows its pages without a token only to those who name this machine, so that no other page can read them', async () => {
    const { app } = serverWith();
    const strangers = [
      'evil.example',
      'evil.example:8788',
      '127.0.0.1.evil.example',
      '10.0.0.7',
      'localhost.evil',
      '@@',
    ];
    const ours = ['localhost:8788', 'LOCALHOST', 'localhost.:1', '127.0.0.1:8788', '127.8.9.1', '[::1]:8788'];
    for (const url of ['/', '/metrics', '/readyz']) {
      for (const host of strangers) {
        const answer = await app.inject({ url, headers: { host } });
        expect(answer.statusCode, `${url} ${host}`).toBe(403);
        expect(answer.body).toContain('CRAFTSYNC_TOKEN');
      }
      for (const host of ours) expect((await app.inject({ url, headers: { host } })).statusCode, host).toBe(200);
    }
    const { app: withToken } = serverWith({ token: TOKEN });
    const headers = { host: 'sync.example.com', authorization: `Bearer ${TOKEN}` };
    expect((await withToken.inject({ url: '/', headers })).statusCode).toBe(200);
    const tunnelled = { host: 'tunnel.example', 'content-type': 'application/json' };
    const delivery = { method: 'POST', url: '/webhooks/km', payload: '{}', headers: tunnelled } as const;
    expect((await app.inject(delivery)).statusCode).toBe(200);
  });

  it('lets the right token in while others at its address try, unless it is so short that they may find it', async () => {
    const statusesWith = async (token: string): Promise<readonly number[]> => {
      const { app } = serverWith({ token });
      const ask = async (presented: string, remoteAddress = '10.0.0.1'): Promise<number> =>
        (await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${presented}` }, remoteAddress }))
          .statusCode;
      for (let at = 0; at < 10; at += 1) expect(await ask(`wrong-${at}`)).toBe(401);
      return [await ask('wrong-10'), await ask(token), await ask(token, '10.0.0.2')];
    };
    expect(await statusesWith(TOKEN)).toEqual([429, 200, 200]);
    expect(await statusesWith('short-token-15c')).toEqual([429, 429, 200]);
  });

  it('asks for the token in a header for each scheme, so that a browser asks the person', async () => {
    const { app } = serverWith({ token: TOKEN });
    expect((await app.inject('/')).headers['www-authenticate']).toEqual([
      'Basic realm="craftsync", charset="UTF-8"',
      'Bearer realm="craftsync"',
    ]);
  });

  it('forbids with every answer to keep, frame, sniff or refer it, and its page may use its own style alone', async () => {
    const { app } = serverWith();
    const asked = [
      { url: '/' },
      { url: '/healthz' },
      { url: '/readyz' },
      { url: '/metrics' },
      { url: '/nothing' },
      { url: '/%zz' },
      { url: '/metrics', headers: { host: 'evil.example' } },
      { method: 'POST', url: '/webhooks/km', payload: '{}' },
      { method: 'POST', url: '/webhooks/nobody', payload: '{}' },
      { method: 'POST', url: '/webhooks/km', payload: Buffer.alloc(1024 * 1024 + 1) },
      { method: 'PUT', url: '/webhooks/km' },
    ] as const;
    for (const request of asked) {
      const { headers } = await app.inject(request);
      expect(headers, JSON.stringify(request.url)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
    }
    const page = await app.inject('/');
    const styles = [...page.body.matchAll(/<style>([^<]*)<\/style>/g)].map(([, style]) => style ?? '');
    expect(styles).toHaveLength(1);
    const digest = createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64');
    expect(page.headers['content-security-policy']).toContain(`style-src 'sha256-${digest}'`);
    expect(page.body).not.toMatch(/<script|style=|\son\w+=/);
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
