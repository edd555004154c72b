/** What is taken for a secret by where it stands, by what its variable is called, and by what it looks like. */
import type { Path } from '../problems.js';

/** Compared without case and signs, since people also write `api_key` and `APIKEY`. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  ...['apikey', 'apitoken', 'accesstoken', 'token', 'key', 'authorization', 'credentials'],
  ...['webhooksecret', 'secret', 'password', 'passwd', 'pwd'],
]);
/** All that stands there is one address, which is a secret. */
const SECRET_SECTION = 'alerts';

/** Within a name; no other usual word holds one of them. */
const TELLING = /api_?key|token|secret|passw|passphrase|credential|webhook|bearer|cookie|signature/i;
/** Between the borders of words: `COMPASS_ID`, `KEYBOARD` and `AUTHOR` are none. */
const TELLING_WORD = /(?:^|_)(?:keys?|pass|pwd|pw|pat|auth|authorization|hook|dsn|sig|pin|otp|jwt)\d*(?:_|$)/i;

const UNMISTAKABLE = /api_?key|token|secret|passw|passphrase|credential|bearer|(?:^|_)pat(?:_|$)/i;
const OF_ANOTHER_THING = /_(?:header|field|id|name|status|url)$/i;

/** As long as this and in one piece, a mixture of letters and digits is no word of a person's. */
const KEY_LENGTH = 16;

export function isSecretPlace(path: Path): boolean {
  return path[0] === SECRET_SECTION || path.some((part) => typeof part === 'string' && isSecretKey(part));
}

function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase().replaceAll(/[^a-z]/g, ''));
}

/** Whether a variable of this name holds a secret, even where only other values belong. */
export function isSecretName(name: string): boolean {
  const words = name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_');
  return TELLING.test(name) || TELLING_WORD.test(words);
}

/**
 * Whether such a name tells even where another value belongs. What is called a key is often one of a space or a field,
 * and what is called a webhook or a signature often its address or its header: those must stay readable everywhere.
 */
export function isUnmistakablySecretName(name: string): boolean {
  return UNMISTAKABLE.test(name) && !OF_ANOTHER_THING.test(name);
}

export function looksLikeKey(value: string): boolean {
  const text = value.trim();
  const isMixed = /\d/.test(text) && /\p{L}/u.test(text);
  return text.length >= KEY_LENGTH && !/\s/.test(text) && isMixed && !looksLikeAddress(text);
}

/** Of a page or a host, with or without its scheme, or a path of files. */
export function looksLikeAddress(value: string): boolean {
  return /^\s*(?:[a-z][a-z\d+.-]*:\/\/|\.{0,2}\/|(?:[^\s/@]*@)?(?:(?:[\w-]+\.)+[a-z]{2,24}|[a-z\d-]+:\d+)(?::\d+)?(?:[/?#\s]|$))/i.test(
    value,
  );
}

/** What a secret text hides: of an address what gives access, never scheme and host, which tell what is wrong. */
export function secretPartsOf(value: string): readonly string[] {
  return looksLikeAddress(value) ? secretsInAddress(value) : [value];
}

/** The address without what may give access to it. */
export function addressToShow(value: string): string {
  return secretsInAddress(value)
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, '…'), value);
}

function secretsInAddress(value: string): readonly string[] {
  const [, scheme = '', rest = ''] = /^(\s*(?:[a-z][a-z\d+.-]*:\/\/)?)(.*)$/is.exec(value) ?? [];
  const at = rest.lastIndexOf('@');
  const userinfo = at === -1 ? [] : [rest.slice(0, at), ...rest.slice(0, at).split(':').slice(1)];
  const afterHost = rest.slice(at + 1).replace(/^[^/?#]*/, '');
  const [path = '', ...query] = afterHost.split(/[?#]/);
  const values = query.flatMap((part) => part.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1)));
  const parts = path.split('/').filter((part) => isUnguessable(part));
  return [...userinfo, ...values, ...parts].filter((part) => part.trim() !== '' && part !== scheme);
}

function isUnguessable(part: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(part)).length;
  return !/^\{.*\}$/.test(part) && (part.length >= KEY_LENGTH || (part.length >= 8 && kinds === 3));
}
