/** The errors of Kitemaker, in the documented form and, where there are any, words (sources: Kitemaker). */
import type { Answer } from '../http/mount.js';

interface KnownError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Messages and codes that the document shows; those of 400, 403, 415, 429 and 500 are ours in its form. */
const BY_STATUS: Readonly<Record<number, KnownError>> = {
  400: { status: 400, code: 'BAD_REQUEST', message: 'Invalid parameters' },
  401: { status: 401, code: 'UNAUTHORIZED', message: 'The requested action could not be completed' },
  403: { status: 403, code: 'FORBIDDEN', message: 'The requested action could not be completed' },
  404: { status: 404, code: 'NOT_FOUND', message: 'The space or work item could not be found' },
  415: { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Unsupported media type' },
  429: { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Rate limit exceeded' },
};

export const NOT_FOUND = {
  workItem: { status: 404, code: 'ISSUE_NOT_FOUND', message: 'Could not find the specified work item' },
  space: { status: 404, code: 'SPACE_NOT_FOUND', message: 'The specified space does not exist' },
  initiative: { status: 404, code: 'INITIATIVE_NOT_FOUND', message: 'Could not find the specified initiative' },
  feedback: { status: 404, code: 'FEEDBACK_NOT_FOUND', message: 'Could not find the specified feedback' },
  comment: { status: 404, code: 'COMMENT_NOT_FOUND', message: 'Could not find the specified comment' },
} as const satisfies Record<string, KnownError>;

/** Thrown by the code that both APIs share; each API turns it into its own form. */
export class KitemakerError extends Error {
  constructor(readonly known: KnownError) {
    super(known.message);
  }
}

export function invalid(message: string): KitemakerError {
  return new KitemakerError({ status: 400, code: 'BAD_REQUEST', message });
}

export function notFound(what: keyof typeof NOT_FOUND): KitemakerError {
  return new KitemakerError(NOT_FOUND[what]);
}

export function kitemakerError(status: number, message?: string): Answer {
  const known = BY_STATUS[status] ?? { status, code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };
  return errorAnswer({ ...known, message: message ?? known.message });
}

export function errorAnswer({ status, code, message }: KnownError): Answer {
  return { status, body: { errors: [{ message, status, code }] } };
}
