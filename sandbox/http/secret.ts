/** The sandbox's secrets. They are compared in constant time, as on a real server. */
import { createHash, timingSafeEqual } from 'node:crypto';

export function sameSecret(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** In Svix's form, which other tools take as plain text. The same after a restart, since a configuration holds it. */
export function webhookSecretOf(seed: number, system: string): string {
  return `whsec_${createHash('sha256').update(`webhooks of ${system}, seed ${seed}`).digest('base64')}`;
}
