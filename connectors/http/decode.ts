/**
 * Takes `Content-Encoding` off a body (RFC 9110, 8.4). Nothing is asked for in an encoding, but proxies and CDNs may
 * compress all the same. The limit on size holds for every stage, so that a small answer cannot become a huge one.
 */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { Exchange, Fault } from './exchange.js';

type Answered = Extract<Exchange, { outcome: 'answered' }>;
type Decode = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const inflate: Decode = promisify(zlib.inflate);
const inflateRaw: Decode = promisify(zlib.inflateRaw);
const gunzip: Decode = promisify(zlib.gunzip);
/** Node has it since 22.15. */
const { zstdDecompress } = zlib as { readonly zstdDecompress?: typeof zlib.gunzip };

const DECODERS: Readonly<Record<string, Decode | undefined>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflateAny,
  br: promisify(zlib.brotliDecompress),
  zstd: zstdDecompress === undefined ? undefined : promisify(zstdDecompress),
};

/** More are an attack. */
const MOST_STAGES = 3;

/**
 * The answer as it was before it was encoded. Where that cannot be had, `fault` says why, and the body is empty.
 * `maxBytes`: of the decoded body.
 */
export async function decoded(answer: Answered, maxBytes: number): Promise<Answered> {
  const encodings = encodingsOf(answer);
  if (encodings.length === 0 || answer.fault !== null || answer.body.length === 0) return answer;
  const failed = (fault: Fault): Answered => ({ ...answer, body: Buffer.alloc(0), fault });
  const decoders = encodings.map((encoding) => (Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined));
  const unknown = encodings.find((_, index) => decoders[index] === undefined);
  if (unknown !== undefined) return failed({ fault: 'encoding', encoding: unknown });
  if (encodings.length > MOST_STAGES) return failed({ fault: 'encoding', encoding: encodings.join(', ') });
  let { body } = answer;
  // The encoding that was applied last is taken off first.
  for (const decode of decoders.reverse()) {
    try {
      if (decode !== undefined) body = await decode(body, { maxOutputLength: maxBytes });
    } catch (error) {
      const isTooBig = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      return failed(isTooBig ? { fault: 'too-big' } : { fault: 'broken-encoding', encoding: encodings.join(', ') });
    }
  }
  return { ...answer, body };
}

/** In lower case, without `identity`. */
function encodingsOf({ headers }: Answered): readonly string[] {
  const named = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  return named.filter((encoding) => encoding !== '' && encoding !== 'identity');
}

/** Some servers leave out the wrapping that `deflate` is defined with. */
async function inflateAny(body: Buffer, options: { readonly maxOutputLength: number }): Promise<Buffer> {
  const isWrapped = ((body[0] ?? 0) & 0x0f) === 8 && body.length > 1 && body.readUInt16BE(0) % 31 === 0;
  return isWrapped ? inflate(body, options) : inflateRaw(body, options);
}
