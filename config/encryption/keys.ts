/**
 * The keys of payload encryption, from `CRAFTSYNC_ENCRYPTION_KEYS` (design 7, Environment): `id:base64,…`. The first
 * encrypts, all decrypt. `none` as the first entry encrypts nothing, and reads what the others encrypted: by it
 * encryption is turned on, and off, under running workers (decision 36).
 */
import { createSecretKey, type KeyObject } from 'node:crypto';

export interface EncryptionKeys {
  /** By id. A `KeyObject` shows its bytes to no log and no JSON. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** The id of the key that encrypts; null: nothing is encrypted. */
  readonly encryptsWith: string | null;
}

/** Nothing is encrypted, and nothing that was can be read. */
export const NO_KEYS: EncryptionKeys = { keys: new Map(), encryptsWith: null };

/** The first entry where nothing is encrypted yet, or any longer. */
export const NONE = 'none';
const NAME = 'CRAFTSYNC_ENCRYPTION_KEYS';
export const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
/** AES-256. */
const KEY_BYTES = 32;
const HOW = 'write id:key, with a key of 32 bytes in base64, such as the output of openssl rand -base64 32';

/** What is wrong goes to `problems`; never a key, nor what may be one. */
export function readEncryptionKeys(value: string | null, problems: string[]): EncryptionKeys {
  if (value === null) return NO_KEYS;
  const keys = new Map<string, KeyObject>();
  const entries = value.split(',').map((entry) => entry.trim());
  for (const [index, entry] of entries.entries()) {
    if (index === 0 && entry === NONE) continue;
    const problem = addKey(keys, entry, index + 1);
    if (problem !== null) problems.push(`${NAME}: ${problem}`);
  }
  if (keys.size === 0) {
    if (entries[0] === NONE && entries.length === 1)
      problems.push(`${NAME}: none alone names no key to read with: leave the variable out`);
    return NO_KEYS;
  }
  const [first = ''] = keys.keys();
  return { keys, encryptsWith: entries[0] === NONE ? null : first };
}

function addKey(keys: Map<string, KeyObject>, entry: string, place: number): string | null {
  const at = entry.indexOf(':');
  const id = entry.slice(0, at);
  if (at === -1 && entry === NONE) return `entry ${place} is none, which stands in the first place alone`;
  if (at === -1) return `entry ${place} has no id: ${HOW}`;
  if (!KEY_ID.test(id) || id === NONE) {
    return `the id of entry ${place} cannot be used: take up to 40 letters, digits, dots, - and _, beginning with a letter or digit, and not none`;
  }
  if (keys.has(id)) return `the id ${id} stands there twice: one key has one id for ever`;
  const bytes = bytesOf(entry.slice(at + 1).trim());
  if (bytes === null) return `the key ${id} is not base64: ${HOW}`;
  if (bytes.length !== KEY_BYTES) return `the key ${id} has ${bytes.length} bytes instead of ${KEY_BYTES}: ${HOW}`;
  if (new Set(bytes).size === 1) return `the key ${id} is one byte over and over: ${HOW}`;
  keys.set(id, createSecretKey(bytes));
  return null;
}

/** Null where it is no base64: Node would leave out the signs that it does not know. */
function bytesOf(base64: string): Buffer | null {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) return null;
  return Buffer.from(base64, 'base64');
}
