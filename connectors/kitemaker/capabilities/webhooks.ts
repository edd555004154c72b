/**
 * Kitemaker's webhooks: Svix signs each delivery (`svix-id`, `svix-timestamp`, `svix-signature`), and its body says
 * only what changed: `{ id, type, event }`. Nothing is sent for deletions; the inventory finds those.
 */
import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { WebhookDelivery, Webhooks, WebhookVerdict } from '../../port/capabilities.js';

/** Svix's own tolerance, in both directions. */
const TIME_WINDOW_MS = 5 * 60_000;
/** The version of a signature. The header lists one signature for each valid secret. */
const SCHEME = 'v1';

const News = z.object({ id: z.string().min(1), type: z.string(), event: z.string() });

export const webhooks: Webhooks = {
  verify: (delivery, secret) => verifyDelivery(delivery, secret),
  /** People switch webhooks on in the settings of the organisation. */
  registration: null,
};

function verifyDelivery({ headers, body, receivedAt }: WebhookDelivery, secret: string): WebhookVerdict {
  const { 'svix-id': deliveryId, 'svix-timestamp': timestamp, 'svix-signature': signatures } = headers;
  if (!deliveryId || !timestamp || !signatures) {
    return refused('malformed', 'a header is missing: svix-id, svix-timestamp or svix-signature');
  }
  if (!/^\d{1,12}$/.test(timestamp)) return refused('malformed', 'svix-timestamp is not a number of seconds');
  const sentAt = new Date(Number(timestamp) * 1_000);
  const expected = signatureOf(secret, { deliveryId, sentAt, body });
  if (expected === null) return refused('signature', 'webhookSecret is not the text that begins with whsec_');
  if (!carries(signatures, expected))
    return refused('signature', 'no signature fits: forged, or another webhookSecret');
  const ageMs = receivedAt.getTime() - sentAt.getTime();
  if (Math.abs(ageMs) > TIME_WINDOW_MS) {
    return refused(
      'time',
      `it was signed ${Math.round(ageMs / 1_000)} s before it came: replayed, or a clock is wrong`,
    );
  }
  return newsIn(deliveryId, body);
}

function refused(because: 'signature' | 'time' | 'malformed', why: string): WebhookVerdict {
  return { verdict: 'refused', because, why };
}

/** Null where the secret is not a valid one. */
function signatureOf(
  secret: string,
  signed: { readonly deliveryId: string; readonly sentAt: Date; readonly body: Uint8Array },
): string | null {
  try {
    return new Webhook(secret).sign(signed.deliveryId, signed.sentAt, Buffer.from(signed.body));
  } catch {
    return null;
  }
}

/** Compares every signature of the header, so that the time does not reveal which one fits. */
function carries(signatures: string, expected: string): boolean {
  const wanted = Buffer.from(expected);
  let isFound = false;
  for (const signature of signatures.split(' ')) {
    if (!signature.startsWith(`${SCHEME},`)) continue;
    const given = Buffer.from(signature);
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) isFound = true;
  }
  return isFound;
}

/** Only work items count: comments and initiatives change nothing that is synced. */
function newsIn(deliveryId: string, body: Uint8Array): WebhookVerdict {
  const news = News.safeParse(jsonOf(body));
  if (!news.success) return refused('malformed', 'the body is not { id, type, event }');
  const { id, type } = news.data;
  return { verdict: 'accepted', deliveryId, devItemIds: type === 'WorkItem' ? [id] : [] };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
