import { defaultPayloadConverter, toPayloads, type Payload } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { readEncryptionKeys } from '../../../config/encryption/keys.js';
import { payloadCodec } from '../../../runtime/temporal/encryption.js';
import { listenerWith, type ListenerSetUp } from './listener.js';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 3)).toString('base64');
const UI = 'http://127.0.0.1:8233';
const TOKEN = 'a-long-random-text';
const JSON_TYPE = { 'content-type': 'application/json', host: '127.0.0.1' };
const codec = payloadCodec(readEncryptionKeys(`k1:${KEY}`, []));
const open: FastifyInstance[] = [];

function serverWith(setUp: ListenerSetUp = {}): FastifyInstance {
  const { app } = listenerWith({ codec: { codec, origins: [UI] }, ...setUp });
  open.push(app);
  return app;
}

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

interface Wire {
  readonly payloads: { readonly metadata: Record<string, string>; readonly data: string }[];
}

const wireOf = (payloads: readonly Payload[]): string =>
  JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
      ),
      data: Buffer.from(data ?? []).toString('base64'),
    })),
  });
const plain = (): Payload[] => toPayloads(defaultPayloadConverter, { title: 'A title' }) ?? [];
const sealed = async (): Promise<string> => wireOf(await codec.encode(plain()));

async function post(
  app: FastifyInstance,
  payload: string,
  headers: Readonly<Record<string, string>> = {},
  url = '/codec/decode',
) {
  return app.inject({ method: 'POST', url, payload, headers: { ...JSON_TYPE, ...headers } });
}

describe('clients/listen/codec', () => {
  it('decodes and encodes as Temporal’s codec protocol says', async () => {
    const app = serverWith();
    const decoded = await post(app, await sealed(), { origin: UI, 'x-namespace': 'default' });
    expect(decoded.statusCode).toBe(200);
    expect(decoded.json()).toEqual(JSON.parse(wireOf(plain())));
    expect(decoded.headers).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    const encoded = await post(app, wireOf(plain()), {}, '/codec/encode');
    const [payload] = encoded.json<Wire>().payloads;
    expect(Buffer.from(payload?.metadata['encoding'] ?? '', 'base64').toString()).toBe('binary/encrypted');
    expect((await post(app, encoded.body)).json()).toEqual(JSON.parse(wireOf(plain())));
  });

  it('lets the UI’s page ask beforehand, without a token, and nobody else’s', async () => {
    const app = serverWith({ token: TOKEN });
    const ask = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/codec/decode',
        headers: { origin, 'access-control-request-method': 'POST', host: 'h' },
      });
    const allowed = await ask(UI);
    expect([allowed.statusCode, allowed.headers['access-control-allow-origin']]).toEqual([204, UI]);
    expect(allowed.headers['access-control-allow-headers']).toBe('authorization, content-type, x-namespace');
    for (const origin of ['http://evil.example', 'null', `${UI}.evil.example`, 'http://localhost:8233', `${UI}/`]) {
      const refused = await ask(origin);
      expect([refused.statusCode, refused.headers['access-control-allow-origin']], origin).toEqual([403, undefined]);
    }
  });

  it('refuses pages of other origins before it decodes, and gives them no header that lets them read', async () => {
    const app = serverWith();
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:8234']) {
      const { statusCode, headers, body } = await post(app, await sealed(), { origin });
      expect([statusCode, headers['access-control-allow-origin']], origin).toEqual([403, undefined]);
      expect(body).not.toContain('payloads');
    }
  });

  it('asks for the token where there is one, from the UI’s page, too', async () => {
    const app = serverWith({ token: TOKEN });
    const basic = `Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}`;
    for (const authorization of [`Bearer ${TOKEN}`, basic])
      expect((await post(app, await sealed(), { origin: UI, authorization })).statusCode).toBe(200);
    for (const headers of [{ origin: UI }, {}, { origin: UI, authorization: 'Bearer wrong' }]) {
      const refused = await post(app, await sealed(), headers);
      expect(refused.statusCode).toBe(401);
      // A browser would open a dialog for it.
      if ('origin' in headers) expect(String(refused.headers['www-authenticate'])).not.toContain('Basic');
      expect(refused.body).not.toContain('payloads');
    }
  });

  it('without a token answers under the name of this machine alone', async () => {
    const refused = await post(serverWith(), await sealed(), { host: 'rebound.example', origin: UI });
    expect(refused.statusCode).toBe(403);
  });

  it('is not there where no origin is configured', async () => {
    const app = serverWith({ codec: { codec, origins: [] } });
    expect((await post(app, await sealed())).statusCode).toBe(404);
    expect((await app.inject({ method: 'OPTIONS', url: '/codec/decode' })).statusCode).toBe(404);
  });

  it('takes JSON alone, of a bounded size and number, and says which key is missing', async () => {
    const app = serverWith();
    const text = await sealed();
    expect((await post(app, text, { 'content-type': 'text/plain' })).statusCode).toBe(415);
    for (const wrong of ['', '[]', '{"payloads":{}}', '{"payloads":[{"data":"%"}]}', '{"payloads":[{"metadata":[]}]}'])
      expect((await post(app, wrong)).statusCode, wrong).toBe(400);
    expect((await post(app, JSON.stringify({ payloads: Array(2_001).fill({}) }))).statusCode).toBe(400);
    expect((await post(app, ' '.repeat(6 * 1024 * 1024 + 1))).statusCode).toBe(413);
    const elsewhere = payloadCodec(readEncryptionKeys(`k9:${KEY}`, []));
    const unknown = await post(app, wireOf(await elsewhere.encode(plain())));
    expect([unknown.statusCode, unknown.json<{ message: string }>().message]).toEqual([
      400,
      expect.stringMatching(/encrypted with the key k9, and CRAFTSYNC_ENCRYPTION_KEYS names only k1/),
    ]);
  });
});
