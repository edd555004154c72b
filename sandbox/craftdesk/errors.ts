/** The errors of CraftDesk, in the documented form and words (sources: CraftDesk). */
import type { Answer } from '../http/mount.js';

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  415: 'Unsupported Media Type',
  429: 'Rate Limited',
  500: 'Server Error',
};

export function craftdeskError(
  status: number,
  message?: string,
  errors: Readonly<Record<string, readonly string[]>> = {},
): Answer {
  return { status, body: { message: message ?? MESSAGES[status] ?? 'Server Error', code: status, errors } };
}
