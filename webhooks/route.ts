/**
 * `POST /webhooks/<devTool>` (design 7): verified, stored, answered; handed on afterwards.
 *
 * A flood is bounded before anything is read: so many deliveries are in hand at a time, of at most 1 MiB each, and
 * further ones are asked to come again. Whoever sends a webhook repeats it, and the progress sweep brings what is lost.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Listening } from '../runtime/listening.js';
import type { Received } from './receive.js';
import { NO_TOOL, type Metrics, type Refusal } from '../clients/listen/metrics.js';

export const BODY_LIMIT_BYTES = 1024 * 1024;
const MOST_IN_HAND = 100;
const BUSY_RETRY_AFTER_SECONDS = 2;
const LEDGER_RETRY_AFTER_SECONDS = 10;
/** Of one kind of refusal, at most one line in this time: a flood must not fill the disk. */
const LOG_EVERY_MS = 5_000;

export interface WebhookRouteOptions {
  readonly receive: Listening['receive'];
  readonly isTool: (name: string) => Promise<boolean>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** @default MOST_IN_HAND */
  readonly mostInHand?: number;
}

type Refuse = (request: FastifyRequest, why: Refusal, words: string) => Promise<void>;
type Request = FastifyRequest<{ Params: { devTool: string } }>;

export function mountWebhooks(app: FastifyInstance, options: WebhookRouteOptions): void {
  const { metrics } = options;
  const say = createRefusalLog(options.logger);
  const refuse: Refuse = async (request, why, words) => {
    const { devTool } = (request as Request).params;
    const label = await options.isTool(devTool).then(
      (isTool) => (isTool ? devTool : NO_TOOL),
      () => NO_TOOL,
    );
    metrics.refused(label, why);
    say(label, why, words);
  };
  let inHand = 0;
  app.post<{ Params: { devTool: string } }>('/webhooks/:devTool', {
    onRequest: async (request, reply) => {
      if (inHand >= (options.mostInHand ?? MOST_IN_HAND)) {
        await refuse(request, 'busy', `${inHand} deliveries are in hand`);
        return comeAgain(reply, BUSY_RETRY_AFTER_SECONDS, 'too many deliveries at once');
      }
      inHand += 1;
      reply.raw.once('close', () => (inHand -= 1));
      return undefined;
    },
    errorHandler: (error, request, reply) => void answerFailure(error, request, reply, refuse),
    handler: async (request, reply) => {
      const received = await options.receive(request.params.devTool, deliveryOf(request));
      return answer(received, request, reply, { refuse, metrics });
    },
  });
}

function deliveryOf({ headers, body }: FastifyRequest): Parameters<Listening['receive']>[1] {
  // A header that comes several times is one text, as Node joins most of them itself.
  const single = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    headers: Object.fromEntries(single) as Record<string, string | undefined>,
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    receivedAt: new Date(),
  };
}

async function answer(
  received: Received,
  request: Request,
  reply: FastifyReply,
  { refuse, metrics }: { readonly metrics: Metrics; readonly refuse: Refuse },
): Promise<FastifyReply> {
  const { devTool } = request.params;
  switch (received.status) {
    case 'stored':
    case 'repeated': {
      const verdict = received.status === 'stored' ? 'accepted' : 'repeated';
      metrics.took(devTool, verdict);
      return reply.send({ status: verdict });
    }
    case 'refused':
      await refuse(request, received.because, received.why);
      return reply.code(401).send({ message: `refused: ${received.because}` });
    case 'unknown':
      await refuse(request, 'unknown', 'the configuration has no such dev tool');
      return reply.code(404).send({ message: 'not found' });
    case 'not-listening':
      await refuse(request, 'not-listening', received.why);
      return reply.code(404).send({ message: 'not found' });
  }
}

/** What was thrown before an answer: the body is too large, or the ledger cannot store. */
async function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  refuse: Refuse,
): Promise<FastifyReply> {
  if ((error as { code?: string }).code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    await refuse(request, 'too-large', 'the body is larger than 1 MiB');
    return reply.code(413).header('connection', 'close').send({ message: 'the body is larger than 1 MiB' });
  }
  await refuse(request, 'ledger', error instanceof Error ? error.message : String(error));
  return comeAgain(reply, LEDGER_RETRY_AFTER_SECONDS, 'it cannot be stored now');
}

function comeAgain(reply: FastifyReply, seconds: number, message: string): FastifyReply {
  return reply.code(503).header('retry-after', seconds).header('connection', 'close').send({ message });
}

function createRefusalLog(logger: Logger): (devTool: string, why: Refusal, words: string) => void {
  const last = new Map<string, { atMs: number; silent: number }>();
  return (devTool, reason, why) => {
    const key = `${devTool} ${reason}`;
    const known = last.get(key);
    if (known !== undefined && performance.now() - known.atMs < LOG_EVERY_MS) {
      known.silent += 1;
      return;
    }
    const alsoRefused = known?.silent ?? 0;
    last.set(key, { atMs: performance.now(), silent: 0 });
    logger.warn({ devTool, reason, why, ...(alsoRefused > 0 && { alsoRefused }) }, 'a webhook was refused');
  };
}
