/** The fingerprint of what was handed over: SHA-256 of its canonical JSON (design 3, lockCraftItem). */
import { createHash } from 'node:crypto';

export function fingerprintOf(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex');
}
