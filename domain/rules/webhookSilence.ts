/** Expected webhooks that do not come: after how many changes somebody is told, and in which words. Pure. */

/** Consecutive changes that progress sweeps found and no webhook had announced. */
export interface Silence {
  readonly devTool: string;
  readonly changes: number;
  readonly sweeps: number;
  /** ISO time. */
  readonly since: string;
  /** ISO time of the last delivery of any kind; null: none in 30 days. */
  readonly lastDelivery: string | null;
}

/**
 * Tools do not promise to deliver, so a few lost webhooks are normal: hence five changes. One sweep after an outage
 * finds everything that the outage lost: hence two sweeps. A delivery about a followed item resets the count.
 */
const TELLING_CHANGES = 5;
const TELLING_SWEEPS = 2;

export function isTelling({ changes, sweeps }: Silence): boolean {
  return changes >= TELLING_CHANGES && sweeps >= TELLING_SWEEPS;
}

export function silenceWords({ devTool, changes, since, lastDelivery }: Silence): string {
  const last = lastDelivery === null ? 'no delivery in 30 days' : `last delivery ${minuteOf(lastDelivery)}`;
  return `${devTool}: ${changes} changes since ${minuteOf(since)} came without a webhook; ${last}`;
}

export const SILENCE_ADVICE =
  "Look at the webhook in the tool's settings (address, secret, errors) and at the listener's page and log; " +
  'the sweep goes on bringing the changes.';

function minuteOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
