/**
 * The secrets that a process is given beside its configuration, for its `Redactor`: in the environment, and in the
 * addresses that it was resolved to. Nothing is checked here, since messages about wrong values need them first.
 */
import type { Deployment } from './deployment.js';
import { NONE } from './encryption/keys.js';

/** A header that Temporal's client sends, such as an authorisation. */
const TEMPORAL_HEADER = /^TEMPORAL_GRPC_META_/;

export function environmentSecrets(env: NodeJS.ProcessEnv): readonly string[] {
  const headers = Object.entries(env).flatMap(([name, value]) => (TEMPORAL_HEADER.test(name) ? [value ?? ''] : []));
  return [
    ...[env['CRAFTSYNC_TOKEN'], env['TEMPORAL_API_KEY'], env['PGPASSWORD']].map((value) => value?.trim() ?? ''),
    ...headers.map(withoutScheme),
    ...(env['CRAFTSYNC_ENCRYPTION_KEYS'] ?? '').split(',').flatMap(encryptionKeyForms),
    ...privateKeyLines(env['TEMPORAL_TLS_CLIENT_KEY_DATA'] ?? ''),
    ...databaseSecrets(env['DATABASE_URL'] ?? null),
  ];
}

export function deploymentSecrets({ databaseUrl, temporal }: Deployment): readonly string[] {
  const apiKey: unknown = temporal?.connectionOptions.apiKey;
  // Of a profile's file, whose headers are in no variable.
  const headers = Object.values(temporal?.connectionOptions.metadata ?? {}).map(String);
  return [
    ...databaseSecrets(databaseUrl),
    ...(typeof apiKey === 'string' ? [apiKey] : []),
    ...headers.map(withoutScheme),
  ];
}

/** The base64 that stands there, and the same bytes as others write them. */
function encryptionKeyForms(entry: string): readonly string[] {
  const given = entry.slice(entry.indexOf(':') + 1).trim();
  if (given === NONE) return [];
  const bytes = Buffer.from(given, 'base64');
  return [given, bytes.toString('base64url'), bytes.toString('hex')];
}

function withoutScheme(header: string): string {
  return header.replace(/^\s*Bearer\s+/i, '');
}

/** Read by hand, since the password may be why the address cannot be parsed. */
export function databaseSecrets(url: string | null): readonly string[] {
  const inFront = /^\s*\w+:\/\/[^:/?#]*:(.*)@/s.exec(url ?? '')?.[1];
  const behind = /[?&]password=([^&#\s]*)/.exec(url ?? '')?.[1];
  return [inFront, behind].flatMap((password) => (password === undefined ? [] : [password, unescaped(password)]));
}

/** Without the lines that all keys have in common. */
function privateKeyLines(pem: string): readonly string[] {
  return pem.split(/\s*[\r\n]+\s*/).filter((line) => !line.startsWith('-----'));
}

/** User name, password and both of an address; a user name alone may be a token. */
export function urlSecrets(url: string): readonly string[] {
  const { username, password } = new URL(url);
  if (password === '') return username === '' ? [] : [username, unescaped(username)];
  return [password, unescaped(password), `${unescaped(username)}:${unescaped(password)}`];
}

/** Longer than the words that name a service or a place in it. */
const TOKEN_LENGTH = 16;

/**
 * The parts of an address that is a secret itself which cannot be words of its service: `/services/` and the host stand
 * in many addresses.
 */
export function secretUrlParts(url: string): readonly string[] {
  const { pathname, search } = new URL(url);
  const parts = `${pathname}${search}`
    .split(/[/?&=]+/)
    .filter((part) => part.length >= TOKEN_LENGTH || !/^[a-z-]*$/.test(part));
  return [...parts, ...parts.map(unescaped), ...urlSecrets(url)];
}

/** The text itself where it is no valid code. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
