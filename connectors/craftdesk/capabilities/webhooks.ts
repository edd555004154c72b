/**
 * CraftDesk's webhooks. Documented (sources: CraftDesk): they are set up by hand (Settings → Integrations → Webhooks)
 * with an "optional custom secret for payload verification"; events such as `project.updated` with an id like `evt_…`
 * come as JSON, and what is not answered with 200 is sent again for up to 24 hours.
 *
 * NOT documented, and so assumed here: that the verification is an HMAC-SHA256 of the raw body under the secret; the
 * header (setting `signatureHeader`); its form (hex or base64 are taken, with or without `sha256=`); the places of the
 * event, the time and the project's id in the body (the usual ones are tried; without an id the feeds tell what
 * changed).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isoTime } from '../../times.js';
import type { WebhookDelivery, Webhooks, WebhookVerdict } from '../../port/capabilities.js';

/** Events seem to be repeated for 24 hours with their original time; one more hour is for clocks that differ. */
const OLDEST_MS = 25 * 3_600_000;
const NEWEST_MS = 3_600_000;
/** Today's times have ten digits in seconds, thirteen in milliseconds. */
const LEAST_MILLISECONDS = 100_000_000_000;

const Id = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .optional()
  .catch(undefined);
const Holder = z.looseObject({ id: Id }).optional().catch(undefined);
const Event = z.looseObject({
  id: Id,
  event: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  created_at: z.union([z.string(), z.number()]).optional().catch(undefined),
  timestamp: z.union([z.string(), z.number()]).optional().catch(undefined),
  data: z.looseObject({ id: Id, project: Holder, project_id: Id }).optional().catch(undefined),
  project: Holder,
  project_id: Id,
});
type Event = z.infer<typeof Event>;

export function webhooksOf(signatureHeader: string): Webhooks {
  const header = signatureHeader.toLowerCase();
  return { verify: (delivery, secret) => verify(delivery, secret, header), registration: null };
}

function verify({ headers, body, receivedAt }: WebhookDelivery, secret: string, header: string): WebhookVerdict {
  const signature = headers[header];
  if (signature === undefined) return refused('signature', `there is no header ${header}: see signatureHeader`);
  if (!isSignedBy(secret, body, signature)) return refused('signature', `the header ${header} does not match the body`);
  const event = parsed(body);
  if (event === null) return refused('malformed', 'the body is not a JSON object');
  const atMs = timeOf(event);
  const ageMs = atMs === null ? 0 : receivedAt.getTime() - atMs;
  if (ageMs > OLDEST_MS) return refused('time', 'the event is older than CraftDesk repeats it');
  if (ageMs < -NEWEST_MS) return refused('time', 'the event is from the future');
  // An id in any other form may be the project's, which many deliveries share.
  const eventId = event.id?.startsWith('evt_') === true ? event.id : null;
  const deliveryId = eventId ?? createHash('sha256').update(body).digest('hex');
  return { verdict: 'accepted', deliveryId, devItemIds: projectsOf(event) };
}

function refused(because: Extract<WebhookVerdict, { verdict: 'refused' }>['because'], why: string): WebhookVerdict {
  return { verdict: 'refused', because, why };
}

function isSignedBy(secret: string, body: Uint8Array, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const text = signature.trim().replace(/^sha256=/i, '');
  const isHex = /^[0-9a-f]{64}$/i.test(text);
  if (!isHex && !/^[\w+/-]{43}=?$/.test(text)) return false;
  const given = Buffer.from(text, isHex ? 'hex' : 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parsed(body: Uint8Array): Event | null {
  try {
    const read = Event.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Null: the body has no readable time; repetitions are then recognised only by their delivery id. */
function timeOf(event: Event): number | null {
  const said = event.timestamp ?? event.created_at;
  if (said === undefined) return null;
  const number = Number(said);
  if (Number.isNaN(number)) return Date.parse(isoTime(String(said)) ?? '') || null;
  return number >= LEAST_MILLISECONDS ? number : number * 1_000;
}

/** Events of members, tasks and subscriptions change nothing in a project. */
function projectsOf(event: Event): readonly string[] | null {
  const name = event.event ?? event.type;
  if (name !== undefined && /^(?:member|task|subscription)\./.test(name)) return [];
  const { data } = event;
  const id = data?.project?.id ?? data?.project_id ?? event.project?.id ?? event.project_id ?? data?.id;
  return id === undefined ? null : [id];
}
