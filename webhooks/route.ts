/**
 * The way of a webhook delivery through this room: `route.ts` takes the POST to `/webhooks/<devTool>` and answers it
 * (design 7). `receive.ts` verifies it over its raw body, as the dev tool's connector knows how, and stores it once in
 * the inbox. `wakeQueue.ts` then takes it from memory, or later from the inbox, and `wakeItems.ts` wakes the runs of
 * the items that it names and marks it. `runtime/listening.ts` connects these, and `runtime/itemSyncs.ts` sends the
 * signals. Each progress sweep does the last step too, so nothing depends on a listener that stays alive. The delivery
 * only says that something changed; what changed is read by the runs.
 *
 * Strangers reach this route, so what can be said without the body is said first: an unknown dev tool, another method
 * than POST, a content type that is none, a length beyond 1 MiB. Only then does a delivery take one of the places
 * (`places.ts`). Senders repeat a webhook that was not taken, and the progress sweep finds what is lost all the same.
 */
import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { WebhookDelivery } from '../connectors/port/capabilities.js';
import { createPlaces, type Place, type Places } from './places.js';
import type { NotListening, Received, Receiver } from './receive.js';
import { createRefusals, NO_TOOL, type Refuse } from './refusals.js';
import type { DeliveryCounts } from './refusals.js';

export const BODY_LIMIT_BYTES = 1024 * 1024;
const MOST_IN_HAND = 100;
const BUSY_RETRY_AFTER_SECONDS = 2;
const LEDGER_RETRY_AFTER_SECONDS = 10;
const PATH = '/webhooks/:devTool';
const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface WebhookRouteOptions {
  readonly receiver: Receiver;
  readonly metrics: DeliveryCounts;
  readonly logger: Logger;
  /** @default MOST_IN_HAND */
  readonly mostInHand?: number;
}

type Request = FastifyRequest<{ Params: { devTool: string } }>;

export function mountWebhooks(app: FastifyInstance, options: WebhookRouteOptions): void {
  const { receiver, metrics } = options;
  const refuse = createRefusals(metrics, options.logger);
  const places = createPlaces(options.mostInHand ?? MOST_IN_HAND);
  const placeOf = new WeakMap<FastifyRequest, Place>();
  app.route({
    method: OTHER_METHODS,
    url: PATH,
    onRequest: async (_request, reply) => {
      refuse(NO_TOOL, 'malformed', 'it was no POST');
      return closing(reply, 405).header('allow', 'POST').send({ message: 'webhooks come by POST' });
    },
    handler: () => undefined,
  });
  app.post<{ Params: { devTool: string } }>(PATH, {
    onRequest: async (request, reply) => {
      const closed = await orNotStored(receiver.admit(request.params.devTool));
      if (closed !== null) return answerClosed(closed, request, reply, refuse);
      const place = takePlace(places, request, reply, refuse);
      if (place === null) return reply;
      placeOf.set(request, place);
      return undefined;
    },
    errorHandler: (error, request, reply) => void answerFailure(error, request, reply, refuse),
    handler: async (request, reply) => {
      placeOf.get(request)?.arrived();
      const received = await orNotStored(receiver.receive(request.params.devTool, deliveryOf(request)));
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

function takePlace(places: Places, request: Request, reply: FastifyReply, refuse: Refuse): Place | null {
  const { devTool } = request.params;
  const place = places.take(request.ip, () => {
    refuse(devTool, 'gave-way', 'its body was not here yet when another delivery needed the place');
    void comeAgain(reply, BUSY_RETRY_AFTER_SECONDS, 'the body came too slowly while many deliveries came');
  });
  if (place === null) {
    refuse(devTool, 'busy', 'all places are taken by deliveries that are being stored');
    void comeAgain(reply, BUSY_RETRY_AFTER_SECONDS, 'too many deliveries at once');
    return null;
  }
  reply.raw.once('close', () => place.leave());
  return place;
}

function answer(
  received: Received,
  request: Request,
  reply: FastifyReply,
  { refuse, metrics }: { readonly metrics: DeliveryCounts; readonly refuse: Refuse },
): FastifyReply {
  const { devTool } = request.params;
  switch (received.status) {
    case 'stored':
    case 'repeated': {
      const verdict = received.status === 'stored' ? 'accepted' : 'repeated';
      metrics.took(devTool, verdict);
      return reply.send({ status: verdict });
    }
    case 'refused':
      refuse(devTool, received.because, received.why);
      return reply.code(401).send({ message: `refused: ${received.because}` });
    case 'unknown':
    case 'not-listening':
      return answerClosed(received, request, reply, refuse);
  }
}

function answerClosed(closed: NotListening, { params }: Request, reply: FastifyReply, refuse: Refuse): FastifyReply {
  if (closed.status === 'unknown') refuse(NO_TOOL, 'unknown', 'the configuration has no such dev tool');
  else refuse(params.devTool, 'not-listening', closed.why);
  return closing(reply, 404).send({ message: 'not found' });
}

/** The configuration or the ledger failed, not the sender. */
class NotStored extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function orNotStored<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw new NotStored(error);
  });
}

/** An error before the answer: ours, where nothing could be looked up or stored; else the sender's. */
function answerFailure(error: unknown, { params }: Request, reply: FastifyReply, refuse: Refuse): FastifyReply {
  if (error instanceof NotStored) {
    refuse(params.devTool, 'ledger', error.message);
    return comeAgain(reply, LEDGER_RETRY_AFTER_SECONDS, 'it cannot be stored now');
  }
  if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) {
    refuse(params.devTool, 'too-large', 'the body is larger than 1 MiB');
    return closing(reply, 413).send({ message: 'the body is larger than 1 MiB' });
  }
  if (error instanceof errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE) {
    refuse(params.devTool, 'malformed', 'the header content-type is not one');
    return closing(reply, 415).send({ message: 'the header content-type is not one' });
  }
  refuse(params.devTool, 'unfinished', error instanceof Error ? error.message : String(error));
  return closing(reply, 400).send({ message: 'the body did not come in full' });
}

function comeAgain(reply: FastifyReply, seconds: number, message: string): FastifyReply {
  return closing(reply, 503).header('retry-after', seconds).send({ message });
}

/** What is left of the body is not read. */
function closing(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).header('connection', 'close');
}
