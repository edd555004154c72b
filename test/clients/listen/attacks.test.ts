/** What strangers may try on the listener's port, over real sockets, and what each of them gets; printed as a table. */
import { connect, type AddressInfo } from 'node:net';
import Table from 'cli-table3';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../config/environment.js';
import { NO_KEYS } from '../../../config/encryption/keys.js';
import { payloadCodec } from '../../../runtime/temporal/encryption.js';
import { listenerWith } from './listener.js';

const TOKEN = 'a-long-random-text';
const UI = 'http://127.0.0.1:8233';
const QUICK = { headersMs: 400, requestMs: 800, answerMs: 600, idleMs: 400, checkEveryMs: 50 };
/** Larger than what the kernel keeps for a reader that does not read. */
const LARGE_LINE = 'x'.repeat(64 * 1024);

let app: FastifyInstance;
let port = 0;
let lines: readonly string[] = [];
const seen: (readonly [string, string, number])[] = [];

beforeAll(async () => {
  const served = listenerWith({
    token: TOKEN,
    within: QUICK,
    codec: { codec: payloadCodec(NO_KEYS), origins: [UI] },
    problems: Array<string>(190).fill(LARGE_LINE),
  });
  ({ app, lines } = served);
  await app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.server.address() as AddressInfo);
});
afterAll(async () => {
  const table = new Table({ head: ['attack', 'answer', 'ms'], style: { head: [], border: [] } });
  for (const row of seen) table.push([...row]);
  process.stdout.write(`${table.toString()}\n`);
  await app.close();
});

interface Attempt {
  readonly text: string;
  readonly endedAfterMs: number;
}

interface How {
  /** Written every 100 ms. */
  readonly drip?: string;
  /** Nothing is read before. */
  readonly readAfterMs?: number;
}

async function attack(name: string, text: string, { drip = '', readAfterMs = 0 }: How = {}): Promise<Attempt> {
  const startedAt = performance.now();
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('error', () => undefined);
  if (readAfterMs > 0) setTimeout(() => socket.on('data', (chunk) => chunks.push(chunk)), readAfterMs);
  else socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(text);
  const timer = drip === '' ? null : setInterval(() => socket.write(drip), 100);
  await new Promise((resolve) => socket.once('close', resolve));
  if (timer !== null) clearInterval(timer);
  const answer = Buffer.concat(chunks).toString();
  const endedAfterMs = Math.round(performance.now() - startedAt);
  seen.push([name, answer.split('\r\n')[0] || 'cut without an answer', endedAfterMs]);
  return { text: answer, endedAfterMs };
}

const head = (path: string, more = '', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: craftsync.example\r\n${more}`;
const CLOSE = 'Connection: close\r\n';
const WITH_TOKEN = `Authorization: Bearer ${TOKEN}\r\n`;

describe('clients/listen/attacks', { timeout: 30_000 }, () => {
  it('binds to this machine unless told otherwise, and elsewhere only with a token', () => {
    expect(readEnvironment({}).listen.host).toBe('127.0.0.1');
    for (const host of ['0.0.0.0', '[::]', '10.0.0.7'])
      expect(() => readEnvironment({ CRAFTSYNC_LISTEN: `${host}:8788` })).toThrow(/set CRAFTSYNC_TOKEN/);
  });

  it.each(['/', '/metrics', '/readyz', '/codec/decode', '/anything', '/%2e%2e/metrics', '//metrics', '/metrics/'])(
    'shows nothing of itself at %s to whoever has no token',
    async (path) => {
      const method = path.startsWith('/codec') ? 'POST' : 'GET';
      const { text } = await attack(`no token: ${method} ${path}`, `${head(path, CLOSE, method)}\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 (401|404) /);
      expect(text).not.toMatch(/kitemaker|craftsync_|\bkm\b|silent|not ready|[Ff]astify|[Nn]ode/);
    },
  );

  it('sets the headers that keep an answer from being framed, kept, sniffed and run', async () => {
    const { text } = await attack('headers of an answer', `${head('/nowhere', CLOSE)}\r\n`);
    for (const header of [
      "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options: nosniff',
      'x-frame-options: DENY',
      'referrer-policy: no-referrer',
      'cross-origin-opener-policy: same-origin',
      'cross-origin-resource-policy: same-origin',
      'cache-control: no-store',
    ])
      expect(text).toContain(header);
    expect(text).not.toMatch(/x-powered-by|^server:/im);
  });

  it('limits headers, in number and in bytes', async () => {
    const many = Array.from({ length: 101 }, (_, at) => `X-${at}: y\r\n`).join('');
    expect((await attack('101 headers', `${head('/healthz', many)}\r\n`)).text).toMatch(/^HTTP\/1\.1 431 /);
    const long = `X-Long: ${'y'.repeat(17 * 1024)}\r\n`;
    expect((await attack('17 kB of headers', `${head('/healthz', long)}\r\n`)).text).toMatch(/^HTTP\/1\.1 431 /);
    const fine = Array.from({ length: 90 }, (_, at) => `X-${at}: y\r\n`).join('');
    expect((await attack('90 headers', `${head('/healthz', `${CLOSE}${fine}`)}\r\n`)).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('refuses a body that is too large, by what it announces and by what comes', async () => {
    const json = 'Content-Type: application/json\r\n';
    const announced = `${json}Content-Length: ${1024 * 1024 + 1}\r\n`;
    const post = (more: string): string => `${head('/webhooks/km', more, 'POST')}\r\n`;
    expect((await attack('1 MiB and a byte announced', post(announced))).text).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `${(600 * 1024).toString(16)}\r\n${'a'.repeat(600 * 1024)}\r\n`;
    const chunked = post(`${json}Transfer-Encoding: chunked\r\n`) + chunk + chunk;
    expect((await attack('1.2 MB in chunks', chunked)).text).toMatch(/^HTTP\/1\.1 413 |^$/);
  });

  it.each([
    ['slow headers', head('/healthz'), { drip: 'X: y\r\n' }, /^HTTP\/1\.1 408 /],
    [
      'slow body',
      `${head('/webhooks/km', 'Content-Type: a/b\r\nContent-Length: 900\r\n', 'POST')}\r\n`,
      { drip: 'a' },
      /^HTTP\/1\.1 408 /,
    ],
    ['no byte at all', '', {}, /^HTTP\/1\.1 408 /],
    ['idle keep-alive', `${head('/healthz')}\r\n`, {}, /^HTTP\/1\.1 200 /],
    [
      'an answer of 12 MB that is not read',
      `${head('/readyz', WITH_TOKEN)}\r\n`,
      { readAfterMs: 8_000 },
      /^HTTP\/1\.1 503 |^$/,
    ],
  ] as const)('cuts a slow client: %s', async (name, text, how, expected) => {
    const attempt = await attack(name, text, how);
    expect(attempt.text).toMatch(expected);
    expect(attempt.endedAfterMs).toBeLessThan(name.includes('not read') ? 15_000 : 2_500);
    if (name.includes('not read')) expect(attempt.text.length).toBeLessThan(11 * 1024 * 1024);
  });

  it.each([
    ['two lengths', `${head('/webhooks/km', 'Content-Length: 2\r\nContent-Length: 3\r\n', 'POST')}\r\n{}`],
    [
      'length and chunks',
      `${head('/webhooks/km', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', 'POST')}\r\n0\r\n\r\n`,
    ],
    ['a line break in a header', `${head('/healthz', 'X: a\rY: b\r\n')}\r\n`],
    ['not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('takes no request that two readers may read in two ways: %s', async (name, text) => {
    expect((await attack(name, text)).text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('opens no tunnel and no other protocol', async () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    expect((await attack('upgrade to a WebSocket', `${head('/', upgrade)}\r\n`)).text).not.toMatch(/^HTTP\/1\.1 101/);
    expect((await attack('CONNECT', `${head('evil.example:80', '', 'CONNECT')}\r\n`)).text).not.toMatch(/ 200 /);
  });

  it('tells an address that has presented ten wrong tokens to wait, and still lets the right one in', async () => {
    const present = (token: string): string => `${head('/metrics', `${CLOSE}Authorization: Bearer ${token}\r\n`)}\r\n`;
    for (let at = 0; at < 10; at += 1)
      expect((await attack('a wrong token', present(`wrong-${at}`))).text).toMatch(/^HTTP\/1\.1 401 /);
    const refused = (await attack('the eleventh wrong token', present('wrong-11'))).text;
    expect(refused).toMatch(/^HTTP\/1\.1 429 [\s\S]*retry-after: \d/);
    expect(refused).not.toContain('craftsync_');
    expect((await attack('the right token meanwhile', present(TOKEN))).text).toMatch(/^HTTP\/1\.1 200 /);
    expect((await attack('/healthz meanwhile', `${head('/healthz', CLOSE)}\r\n`)).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('writes no token and no more than a line a minute about each kind into the log', () => {
    expect(lines.join('\n')).not.toContain(TOKEN);
    expect(lines.length).toBeLessThan(12);
  });
});
