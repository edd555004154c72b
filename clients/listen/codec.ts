/**
 * The codec for Temporal's UI and its command line (decision 36): `POST /codec/decode` and `/codec/encode` take and
 * answer `{ payloads: [{ metadata, data }] }`, bytes in base64, as Temporal's codec protocol says. Mounted only where
 * CRAFTSYNC_CODEC_ORIGIN names the UI: whoever may ask here reads what is encrypted.
 *
 * A page of any other origin is refused before its body is read, and is not told that it may read the answer. A
 * preflight carries no token, and shows nothing; every other request passes the listener's guard.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { EncryptionFailure } from '../../runtime/temporal/encryption.js';
import type { Guard } from './guard.js';

export interface CodecOptions {
  readonly codec: PayloadCodec;
  /** Of Temporal's UI. Empty: there is no codec. */
  readonly origins: readonly string[];
}

/** Temporal takes no message of more than 4 MiB; base64 adds a third. */
const BODY_LIMIT_BYTES = 6 * 1024 * 1024;
const MOST_PAYLOADS = 2_000;
const PREFLIGHT_KEPT_SECONDS = 600;
const OPERATIONS = ['decode', 'encode'] as const;

const Base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/);
const Body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), Base64).optional(), data: Base64.nullish() }))
    .max(MOST_PAYLOADS)
    .default([]),
});

export function mountCodec(app: FastifyInstance, { codec, origins }: CodecOptions, guard: Guard): void {
  if (origins.length === 0) return;
  for (const operation of OPERATIONS) {
    const url = `/codec/${operation}`;
    app.options(url, {
      onRequest: async (request, reply) => admit(request, reply, origins),
      handler: async (_request, reply) =>
        reply
          .code(204)
          .headers({
            'access-control-allow-methods': 'POST',
            'access-control-allow-headers': 'authorization, content-type, x-namespace',
            'access-control-max-age': PREFLIGHT_KEPT_SECONDS,
          })
          .send(),
    });
    app.post(url, {
      bodyLimit: BODY_LIMIT_BYTES,
      onRequest: async (request, reply) =>
        admit(request, reply, origins) ?? guard(request, reply) ?? requireJson(request, reply),
      handler: async (request, reply) => convert(request, reply, (payloads) => codec[operation](payloads)),
    });
  }
}

/** Programs that are no browser send no `Origin`. */
function admit({ headers }: FastifyRequest, reply: FastifyReply, origins: readonly string[]): FastifyReply | undefined {
  const { origin } = headers;
  void reply.header('vary', 'Origin');
  if (origin === undefined) return undefined;
  if (!origins.includes(origin)) {
    return reply.code(403).header('connection', 'close').send({ message: 'pages of this origin may not ask here' });
  }
  void reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
  return undefined;
}

/** A page can send other types without a preflight. */
function requireJson({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) return undefined;
  return reply.code(415).header('connection', 'close').send({ message: 'send payloads as application/json' });
}

async function convert(
  { body }: FastifyRequest,
  reply: FastifyReply,
  run: (payloads: Payload[]) => Promise<Payload[]>,
): Promise<FastifyReply> {
  const read = Body.safeParse(parsed(body));
  if (!read.success) {
    const message = `the body is no { payloads: [{ metadata, data }] } with bytes in base64, of at most ${MOST_PAYLOADS}`;
    return reply.code(400).send({ message });
  }
  try {
    const payloads = await run(read.data.payloads.map(fromJson));
    return await reply.send({ payloads: payloads.map(toJson) });
  } catch (error) {
    if (error instanceof EncryptionFailure) return reply.code(400).send({ message: error.message });
    throw error;
  }
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as unknown;
  } catch {
    return null;
  }
}

type JsonPayload = z.infer<typeof Body>['payloads'][number];

function fromJson({ metadata = {}, data }: JsonPayload): Payload {
  const entries = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return {
    metadata: Object.fromEntries(entries),
    ...(typeof data === 'string' && { data: Buffer.from(data, 'base64') }),
  };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)] as const);
  return { metadata: Object.fromEntries(entries), data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
