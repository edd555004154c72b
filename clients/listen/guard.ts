/**
 * Guards the listener's pages. With CRAFTSYNC_TOKEN a request must present it, as a Bearer token or, from browsers, as
 * the password of any user. Without one, which is allowed only where the listener is bound to this machine, a request
 * must name this machine: a page elsewhere can give its own host name this machine's address, and then a browser lets
 * it read the answers. Webhooks are authorised by their signatures, and `/healthz` shows nothing worth protecting.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../../config/environment.js';
import { createWrongTokens } from './wrongTokens.js';

/** Answers a request that may not come in, and otherwise gives undefined. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/** One header each: browsers that find both in one do not ask for a password. */
const CHALLENGES = ['Basic realm="craftsync", charset="UTF-8"', 'Bearer realm="craftsync"'];

/**
 * To a page of another origin, which is the UI that has payloads decoded: the browser would ask for the password in the
 * middle of it, once for each request. Whoever has signed in at the listener's own page is known to it already.
 */
const TO_PAGES = [CHALLENGES[1] ?? ''];

/** A token that has fewer characters can be found by trying. */
const SHORTEST_TOKEN = 16;

export function createGuard(token: string | null): Guard {
  if (token === null) return guardByName;
  const wrong = createWrongTokens();
  const isSafe = tokenWarning(token) === null;
  return (request, reply) => {
    const { authorization, origin } = request.headers;
    const waitFor = authorization === undefined ? 0 : wrong.waitFor(request.ip);
    // Whoever shares the address of somebody who tries, behind one proxy, must not be locked out by him.
    if ((waitFor === 0 || isSafe) && mayEnter(authorization, token)) return undefined;
    if (waitFor > 0) {
      const message = 'too many wrong tokens from this address';
      return reply.code(429).header('retry-after', waitFor).send({ message });
    }
    if (authorization !== undefined) wrong.note(request.ip);
    return reply
      .code(401)
      .header('www-authenticate', origin === undefined ? CHALLENGES : TO_PAGES)
      .send({ message: 'present CRAFTSYNC_TOKEN as a Bearer token, or as the password of any user' });
  };
}

function guardByName({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (namesThisMachine(headers.host)) return undefined;
  return reply.code(403).send({
    message: 'without CRAFTSYNC_TOKEN this page is shown under localhost or 127.0.0.1 only: open it there, or set one',
  });
}

function mayEnter(authorization: string | undefined, token: string): boolean {
  const presented = presentedIn(authorization);
  return presented !== null && timingSafeEqual(digest(presented), digest(token));
}

/** Browsers always send `Host`; a client that does not is none. */
function namesThisMachine(host: string | undefined): boolean {
  if (host === undefined || host === '') return true;
  const url = `http://${host}`;
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$|\.$/g, '$1'));
}

/** Null: nobody can guess it. */
export function tokenWarning(token: string | null): string | null {
  if (token === null || token.length >= SHORTEST_TOKEN) return null;
  return `CRAFTSYNC_TOKEN has fewer than ${SHORTEST_TOKEN} characters and can be guessed (so that wrong ones hold up the right one, too): take a long random text, such as the output of openssl rand -base64 24`;
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
