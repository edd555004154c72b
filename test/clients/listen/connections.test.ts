import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { MOST_CONNECTIONS } from '../../../clients/listen/connections.js';
import { listenerWith, type ListenerSetUp } from './listener.js';

const closing: (() => unknown)[] = [];
const QUICK = { headersMs: 400, requestMs: 800, answerMs: 800, idleMs: 400, checkEveryMs: 50 };

async function serving(setUp: ListenerSetUp = {}) {
  const { app, lines } = listenerWith(setUp);
  await app.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => app.close());
  return { app, lines, port: (app.server.address() as AddressInfo).port };
}

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Caller {
  readonly socket: Socket;
  /** What came back until the connection ended, and when it did. */
  readonly ended: Promise<{ readonly text: string; readonly afterMs: number }>;
}

function call(port: number, text: string): Caller {
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  closing.push(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => void chunks.push(chunk));
  if (text !== '') socket.write(text);
  const ended = new Promise<{ text: string; afterMs: number }>((resolve) => {
    socket.once('close', () =>
      resolve({ text: Buffer.concat(chunks).toString(), afterMs: performance.now() - startedAt }),
    );
  });
  return { socket, ended };
}

const headersFor = (tool: string, length: number): string =>
  `POST /webhooks/${tool} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const deliver = async (port: number): Promise<number> =>
  fetch(`http://127.0.0.1:${port}/webhooks/km`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(5_000),
  }).then(
    ({ status }) => status,
    () => 0,
  );

const metricsOf = async (app: FastifyInstance): Promise<string> =>
  (await app.inject('/metrics')).body
    .split('\n')
    .filter((line) => line.startsWith('craftsync_'))
    .join('\n');

/** Connects again as soon as it is cut off, for as long as the test runs. */
function keepAttacking(port: number, tool: string): void {
  let isOver = false;
  closing.push(() => (isOver = true));
  const again = (): void => {
    if (isOver) return;
    const socket = connect(port, '127.0.0.1');
    closing.push(() => socket.destroy());
    socket.on('error', () => undefined).on('data', () => undefined);
    socket.once('close', () => setTimeout(again, 1));
    socket.write(headersFor(tool, 64));
  };
  again();
}

describe('clients/listen/connections', () => {
  it('gives headers 5 seconds and a request 10, and Node holds both', async () => {
    const { app } = listenerWith();
    const { headersTimeout, requestTimeout } = app.server;
    expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 5_000, requestTimeout: 10_000 });
    await app.close();
  });

  it('holds so many connections at most, and whoever has the most of them gives up his own', async () => {
    const { app, port } = await serving({ mostConnections: 20 });
    const open = (localAddress: string): Promise<Socket> =>
      new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress });
        closing.push(() => socket.destroy());
        socket.on('error', () => undefined).once('connect', () => resolve(socket));
      });
    const quiet = await Promise.all(Array.from({ length: 5 }, () => open('127.0.0.3')));
    const greedy = await Promise.all(Array.from({ length: 60 }, () => open('127.0.0.2')));
    const left = (sockets: readonly Socket[]): number => sockets.filter(({ destroyed }) => !destroyed).length;
    for (const socket of [...greedy, ...quiet]) socket.resume();
    await expect.poll(() => left(greedy)).toBe(15);
    expect(left(quiet)).toBe(5);
    expect(await metricsOf(app)).toContain('craftsync_listener_cut_off_total{reason="crowded"} 45');
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(answered.status).toBe(200);
    expect(left(quiet)).toBe(5);
  });

  it('where all come from one address, as through a proxy, gives up the one that asked for nothing for longest', async () => {
    const { port } = await serving({ mostConnections: 3 });
    const idle = call(port, '');
    const asking = call(port, 'GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
    await expect.poll(() => asking.socket.bytesRead).toBeGreaterThan(0);
    const others = [call(port, ''), call(port, '')];
    await idle.ended;
    expect([asking, ...others].map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
  });

  it('holds a thousand unless told otherwise', async () => {
    const { app, port } = await serving();
    for (let count = 0; count < 1_005; count += 1) call(port, '');
    await expect.poll(() => metricsOf(app), { timeout: 15_000 }).toContain('reason="crowded"} 5');
    expect(MOST_CONNECTIONS).toBe(1_000);
  }, 30_000);

  it('ends a request that does not come in full within its time, however it delays, and says why', async () => {
    const { app, lines, port } = await serving({ within: QUICK });
    const drip = (caller: Caller, text: string): Caller => {
      const timer = setInterval(() => caller.socket.write(text), 100);
      caller.socket.once('close', () => clearInterval(timer));
      return caller;
    };
    const callers = {
      silence: call(port, ''),
      'slow headers': drip(call(port, 'POST /webhooks/km HTTP/1.1\r\nHost: h\r\n'), 'X: y\r\n'),
      'silence after headers': call(port, headersFor('km', 64)),
      'a byte at a time': drip(call(port, headersFor('km', 1_000)), 'a'),
      'chunks without an end': drip(
        call(port, 'POST /webhooks/km HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\n'),
        '1\r\na\r\n',
      ),
    };
    for (const [name, { ended }] of Object.entries(callers)) {
      const { text, afterMs } = await ended;
      expect(text, name).toMatch(/^HTTP\/1\.1 408 [\s\S]*nosniff[\s\S]*request timeout/);
      expect(afterMs, name).toBeLessThan(3_000);
    }
    await expect
      .poll(() => metricsOf(app))
      .toContain('craftsync_webhook_refused_total{dev_tool="km",reason="unfinished"} 3');
    const metrics = await metricsOf(app);
    expect(metrics).toContain('craftsync_listener_cut_off_total{reason="slow"} 4');
    expect(metrics).toContain('craftsync_listener_cut_off_total{reason="silent"} 1');
    expect(metrics).not.toContain('reason="ledger"');
    expect(lines.filter((line) => line.includes('cut off'))).toHaveLength(1);
  });

  it('answers what nobody asked for before a body: an unknown tool, another path, another method, a length too large', async () => {
    const { port } = await serving();
    const started = {
      404: call(port, headersFor('x', 64)),
      '404 ': call(port, headersFor('km', 64).replace('/webhooks/km', '/anything')),
      405: call(port, headersFor('km', 64).replace('POST', 'PUT')),
      413: call(port, headersFor('km', 1024 * 1024 + 1)),
      415: call(port, headersFor('km', 64).replace('application/json', 'garbage')),
    };
    for (const [status, { ended }] of Object.entries(started)) {
      const { text, afterMs } = await ended;
      expect(text).toContain(`HTTP/1.1 ${status.trim()} `);
      expect(afterMs).toBeLessThan(2_000);
    }
  });

  it('counts a delivery whose sender goes away as unfinished, never as a failure of the ledger', async () => {
    const { app, port } = await serving();
    const caller = call(port, headersFor('km', 64));
    await sleep(100);
    caller.socket.destroy();
    await expect
      .poll(() => metricsOf(app))
      .toContain('craftsync_webhook_refused_total{dev_tool="km",reason="unfinished"} 1');
    expect(await metricsOf(app)).not.toContain('reason="ledger"');
  });

  it.each(['x', 'km'])(
    'takes 100 of 100 deliveries while 110 senders hold uploads to /webhooks/%s open',
    async (tool) => {
      const { app, lines, port } = await serving();
      for (let n = 0; n < 110; n += 1) keepAttacking(port, tool);
      await sleep(300);
      const statuses: number[] = [];
      for (let n = 0; n < 100; n += 1) {
        statuses.push(await deliver(port));
        await sleep(5);
      }
      expect(statuses.filter((status) => status === 200)).toHaveLength(100);
      const label = tool === 'x' ? 'dev_tool="(none)",reason="unknown"' : 'dev_tool="km",reason="gave-way"';
      expect(await metricsOf(app)).toMatch(new RegExp(`refused_total\\{${label.replace(/[()]/g, '\\$&')}\\} [1-9]`));
      expect(lines.length).toBeLessThanOrEqual(3);
    },
    30_000,
  );

  it('tells the sender whose upload gave way to come again', async () => {
    const { port } = await serving({ mostInHand: 1 });
    const slow = call(port, headersFor('km', 64));
    await sleep(100);
    expect(await deliver(port)).toBe(200);
    expect((await slow.ended).text).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 2[\s\S]*too slowly/);
  });
});
