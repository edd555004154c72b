/**
 * What can go wrong with one call to an outside system, as kinds (design 5).
 * Connectors throw `ToolError`; activities translate it once into a Temporal failure whose `type` is the kind.
 * A message never carries a secret, a title or a description.
 */

export const TOOL_ERROR_KINDS = [
  'unauthorized',
  'forbidden',
  'not-found',
  'invalid',
  'conflict',
  'rate-limited',
  'unavailable',
  'ambiguous',
  'unexpected-response',
] as const;
export type ToolErrorKind = (typeof TOOL_ERROR_KINDS)[number];

interface KindFacts {
  /** When the same call is made again, if at all. */
  readonly retried: 'never' | 'with back-off' | 'after retryInMs' | 'after looking' | 'when the connection is back';
  /** What an operator should do, in one sentence. */
  readonly advice: string;
}

const TOOL_ERROR_FACTS = {
  unauthorized: {
    retried: 'when the connection is back',
    advice: 'The key is not accepted: put a valid key into the configuration and restart the workers.',
  },
  forbidden: {
    retried: 'when the connection is back',
    advice: 'The key lacks a right: grant it in the tool, see docs/rights.md, or use another key.',
  },
  'not-found': { retried: 'never', advice: 'It does not exist, or the key cannot see it: check the id in the tool.' },
  invalid: {
    retried: 'never',
    advice: 'The tool refused the values: correct the item in Craft.io or the mapping, then resync the item.',
  },
  conflict: {
    retried: 'with back-off',
    advice: 'Somebody changed it at the same moment; it is tried again by itself.',
  },
  'rate-limited': {
    retried: 'after retryInMs',
    advice: 'Nothing to do: calls go on when the tool allows them again. Lower rateLimit if it happens often.',
  },
  unavailable: {
    retried: 'with back-off',
    advice: 'The tool cannot be reached: check its address and status page; it is tried again by itself.',
  },
  ambiguous: {
    retried: 'after looking',
    advice: 'The answer was lost, so it is looked up before anything is repeated. Nothing to do.',
  },
  'unexpected-response': {
    retried: 'with back-off',
    advice: 'The answer is not what the API documents: check baseUrl, proxies and the tool version.',
  },
} as const satisfies Record<ToolErrorKind, KindFacts>;

export interface ToolErrorDetails {
  /** The connection's name: `craft` or an entry of `devTools`. */
  readonly connection?: string;
  /** HTTP status of the answer, if there was one. */
  readonly status?: number;
  /** How long a rate-limited call is pointless, in milliseconds: a time would be one of this process's clock. */
  readonly retryInMs?: number;
  /** `rate-limited` by the month, not by the minute: the item waits for `month-spent`. */
  readonly monthSpent?: boolean;
  /** `rate-limited` because calls of the connection are not answered: the item waits for `tool-down`. */
  readonly unanswered?: boolean;
  /** True if no byte of the request can have reached the server (DNS, refused connection, deadline passed). */
  readonly notSent?: boolean;
  /** True if the request was a write. */
  readonly write?: boolean;
  /** True if the request read one thing by its id. */
  readonly byId?: boolean;
  /** True if the tool accepted the key for something else right after: a refusal is not the key's. */
  readonly keyAccepted?: boolean;
  readonly cause?: unknown;
}

export class ToolError extends Error {
  override readonly name = 'ToolError';

  constructor(
    readonly kind: ToolErrorKind,
    message: string,
    readonly details: ToolErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }
}

/** With these kinds a server says that it did nothing. */
const CLEARLY_REFUSED: ReadonlySet<ToolErrorKind> = new Set([
  'unauthorized',
  'forbidden',
  'not-found',
  'invalid',
  'conflict',
  'rate-limited',
]);

/** Why those wait who got a `rate-limited` answer. */
export function budgetReason({ details }: ToolError): 'month-spent' | 'rate-limit' | 'tool-down' {
  if (details.unanswered === true) return 'tool-down';
  return details.monthSpent === true ? 'month-spent' : 'rate-limit';
}

/** Whether a write that failed with this error was certainly not applied, and will not be. */
export function certainlyNotApplied(error: ToolError): boolean {
  return error.details.notSent === true || CLEARLY_REFUSED.has(error.kind);
}

/**
 * Whether a refusal may concern one item alone: it answered a read of one id. The listing or the scope of the item
 * tells (design 3, Refused).
 */
export function isRefusedById(error: unknown): error is ToolError {
  return error instanceof ToolError && error.kind === 'forbidden' && error.details.byId === true;
}

const FAILED_BY_ITSELF = 'The tool failed by itself: see its log or status page; it is tried again by itself.';

/** What happened, and what to do about it. */
export function withAdvice(error: ToolError): string {
  return `${error.message.replace(/\.$/, '')}. ${adviceOn(error)}`;
}

function adviceOn(error: ToolError): string {
  const { kind, details } = error;
  if (kind === 'unavailable' && (details.status ?? 0) >= 500) return FAILED_BY_ITSELF;
  if (kind !== 'rate-limited') return TOOL_ERROR_FACTS[kind].advice;
  switch (budgetReason(error)) {
    case 'month-spent':
      return 'It goes on by itself then; a larger plan, or longer intervals of sweeps, make a month last.';
    case 'tool-down':
      return TOOL_ERROR_FACTS.unavailable.advice;
    case 'rate-limit':
      return TOOL_ERROR_FACTS[kind].advice;
  }
}
