import type { Socket } from 'node:net';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { client, failing, read, server, write } from './setUp.js';

/** An answer whose body is bytes. */
function answerEncoded(status: number, encoding: string, body: Buffer) {
  return (socket: Socket): void => {
    const head = `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\nCONTENT-Encoding: ${encoding}\r\n`;
    socket.write(Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]));
  };
}

const JSON_BODY = Buffer.from('{"id":"ä1"}');
const gzipped = zlib.gzipSync(JSON_BODY);
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (body: Buffer) => Buffer };

describe('connectors/http/decode', () => {
  const encoded: readonly (readonly [string, Buffer])[] = [
    ['gzip', gzipped],
    ['GZip', gzipped],
    ['x-gzip', gzipped],
    ['deflate', zlib.deflateSync(JSON_BODY)],
    ['deflate', zlib.deflateRawSync(JSON_BODY)],
    ['br', zlib.brotliCompressSync(JSON_BODY)],
    ['deflate, gzip', zlib.gzipSync(zlib.deflateSync(JSON_BODY))],
    ['identity,gzip', gzipped],
    ['Identity', JSON_BODY],
    ...(zstdCompressSync === undefined ? [] : [['zstd', zstdCompressSync(JSON_BODY)] as const]),
  ];
  it.each(encoded)('reads an answer that came as %s, also that of a create', async (encoding, body) => {
    const { url } = await server(answerEncoded(200, encoding, body));
    expect((await client(url).send(read())).body).toEqual({ id: 'ä1' });
    expect((await client(url).send(write())).body).toEqual({ id: 'ä1' });
  });

  it("reads the tool's reason for a refusal, and takes no write for uncertain", async () => {
    const { url } = await server(answerEncoded(422, 'gzip', zlib.gzipSync('{"why":"too long"}')));
    const describeError = (_: number, body: unknown) => (body as { why: string }).why;
    const error = await failing(client(url, { describeError }).send(write()));
    expect(error.kind).toBe('invalid');
    expect(error.message).toBe('km: POST /things was refused with status 422: too long');
  });

  it.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(50_000_000))],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(Buffer.alloc(50_000_000)))],
    ['br', zlib.brotliCompressSync(Buffer.alloc(50_000_000), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('stops at the size cap, counted on what comes out of %s', async (encoding, bomb) => {
    const { url } = await server(answerEncoded(200, encoding, bomb));
    const heapBefore = process.memoryUsage().arrayBuffers;
    const error = await failing(client(url).send(read({ maxBytes: 1_000_000 })));
    expect(error.message).toContain('answered with more than may be read');
    expect(process.memoryUsage().arrayBuffers - heapBefore).toBeLessThan(20_000_000);
    const refusal = await server(answerEncoded(400, encoding, bomb));
    expect((await failing(client(refusal.url).send(write()))).kind).toBe('invalid');
  });

  it('classifies an encoding that is broken or cut short', async () => {
    const broken = Buffer.concat([gzipped.subarray(0, 12), Buffer.alloc(8, 7)]);
    for (const body of [broken, gzipped.subarray(0, -9), Buffer.from('{"id":"plain"}')]) {
      const { url } = await server(answerEncoded(200, 'gzip', body));
      const error = await failing(client(url).send(read()));
      expect(error.kind).toBe('unexpected-response');
      expect(error.message).toContain('answered in the encoding gzip, but that is broken: look for a proxy between');
      expect((await failing(client(url).send(write()))).kind).toBe('ambiguous');
    }
  });

  it.each(['compress', 'aws-chunked', 'constructor', 'gzip, gzip, gzip, gzip'])(
    'says what to do about %s, which it does not read',
    async (encoding) => {
      const { url } = await server(answerEncoded(200, encoding, JSON_BODY));
      expect((await failing(client(url).send(read()))).message).toBe(
        `km: GET /things answered in the encoding ${encoding}, which was not asked for and cannot be read: ` +
          'have the server or the proxy before it send gzip, or no encoding (status 200)',
      );
    },
  );
});
