/** Craftnote's errors: `{ code, description }` with the words of its OpenAPI description where that gives them. */
import type { Answer } from '../http/mount.js';

/** The description has examples for all but 413, 429 and 500, which are ours in its form. */
const BY_STATUS: Readonly<Record<number, { readonly code: string; readonly description: string }>> = {
  400: { code: 'validation_failed', description: '$ is not valid' },
  401: { code: 'Error', description: '[token_not_found] The token could not be found' },
  403: { code: 'Error', description: '[unauthorized] Not allowed to access this resource' },
  404: { code: 'not_found', description: 'Unable to find resource' },
  415: { code: 'Error', description: 'Invalid content type' },
  429: { code: 'Error', description: 'Too many requests' },
};

/** Thrown by handlers; `caught` turns it into an answer. */
class CraftnoteError extends Error {
  constructor(
    readonly status: number,
    description: string,
  ) {
    super(description);
  }
}

/** `$.name is undefined`, as in the description's example. */
export function invalid(path: string, problem: string): CraftnoteError {
  return new CraftnoteError(400, `$.${path} ${problem}`);
}

export function notFound(id: string): CraftnoteError {
  return new CraftnoteError(404, `Unable to find resource ${id}`);
}

export function craftnoteError(status: number, message?: string): Answer {
  const known = BY_STATUS[status] ?? { code: 'Error', description: 'Unexpected error' };
  // The words for a wrong media type are documented, so they replace what the server says for all mounts.
  const description = status === 415 ? known.description : (message ?? known.description);
  return { status, body: { code: known.code, description } };
}

export function caught(handle: () => Answer): Answer {
  try {
    return handle();
  } catch (error) {
    if (error instanceof CraftnoteError) return craftnoteError(error.status, error.message);
    throw error;
  }
}
