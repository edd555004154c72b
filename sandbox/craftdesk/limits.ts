/**
 * The limits of a plan (sources: CraftDesk), enforced for real: so many calls in any 60 seconds, so many in a calendar
 * month (UTC). Every answer has the `X-RateLimit-*` headers of the month; the minute has only `Retry-After`.
 */
import type { Answer } from '../http/mount.js';
import { craftdeskError } from './errors.js';

export const PLANS = {
  starter: { perMonth: 1_000, perMinute: 10 },
  professional: { perMonth: 50_000, perMinute: 100 },
  business: { perMonth: 500_000, perMinute: 1_000 },
} as const;
/** Unlimited still counts; its headers are those of the largest plan, unused. */
export type Plan = keyof typeof PLANS | 'unlimited';

const MINUTE_MS = 60_000;

export class PlanLimits {
  private month = '';
  private used = 0;
  private recent: number[] = [];

  constructor(
    private readonly plan: () => Plan,
    private readonly nowMs: () => number,
  ) {}

  /** Counts one call, or refuses it. */
  enter(): Answer | null {
    const nowMs = this.nowMs();
    this.beginMonth();
    const plan = this.plan();
    if (plan !== 'unlimited') {
      if (this.used >= PLANS[plan].perMonth) return this.stamped(craftdeskError(429, 'Monthly API quota exceeded'));
      this.recent = this.recent.filter((atMs) => atMs > nowMs - MINUTE_MS);
      if (this.recent.length >= PLANS[plan].perMinute) return this.overMinute(nowMs);
    }
    this.recent.push(nowMs);
    this.used += 1;
    return null;
  }

  stamped(answer: Answer): Answer {
    this.beginMonth();
    const plan = this.plan();
    const { perMonth } = PLANS[plan === 'unlimited' ? 'business' : plan];
    const headers = {
      'x-ratelimit-limit': String(perMonth),
      'x-ratelimit-remaining': String(plan === 'unlimited' ? perMonth : Math.max(0, perMonth - this.used)),
      'x-ratelimit-reset': String(this.resetMs() / 1_000),
    };
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }

  private overMinute(nowMs: number): Answer {
    const [oldest = nowMs] = this.recent;
    const seconds = Math.max(1, Math.ceil((oldest + MINUTE_MS - nowMs) / 1_000));
    return this.stamped({
      ...craftdeskError(429, 'Burst limit exceeded'),
      headers: { 'retry-after': String(seconds) },
    });
  }

  private beginMonth(): void {
    const month = new Date(this.nowMs()).toISOString().slice(0, 7);
    if (month !== this.month) this.used = 0;
    this.month = month;
  }

  private resetMs(): number {
    const now = new Date(this.nowMs());
    return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  }
}
