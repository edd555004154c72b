/**
 * Posts webhooks as Craftnote's README says: one delivery for each subscription of the event, with the headers that the
 * subscription gave, unsigned. The document does not say that a lost one is repeated, so none is.
 */
import type { CraftnoteWorld } from './craftnoteWorld.js';
import type { ResourceEvent } from './model.js';

const ANSWER_WITHIN_MS = 5_000;
/** Deliveries under way. More are dropped: webhooks may get lost. */
const IN_HAND_LIMIT = 1_000;

export function sendWebhooks(world: CraftnoteWorld): void {
  let inHand = 0;
  world.onEvent((event) => {
    const body = JSON.stringify(payloadOf(event, world.seconds()));
    for (const webhook of world.webhooks.values()) {
      if (webhook.event !== event.event || inHand >= IN_HAND_LIMIT) continue;
      inHand += 1;
      void post(webhook.url, webhook.headers ?? {}, body).finally(() => {
        inHand -= 1;
      });
    }
  });
}

function payloadOf({ event, resourceId, data, previousData }: ResourceEvent, timestamp: number): unknown {
  const action = event.slice(event.indexOf('.') + 1);
  return { event, timestamp, action, resourceId, fieldPath: '$', data, previousData };
}

/** Never throws: a delivery that fails is lost. */
async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      signal,
    });
    await answer.arrayBuffer();
  } catch {
    // Lost: the receiver has to find the change in its feeds.
  }
}
