/**
 * The way of a webhook delivery through this room: `route.ts` takes the POST to `/webhooks/<devTool>` and answers it
 * (design 7). `receive.ts` verifies it over its raw body, as the dev tool's connector knows how, and stores it once in
 * the inbox. `wakeQueue.ts` then takes it from memory, or later from the inbox, and `wakeItems.ts` wakes the runs of
 * the items that it names and marks it. `runtime/listening.ts` connects these, and `runtime/itemSyncs.ts` sends the
 * signals. Each progress sweep does the last step too, so nothing depends on a listener that stays alive. The delivery
 * only says that something changed; what changed is read by the runs.
 *
 * A flood is bounded before anything is read: only so many deliveries are in hand at a time, each of at most 1 MiB, and
 * further ones are asked to come again. Senders repeat a webhook that was not taken, and the progress sweep finds what
 * is lost all the same.
 */
import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { WebhookDelivery } from '../connectors/port/capabilities.js';
import type { Receive, Received } from './receive.js';

export const BODY_LIMIT_BYTES = 1024 * 1024;
const MOST_IN_HAND = 100;
const BUSY_RETRY_AFTER_SECONDS = 2;
const LEDGER_RETRY_AFTER_SECONDS = 10;
/** One kind of refusal is logged at most this often: a flood must not fill the disk. */
const LOG_EVERY_MS = 5_000;
/** The name under which a POST to a dev tool that is not configured is counted. */
const NO_TOOL = '(none)';

/** Why a POST was not taken: by the connector's verdict, or before it. */
export type Refusal =
  'signature' | 'time' | 'malformed' | 'too-large' | 'busy' | 'ledger' | 'unknown' | 'not-listening';

/** Counts what became of the deliveries. */
export interface DeliveryCounts {
  took(devTool: string, verdict: 'accepted' | 'repeated'): void;
  refused(devTool: string, why: Refusal): void;
}

export interface WebhookRouteOptions {
  readonly receive: Receive;
  readonly isTool: (name: string) => Promise<boolean>;
  readonly metrics: DeliveryCounts;
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

function deliveryOf({ headers, body }: FastifyRequest): WebhookDelivery {
  // Node joins most headers that come several times by itself, but not all.
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
  { refuse, metrics }: { readonly metrics: DeliveryCounts; readonly refuse: Refuse },
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

/** An error before the answer: the body is too large, or the ledger cannot store. */
async function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  refuse: Refuse,
): Promise<FastifyReply> {
  if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) {
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
