/** The sandbox's secrets: compared in constant time, as by a server that guards something. */
import { createHash, timingSafeEqual } from 'node:crypto';

export function sameSecret(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** In Svix's form, which any tool takes as a text; the same after a restart, since a configuration holds it. */
export function webhookSecretOf(seed: number, system: string): string {
  return `whsec_${createHash('sha256').update(`webhooks of ${system}, seed ${seed}`).digest('base64')}`;
}
