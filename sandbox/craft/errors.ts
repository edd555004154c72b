/** The error bodies of Craft.io (sources: Craft.io API): `{ message }`, with `details` for a refused body. */
import type { Answer } from '../http/mount.js';

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'No access to account',
  403: 'Access denied',
  404: 'No item found',
  415: 'Unsupported media type',
  429: 'Too many requests',
};

export function craftError(status: number, message?: string): Answer {
  return { status, body: { message: message ?? MESSAGES[status] ?? 'Internal server error' } };
}

export function validationError(details: Readonly<Record<string, unknown>>): Answer {
  return { status: 400, body: { message: 'Validation Failed', details } };
}
