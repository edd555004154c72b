/** From a POST to the inbox: verified on its raw body, stored once, not yet handed on (design 4, Inbox). */
import { createHash } from 'node:crypto';
import type { Current } from '../activities/ports.js';
import type { Configuration } from '../config/configuration.js';
import type { WebhookDelivery, WebhookVerdict } from '../connectors/port/capabilities.js';
import type { Inbox, StoredDelivery } from '../ledger/ledger.js';

export type { WebhookDelivery } from '../connectors/port/capabilities.js';

export type Received =
  | { readonly status: 'stored'; readonly delivery: StoredDelivery }
  /** The same delivery came before: it is applied once. */
  | { readonly status: 'repeated' }
  | ({ readonly status: 'refused' } & Pick<Extract<WebhookVerdict, { verdict: 'refused' }>, 'because' | 'why'>)
  | { readonly status: 'unknown' }
  /** The dev tool is configured and cannot be listened to, `why` in words that say what to do. */
  | { readonly status: 'not-listening'; readonly why: string };

export interface ReceiverOptions {
  readonly current: () => Promise<Current>;
  readonly configuration: () => Configuration;
  readonly inbox: Pick<Inbox, 'store'>;
}

export type Receive = (devTool: string, delivery: WebhookDelivery) => Promise<Received>;

/** Throws what the ledger throws: whoever posted must come again. */
export function createReceiver({ current, configuration, inbox }: ReceiverOptions): Receive {
  return async (devTool, delivery) => {
    const now = await current();
    if (!Object.hasOwn(now.settings.devTools, devTool)) return { status: 'unknown' };
    const { webhooks, type } = now.devTool(devTool);
    const secret = configuration().secrets.webhookSecret(devTool);
    if (webhooks === undefined) {
      return { status: 'not-listening', why: `${type} has no webhooks: its progress sweep brings all changes` };
    }
    if (secret === null) {
      return {
        status: 'not-listening',
        why: `devTools.${devTool}.webhookSecret is not set, so nothing can be verified`,
      };
    }
    const verdict = webhooks.verify(delivery, secret);
    if (verdict.verdict === 'refused') return { status: 'refused', because: verdict.because, why: verdict.why };
    const { deliveryId, devItemIds } = verdict;
    const stored = await inbox.store({ devTool, deliveryId: keyOf(deliveryId), devItemIds });
    return stored === null ? { status: 'repeated' } : { status: 'stored', delivery: stored };
  };
}

/** Longer ids than an index takes would never be stored. */
const LONGEST_KEY = 200;

function keyOf(deliveryId: string): string {
  return deliveryId.length <= LONGEST_KEY ? deliveryId : createHash('sha256').update(deliveryId).digest('hex');
}
