/**
 * What Kitemaker's GraphQL errors mean. Its documents show none, so this reads the shapes that GraphQL servers use, and
 * errs on the safe side: only what clearly says that an item does not exist counts as that. Everything else is a
 * failure, since an item wrongly called gone would be released.
 */
import type { ToolErrorKind } from '../../domain/errors.js';
import type { HttpAnswer, Verdict } from '../http/request.js';
import { GraphqlAnswer, type GraphqlError } from './schema.js';

/** Codes that servers put into `extensions.code` or `code`, here in upper case without separators. */
const KIND_OF_CODE: Readonly<Record<string, ToolErrorKind>> = {
  UNAUTHENTICATED: 'unauthorized',
  UNAUTHORIZED: 'unauthorized',
  FORBIDDEN: 'forbidden',
  ACCESSDENIED: 'forbidden',
  PERMISSIONDENIED: 'forbidden',
  RATELIMITED: 'rate-limited',
  RATELIMITEXCEEDED: 'rate-limited',
  TOOMANYREQUESTS: 'rate-limited',
  THROTTLED: 'rate-limited',
  BADUSERINPUT: 'invalid',
  BADREQUEST: 'invalid',
  GRAPHQLPARSEFAILED: 'invalid',
  GRAPHQLVALIDATIONFAILED: 'invalid',
};

const KIND_OF_STATUS: Readonly<Record<number, ToolErrorKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  429: 'rate-limited',
};

const SAYS_LIMITED = /rate.?limit|too many requests|throttl/i;
const SAYS_NO_RIGHT =
  /unauthori[sz]ed|not authori[sz]ed|unauthenticated|not authenticated|forbidden|permission|access|not allowed/i;
const SAYS_ABSENT =
  /\b(not found|(?:could|can) ?not (?:be )?find|couldn[’']t find|can[’']t find|does ?n[o’']t exist|does not exist|no such)\b|could not be found/i;
/** Things that may be absent; a table or host missing on the server's side is another matter. */
const NAMES_AN_ITEM = /\b(work ?items?|issue|item|entity|record|object|space|initiative)\b/i;
const NAMES_MACHINERY = /\b(relation|table|column|database|host|file|function|module)\b/i;
/** A resolver returned nothing for a non-null field that was queried by id or number (graphql-js). */
const NULL_BY_ID = /^Cannot return null for non-nullable field Query\.(?:workItem|initiative|initiativeByNumber)\b/;

function codeOf(error: GraphqlError): string | null {
  return error.extensions?.code ?? error.code ?? null;
}

function statusOf(error: GraphqlError): number | null {
  return error.extensions?.http?.status ?? error.extensions?.status ?? error.status ?? null;
}

/** Whether the error says, beyond doubt, that what was asked for does not exist. */
export function meansAbsent(error: GraphqlError): boolean {
  const code = codeOf(error)?.toUpperCase() ?? null;
  if (code !== null && /(^|_)NOT_?FOUND$/.test(code)) return true;
  if (code !== null && code !== 'INTERNAL_SERVER_ERROR') return false;
  const status = statusOf(error);
  if (status !== null && status !== 500) return status === 404 || status === 410;
  if (NULL_BY_ID.test(error.message)) return true;
  return saysAbsent(error.message) && !SAYS_NO_RIGHT.test(error.message) && !SAYS_LIMITED.test(error.message);
}

function saysAbsent(message: string): boolean {
  return SAYS_ABSENT.test(message) && NAMES_AN_ITEM.test(message) && !NAMES_MACHINERY.test(message);
}

function kindOf(error: GraphqlError): ToolErrorKind {
  const code = codeOf(error)?.toUpperCase().replaceAll(/[_-]/g, '') ?? '';
  const known = KIND_OF_CODE[code] ?? KIND_OF_STATUS[statusOf(error) ?? 0];
  if (known !== undefined) return known;
  if (SAYS_LIMITED.test(error.message)) return 'rate-limited';
  // "Not found or no access" must neither release an item nor pause the connection.
  if (SAYS_ABSENT.test(error.message)) return 'unexpected-response';
  return SAYS_NO_RIGHT.test(error.message) ? 'forbidden' : 'unavailable';
}

/** The worst first: what stops the whole connection comes before what concerns one request. */
const GRAVITY: readonly ToolErrorKind[] = [
  'unauthorized',
  'rate-limited',
  'forbidden',
  'unavailable',
  'invalid',
  'unexpected-response',
];

/**
 * Judges a GraphQL answer whatever its status: servers answer errors with 200, 400, 404 and 500. An answer whose errors
 * all mean "does not exist" is accepted; the caller knows which ids are meant.
 */
export function judgeGraphql(answer: HttpAnswer): Verdict | null {
  const read = GraphqlAnswer.safeParse(answer.body);
  if (!read.success) return null;
  const errors = read.data.errors ?? [];
  if (errors.length === 0) {
    if (answer.status >= 300) return null;
    if (read.data.data != null) return { verdict: 'accept' };
    return {
      verdict: 'fail',
      kind: 'unexpected-response',
      message: 'answered neither data nor errors: check graphqlUrl',
    };
  }
  if ([401, 403, 429].includes(answer.status)) return null;
  if (errors.every(meansAbsent)) return { verdict: 'accept' };
  const kinds = errors.filter((error) => !meansAbsent(error)).map(kindOf);
  const kind = GRAVITY.find((grave) => kinds.includes(grave)) ?? 'unavailable';
  if (kind === 'unavailable' && answer.status >= 300) return null;
  return { verdict: 'fail', kind, message: `answered a GraphQL error${codesOf(errors)}` };
}

/** Whether an error says that the key may not see what was asked for. */
export function meansRefused(error: GraphqlError): boolean {
  return !meansAbsent(error) && kindOf(error) === 'forbidden';
}

/** The same for reads of several ids: the refusal of some is accepted, too. */
export function judgeByIds(answer: HttpAnswer): Verdict | null {
  const read = GraphqlAnswer.safeParse(answer.body);
  const errors = read.success ? (read.data.errors ?? []) : [];
  const isPartial = errors.length > 0 && errors.every((error) => meansAbsent(error) || meansRefused(error));
  return isPartial && ![401, 403, 429].includes(answer.status) ? { verdict: 'accept' } : judgeGraphql(answer);
}

/** Only codes: a message may echo what was sent. */
function codesOf(errors: readonly GraphqlError[]): string {
  const codes = new Set(errors.map((error) => codeOf(error) ?? '').filter((code) => /^[A-Z0-9_]{1,60}$/i.test(code)));
  return codes.size === 0 ? '' : ` (${[...codes].join(', ')})`;
}

/** The aliases that errors name in their path; `unnamed` where one names none. */
export function namedAliases(errors: readonly GraphqlError[]): { aliases: ReadonlySet<string>; unnamed: boolean } {
  const aliases = new Set<string>();
  let unnamed = false;
  for (const { path } of errors) {
    const [alias] = path ?? [];
    if (typeof alias === 'string') aliases.add(alias);
    else unnamed = true;
  }
  return { aliases, unnamed };
}
