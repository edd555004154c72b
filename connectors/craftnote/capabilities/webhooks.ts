/**
 * Craftnote's webhooks: verified by a secret header, since Craftnote signs nothing, and registered over its API.
 *
 * The header is set at subscription and comes with each delivery, so it proves the sender. The body's `timestamp` keeps
 * an old delivery from counting for ever; somebody who knows the header could forge it as well, but a webhook is only a
 * hint to read again, so that is enough. Deliveries have no id: the hash of the body serves, and is the same for a
 * repetition.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ToolError } from '../../../domain/errors.js';
import type { WebhookDelivery, WebhookRegistration, Webhooks, WebhookVerdict } from '../../port/capabilities.js';
import type { ReadCall, WriteCall } from '../../port/calls.js';
import { readListing } from '../paging.js';
import { taskId } from '../mapping.js';
import {
  type Craftnote,
  createWebhook,
  deleteWebhook,
  failure,
  replaceWebhook,
  type Subscription,
  webhooksPage,
} from '../requests.js';
import { DataOfTask, Webhook, WebhookPayload } from '../schema.js';

const SECRET_HEADER = 'X-Craftsync-Secret';
/** How far a delivery's time may be from ours, either way. */
const WINDOW_MS = 5 * 60_000;
/**
 * The events about dev items. The README says that only creations are sent so far; the others are subscribed as well.
 */
const EVENTS = ['project.created', 'project.updated', 'task.created', 'task.updated'] as const;

export function webhooksOf(cn: Craftnote): Webhooks {
  return { verify, registration: registrationOf(cn) };
}

function verify(delivery: WebhookDelivery, secret: string): WebhookVerdict {
  const given = delivery.headers[SECRET_HEADER.toLowerCase()];
  if (given === undefined) return refused('signature', `the header ${SECRET_HEADER} is missing`);
  if (secret === '' || !isSame(given, secret)) return refused('signature', `the header ${SECRET_HEADER} is not ours`);
  const payload = payloadOf(delivery.body);
  if (payload === null) return refused('malformed', 'the body is not a documented event');
  const awayMs = Math.abs(payload.timestamp * 1_000 - delivery.receivedAt.getTime());
  if (awayMs > WINDOW_MS) return refused('time', `the event is ${Math.round(awayMs / 1_000)} seconds away from now`);
  const deliveryId = createHash('sha256').update(delivery.body).digest('hex');
  return { verdict: 'accepted', deliveryId, devItemIds: devItemIdsOf(payload) };
}

/** Hashes have one length, so the comparison reveals nothing about the secret's. */
function isSame(given: string, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}

function payloadOf(body: Uint8Array): WebhookPayload | null {
  try {
    const read = WebhookPayload.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** `tasks/<id>` does not name the project; where the data does not either, the feeds tell what changed. */
function devItemIdsOf({ resourceId, data }: WebhookPayload): readonly string[] | null {
  const at = resourceId.indexOf('/');
  const id = resourceId.slice(at + 1);
  switch (resourceId.slice(0, at)) {
    case 'projects':
      return [id];
    case 'tasks': {
      const task = DataOfTask.safeParse(data);
      return task.success ? [taskId(task.data.projectId, id)] : null;
    }
    default:
      return [];
  }
}

function refused(because: Extract<WebhookVerdict, { verdict: 'refused' }>['because'], why: string): WebhookVerdict {
  return { verdict: 'refused', because, why };
}

function registrationOf(cn: Craftnote): WebhookRegistration {
  return {
    async register({ url, secret }, call) {
      const registered = await webhooksFor(cn, url, call);
      const words: string[] = [];
      for (const event of EVENTS) {
        const subscription = { event, url, headers: { [SECRET_HEADER]: secret } };
        const [first, ...others] = registered.filter((webhook) => webhook.event === event);
        const said = await subscribe(cn, subscription, first, call);
        if (said !== null) words.push(said);
        for (const other of others) {
          await deleteWebhook(cn, other.id, call);
          words.push(`removed a second webhook for ${event}`);
        }
      }
      return words;
    },
    async remove(url, call) {
      const words: string[] = [];
      for (const webhook of await webhooksFor(cn, url, call)) {
        await removed(deleteWebhook(cn, webhook.id, call));
        words.push(`removed the webhook for ${webhook.event}`);
      }
      return words;
    },
  };
}

/**
 * What was changed, in words; null: nothing. An event that Craftnote does not offer is no failure: the feeds cover it.
 */
async function subscribe(
  cn: Craftnote,
  subscription: Subscription,
  existing: Webhook | undefined,
  call: WriteCall,
): Promise<string | null> {
  const { event, headers } = subscription;
  if (existing !== undefined) {
    if (secretIn(existing.headers) === headers[SECRET_HEADER]) return null;
    await replaceWebhook(cn, existing.id, subscription, call);
    // Where a server does not show the headers, it is unknown whether they were right already.
    return existing.headers == null ? null : `corrected the webhook for ${event}`;
  }
  try {
    await createWebhook(cn, subscription, call);
    return `registered a webhook for ${event}`;
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'invalid') throw error;
    return `warning: Craftnote does not take ${event}; such changes come with the progress sweep (${error.message})`;
  }
}

/** Header names are case-insensitive, and a server may show them in its own case. */
function secretIn(headers: Webhook['headers']): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === SECRET_HEADER.toLowerCase())?.[1];
}

async function webhooksFor(cn: Craftnote, url: string, call: ReadCall): Promise<readonly Webhook[]> {
  const page = (startAfter: string | null) => webhooksPage(cn, startAfter, call);
  const { items, whole } = await readListing(page, Webhook, 'empty-page', call);
  if (!whole) throw failure(cn, 'unexpected-response', 'GET /webhooks answered pages that do not come to an end');
  return items.filter((webhook) => webhook.url === url);
}

/** A webhook that somebody else has removed meanwhile counts as removed. */
async function removed(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'not-found') throw error;
  }
}
