/**
 * Guards the listener's pages: a request must present CRAFTSYNC_TOKEN, as a Bearer token or, from browsers, as the
 * password of any user. Webhooks are authorised by their signatures, and `/healthz` shows nothing worth protecting.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** `token` null: none is configured, which is allowed only where the listener is bound to this machine. */
export function mayEnter(authorization: string | undefined, token: string | null): boolean {
  if (token === null) return true;
  const presented = presentedIn(authorization);
  return presented !== null && timingSafeEqual(digest(presented), digest(token));
}

function presentedIn(authorization: string | undefined): string | null {
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic)\s+(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon === -1 ? null : decoded.slice(colon + 1);
}

/** Digests all have the same length, so the comparison takes the same time whatever is presented. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
