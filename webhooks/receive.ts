/**
 * Second step of a delivery: verified over its raw body and stored once, not yet told to the items (design 4, Inbox).
 */
import { createHash } from 'node:crypto';
import type { WebhookDelivery, Webhooks, WebhookVerdict } from '../connectors/port/capabilities.js';
import type { Inbox, StoredDelivery } from '../ledger/ledger.js';

export type Received =
  | { readonly status: 'stored'; readonly delivery: StoredDelivery }
  /** The same delivery came before: it is applied once. */
  | { readonly status: 'repeated' }
  | ({ readonly status: 'refused' } & Pick<Extract<WebhookVerdict, { verdict: 'refused' }>, 'because' | 'why'>)
  | NotListening;

/** What is known without the delivery's body. */
export type NotListening =
  | { readonly status: 'unknown' }
  /** The dev tool is configured and cannot be listened to; `why` says what to do. */
  | { readonly status: 'not-listening'; readonly why: string };

/** What the configuration in force says about a dev tool. */
export interface PostingTool {
  readonly type: string;
  /** Verifies its deliveries; undefined for a tool without webhooks. */
  readonly webhooks: Webhooks | undefined;
  /** Null: none is configured. */
  readonly secret: string | null;
}

export interface ReceiverOptions {
  /** Null: the configuration has no such dev tool. */
  readonly toolNamed: (devTool: string) => Promise<PostingTool | null>;
  readonly inbox: Pick<Inbox, 'store'>;
}

export type Receive = (devTool: string, delivery: WebhookDelivery) => Promise<Received>;

export interface Receiver {
  /** Asked before a body is read. Null: deliveries for it are listened to. */
  readonly admit: (devTool: string) => Promise<NotListening | null>;
  /** Throws what the ledger throws: then the sender must send the delivery again. */
  readonly receive: Receive;
}

export function createReceiver({ toolNamed, inbox }: ReceiverOptions): Receiver {
  return {
    admit: async (devTool) => {
      const tool = await listenedTool(devTool, toolNamed);
      return 'status' in tool ? tool : null;
    },
    receive: async (devTool, delivery) => {
      const tool = await listenedTool(devTool, toolNamed);
      if ('status' in tool) return tool;
      const verdict = tool.webhooks.verify(delivery, tool.secret);
      if (verdict.verdict === 'refused') return { status: 'refused', because: verdict.because, why: verdict.why };
      const { deliveryId, devItemIds } = verdict;
      const stored = await inbox.store({ devTool, deliveryId: keyOf(deliveryId), devItemIds });
      return stored === null ? { status: 'repeated' } : { status: 'stored', delivery: stored };
    },
  };
}

async function listenedTool(
  devTool: string,
  toolNamed: ReceiverOptions['toolNamed'],
): Promise<NotListening | { readonly webhooks: Webhooks; readonly secret: string }> {
  const tool = await toolNamed(devTool);
  if (tool === null) return { status: 'unknown' };
  const { type, webhooks, secret } = tool;
  if (webhooks === undefined) {
    return { status: 'not-listening', why: `${type} has no webhooks: its progress sweep brings all changes` };
  }
  if (secret === null) {
    return {
      status: 'not-listening',
      why: `devTools.${devTool}.webhookSecret is not set, so nothing can be verified`,
    };
  }
  return { webhooks, secret };
}

/** An index entry cannot be longer: such a delivery could never be stored. */
const LONGEST_KEY = 200;

function keyOf(deliveryId: string): string {
  return deliveryId.length <= LONGEST_KEY ? deliveryId : createHash('sha256').update(deliveryId).digest('hex');
}
