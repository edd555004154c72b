/**
 * Kitemaker's webhooks: sent by Svix, signed, saying only what changed (sources: Kitemaker).
 *
 * `{ id, type, event }` for work items, comments and initiatives that were created or updated; deletes send nothing.
 * A delivery that is not answered with 2xx is tried again after 5 seconds and after 5 minutes, then given up.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { WorldChange } from '../world/model.js';
import type { WebhookTarget } from '../http/webhookTarget.js';
import type { WorldBase } from '../world/worldBase.js';

const RETRY_AFTER_MS = [5_000, 300_000] as const;
const ANSWER_WITHIN_MS = 15_000;
/** Deliveries under way or waiting for a retry. More are dropped: webhooks may get lost. */
const IN_HAND_LIMIT = 10_000;

const TYPES: Partial<Record<WorldChange['what'], string>> = {
  'work-item': 'WorkItem',
  comment: 'Comment',
  initiative: 'Initiative',
};

export class KitemakerWebhooks {
  /** Its secret is `whsec_` and base64, as Svix gives it out. */
  private target: WebhookTarget | null = null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private inHand = 0;
  private readonly stop: () => void;
  private readonly ending = new AbortController();

  constructor(
    world: WorldBase,
    private readonly log: Pick<Logger, 'warn'> | null,
  ) {
    this.stop = world.onChange((change) => this.changed(change));
  }

  /** Null: no webhooks. */
  set(target: WebhookTarget | null): void {
    this.target = target;
  }

  close(): void {
    this.stop();
    this.ending.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private changed(change: WorldChange): void {
    const type = TYPES[change.what];
    if (change.side !== 'kitemaker') return;
    if (this.target === null || change.by === 'seed' || type === undefined || change.kind === 'deleted') return;
    if (this.inHand >= IN_HAND_LIMIT) return;
    this.inHand++;
    const body = JSON.stringify({ id: change.id, type, event: change.kind });
    void this.deliver(this.target, `msg_${randomUUID()}`, body, 0);
  }

  private async deliver(target: WebhookTarget, messageId: string, body: string, attempt: number): Promise<void> {
    const answer = await this.post(target, messageId, body);
    const retryAfterMs = RETRY_AFTER_MS[attempt];
    if (answer === 'taken' || retryAfterMs === undefined || this.ending.signal.aborted) {
      this.inHand--;
      if (answer !== 'taken') this.log?.warn({ messageId, answer }, 'webhook given up');
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.deliver(target, messageId, body, attempt + 1);
    }, retryAfterMs);
    this.timers.add(timer);
  }

  private async post(target: WebhookTarget, messageId: string, body: string): Promise<string> {
    const seconds = String(Math.floor(Date.now() / 1_000));
    const headers = {
      'content-type': 'application/json',
      'svix-id': messageId,
      'svix-timestamp': seconds,
      'svix-signature': `v1,${signature(target.secret, messageId, seconds, body)}`,
    };
    const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    try {
      const answer = await fetch(target.url, { method: 'POST', headers, body, signal });
      await answer.arrayBuffer();
      return answer.ok ? 'taken' : `status ${answer.status}`;
    } catch (error) {
      return error instanceof Error ? error.name : 'no answer';
    }
  }
}

function signature(secret: string, messageId: string, seconds: string, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(`${messageId}.${seconds}.${body}`).digest('base64');
}
