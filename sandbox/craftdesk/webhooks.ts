/**
 * CraftDesk's webhooks (sources: CraftDesk): JSON POSTs with an id like `evt_5…`, events `project.…`, 200 expected, and
 * what fails is sent again for up to 24 hours. Not documented, and chosen here: the names of the body's properties, and
 * the signature (`X-CraftDesk-Signature: sha256=` and the HMAC-SHA256 of the body in hex).
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { WebhookTarget } from '../http/webhookTarget.js';
import { render } from './routes.js';
import type { CraftdeskWorld, Project, ProjectEvent } from './craftdeskWorld.js';

/** About 24 hours in all. */
const RETRY_AFTER_MS = [5_000, 300_000, 3_600_000, 22 * 3_600_000] as const;
const ANSWER_WITHIN_MS = 15_000;
/** Deliveries under way or waiting for a retry. More are dropped: webhooks may get lost. */
const IN_HAND_LIMIT = 10_000;

export class CraftdeskWebhooks {
  private target: WebhookTarget | null = null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private inHand = 0;
  private readonly ending = new AbortController();

  constructor(private readonly world: CraftdeskWorld) {
    world.onEvent = (event, project, by) => {
      if (by !== 'seed') this.send(event, project);
    };
  }

  /** Null: no webhooks. */
  set(target: WebhookTarget | null): void {
    this.target = target;
  }

  close(): void {
    this.ending.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private send(event: ProjectEvent, project: Project): void {
    if (this.target === null || this.inHand >= IN_HAND_LIMIT) return;
    this.inHand += 1;
    const id = `evt_${randomUUID().replaceAll('-', '')}`;
    const at = new Date(this.world.nowMs()).toISOString();
    const body = JSON.stringify({ id, type: `project.${event}`, created_at: at, data: render(project) });
    void this.deliver(this.target, body, 0);
  }

  private async deliver(target: WebhookTarget, body: string, attempt: number): Promise<void> {
    const isTaken = await this.post(target, body);
    const retryAfterMs = RETRY_AFTER_MS[attempt];
    if (isTaken || retryAfterMs === undefined || this.ending.signal.aborted) {
      this.inHand -= 1;
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.deliver(target, body, attempt + 1);
    }, retryAfterMs);
    this.timers.add(timer);
  }

  private async post(target: WebhookTarget, body: string): Promise<boolean> {
    const signature = createHmac('sha256', target.secret).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-craftdesk-signature': `sha256=${signature}` };
    const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    try {
      const answer = await fetch(target.url, { method: 'POST', headers, body, signal });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }
}
