/**
 * The single values of `craftsync.yaml`: durations, web addresses, keys, names, counts. Each reads what YAML and
 * `${NAME}` can give (numbers may arrive as text), trims blanks that are never intended, and says what to write
 * instead.
 */
import ms from 'ms';
import { z } from 'zod';
import type { DurationRule } from '../defaults.js';
import { tidied } from '../../domain/rules/names.js';
import { echo } from '../problems.js';
import { EMPTY_VALUE, notOneOf, withoutCredentials } from './issues.js';

export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** A schema for one value. A missing or empty value gets the same words everywhere. */
export function single<T>(read: (given: unknown) => Reading<T>) {
  return z.unknown().transform((given, context): T => {
    const reading = readPresent(given, read);
    if ('value' in reading) return reading.value;
    context.issues.push({ code: 'custom', message: reading.wrong, input: given });
    return z.NEVER;
  });
}

function readPresent<T>(given: unknown, read: (given: unknown) => Reading<T>): Reading<T> {
  if (given === undefined) return { wrong: 'is required' };
  if (given === null) return { wrong: EMPTY_VALUE };
  return read(given);
}

function readText(given: unknown): Reading<string> {
  if (typeof given === 'number') return { value: String(given) };
  if (typeof given === 'boolean') return { wrong: `expected a text, not ${echo(given)}: put it in quotes` };
  if (typeof given !== 'string') return { wrong: `expected a text, not ${echo(given)}` };
  const text = tidied(given);
  return text.trim() === '' ? { wrong: EMPTY_VALUE } : { value: text };
}

/** Names and ids from other systems, without what nobody sees in them; a number is taken as its digits. */
export const Text = single(readText);

/** A text that may be empty, such as what `release` writes. */
export const TextOrEmpty = single((given) => (given === '' ? { value: '' } : readText(given)));

/** An id of Craft.io: blanks around it are never intended. */
export const Id = single((given) => {
  const reading = readText(given);
  if ('wrong' in reading) return reading;
  const id = reading.value.trim();
  return isAddress(id) ? { wrong: notAnAddress(id) } : { value: id };
});

/** Whether somebody pasted the address of a page where an id or a name belongs. */
export function isAddress(text: string): boolean {
  return /^\s*[a-z][a-z+.-]*:\/\//i.test(text);
}

/** Names the parts of the address that may be the id. */
export function notAnAddress(address: string): string {
  const path = address.replace(/^[^/]*\/\/[^/]*/, '').split(/[/?#&=]+/);
  const ids = path.filter((part) => /\d/.test(part) && /^[\w-]{2,}$/.test(part));
  const hint = ids.length === 0 ? '' : `, which may be ${ids.map((id) => JSON.stringify(id)).join(' or ')}`;
  return `${echo(withoutCredentials(address))} is the address of a page: write the id alone${hint}`;
}

/** A value that conditions compare with. */
export const Scalar = single<string | number | boolean>((given) => {
  if (typeof given === 'string') return { value: tidied(given) };
  if (typeof given === 'number' || typeof given === 'boolean') return { value: given };
  return { wrong: `expected a text, a number, true or false, not ${echo(given)}` };
});

/** A word in a table, as text. */
export const Word = single((given) => (typeof given === 'boolean' ? { value: String(given) } : readText(given)));

/** A property of a Craft.io item, or `customFields.<name or id>`. */
export const CraftPath = single((given) => {
  const reading = readText(given);
  if ('wrong' in reading) return reading;
  const path = reading.value.trim();
  if (path === 'customFields' || path === 'customFields.') {
    return { wrong: `${echo(given)} does not say which field: write "customFields.<name or id>"` };
  }
  return { value: path };
});

/** A table of words by the names of another system. */
export const WordTable = z.record(z.string().transform(tidied), Word);

export function oneOf<const T extends readonly [string, ...string[]]>(...choices: T) {
  return single<T[number]>((given) => {
    const choice = choices.find((known) => known === given);
    return choice === undefined ? { wrong: notOneOf(given, choices) } : { value: choice };
  });
}

export const Flag = single((given) => {
  const word = typeof given === 'string' ? given.trim().toLowerCase() : given;
  if (word === true || word === 'true') return { value: true };
  if (word === false || word === 'false') return { value: false };
  return { wrong: `${echo(given)} is neither true nor false` };
});

/** An IANA time zone, in its usual spelling. */
export const TimeZone = single((given) => {
  const reading = readText(given);
  if ('wrong' in reading) return reading;
  try {
    const name = new Intl.DateTimeFormat('en', { timeZone: reading.value.trim() }).resolvedOptions().timeZone;
    if (/^[A-Za-z]/.test(name)) return { value: name };
  } catch {
    // Told below.
  }
  return { wrong: `${echo(given)} is no time zone: write an IANA name such as "Europe/Berlin" or "UTC"` };
});

const GREATEST_COUNT = 1_000_000_000;

/** A whole number, at least 1. */
export const Count = single((given) => {
  // `5e4` and `60.0` arrive as they are written.
  const number = typeof given === 'string' && /^\d[\d.]*(?:e\d+)?$/i.test(given.trim()) ? Number(given) : given;
  if (typeof number !== 'number') return { wrong: `expected a whole number, not ${echo(given)}` };
  if (!Number.isInteger(number) || number < 1 || number > GREATEST_COUNT) {
    return { wrong: `${echo(given)} is out of bounds: write a whole number of at least 1` };
  }
  return { value: number };
});

/** In milliseconds, from text such as `60 minutes`. */
export function duration(rule: DurationRule) {
  return single((given) => readDuration(given, rule));
}

function readDuration(given: unknown, rule: DurationRule): Reading<number> {
  const unit = rule.example.split(' ')[1] ?? '';
  const text = typeof given === 'string' ? given.trim() : given;
  if (typeof text === 'number' || (typeof text === 'string' && /^\d+(\.\d+)?$/.test(text))) {
    return { wrong: `${echo(given)} has no unit: write "${text} ${unit}"` };
  }
  const lengthMs =
    typeof text === 'string' && /^\d+(\.\d+)?\s*[a-z]+$/i.test(text) ? ms(text as ms.StringValue) : undefined;
  if (lengthMs === undefined || !Number.isFinite(lengthMs)) {
    return { wrong: `${echo(given)} is not a duration: write for example "${rule.example}"` };
  }
  if (lengthMs < rule.minMs)
    return { wrong: `${echo(given)} is too short: at least ${ms(rule.minMs, { long: true })}` };
  if (lengthMs > rule.maxMs) return { wrong: `${echo(given)} is too long: at most ${ms(rule.maxMs, { long: true })}` };
  return { value: Math.round(lengthMs) };
}

/** The address of an API: http or https, without a trailing slash, a query or a password. */
export const BaseUrl = single((given) => {
  const reading = readUrl(given);
  if ('wrong' in reading) return reading;
  const { url, text } = reading.value;
  if (url.username !== '' || url.password !== '') {
    return { wrong: 'holds a user name or password: take it out; what the API requires belongs in apiKey' };
  }
  if (url.search !== '' || url.hash !== '')
    return { wrong: `${echo(text.replace(/[?#].*$/s, '?…'))} has a query or fragment: end it before the ? or #` };
  return { value: text };
});

/** The address of an HTTP proxy; it may carry a user name and password. */
export const ProxyUrl = single((given) => {
  const reading = readUrl(given);
  if ('wrong' in reading) return reading;
  const { url, text } = reading.value;
  if (isDecodable(url.username) && isDecodable(url.password)) return { value: text };
  return { wrong: 'has a % in its user name or password that begins no code such as %40: write %25 for it' };
});

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== null;
  } catch {
    return false;
  }
}

/** An address that is itself a secret, such as a chat webhook's. Never echoed. */
export const SecretUrl = single((given) => {
  const reading = readUrl(given);
  return 'value' in reading
    ? { value: reading.value.url.href }
    : { wrong: 'is not a web address: write it in full, with https://' };
});

/** Where people see an item: an address that may contain `{…}`. */
export const UrlTemplate = single((given) => {
  const text = typeof given === 'string' ? given.trim() : given;
  if (typeof text === 'string' && /^https?:\/\/[^\s/]/i.test(text) && !/\s/.test(text)) return { value: text };
  return { wrong: `${echo(given)} is not a web address: write for example "https://tool.example/{spaceKey}/{number}"` };
});

function readUrl(given: unknown): Reading<{ url: URL; text: string }> {
  const text = typeof given === 'string' ? given.trim().replace(/\/+$/, '') : '';
  const shown = echo(withoutCredentials(given));
  if (!URL.canParse(text))
    return { wrong: `${shown} is not a web address: write it in full, such as "https://api.craft.io"` };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { wrong: `${shown} does not begin with http:// or https://` };
  }
  return { value: { url, text } };
}

/** Names of pipelines and dev tools are part of workflow ids, markers and webhook paths: few characters are allowed. */
export function isName(name: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(name);
}
