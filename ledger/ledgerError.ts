/**
 * What can go wrong with the ledger, as kinds. Each error is one line that says what to do, in the words of
 * domain/networkFailures.ts.
 * A message names server and database, never a password, and never the values of a row: `pg`'s own errors carry those
 * in `detail`, so they are not kept as `cause`.
 */
import pg from 'pg';
import { ExplainedError } from '../domain/explainedError.js';
import {
  networkCode,
  networkFailureOf,
  postgresFailure,
  postgresPlace,
  sentenceOf,
} from '../domain/networkFailures.js';

export const LEDGER_ERROR_KINDS = [
  /** The server does not answer, or the connection broke. It can pass by itself: try again. */
  'unreachable',
  /** With these settings no connection succeeds: a wrong user or password, TLS that does not fit. */
  'refused',
  /** The database does not exist. */
  'missing',
  /** The database cannot hold a ledger. */
  'unfit',
  /** Migrations of this release are missing. */
  'not-migrated',
  /** The role lacks a right. */
  'no-right',
  /** The disk or the connections are used up. */
  'full',
  /** Another row has the unique key that `constraint` names. */
  'conflict',
  /** The values cannot be stored, however often it is tried; other rows can. */
  'unstorable',
  /** The row to be written does not exist. */
  'no-row',
  /** Any other error of Postgres. */
  'failed',
] as const;
export type LedgerErrorKind = (typeof LEDGER_ERROR_KINDS)[number];

export class LedgerError extends ExplainedError {
  override readonly name = 'LedgerError';

  constructor(
    readonly kind: LedgerErrorKind,
    message: string,
    /** SQLSTATE or errno (`ECONNREFUSED`), where there was one. */
    readonly code: string | null = null,
    readonly constraint: string | null = null,
  ) {
    super(message);
  }
}

/** By SQLSTATE (PostgreSQL, appendix A). */
const KINDS: Readonly<Record<string, LedgerErrorKind>> = {
  '28000': 'refused',
  '28P01': 'refused',
  '3D000': 'missing',
  '3F000': 'missing',
  '42P01': 'not-migrated',
  '42703': 'not-migrated',
  '42501': 'no-right',
  '53100': 'full',
  '53200': 'full',
  '53300': 'full',
  '23505': 'conflict',
  '22001': 'unstorable',
  '22003': 'unstorable',
  '22021': 'unstorable',
  '22P02': 'unstorable',
  '22P05': 'unstorable',
  '54000': 'unstorable',
};

/** Classes of SQLSTATE, and states, after which the same statement may succeed later. */
const PASSING = /^(08|57P0|25006)/;

/** `pg` throws a plain `Error` when it gives up on a connection by itself, so only the text tells. */
const GIVEN_UP: readonly (readonly [text: RegExp, code: string])[] = [
  [/timeout/i, 'SILENT'],
  [/error establishing an SSL connection|does not support SSL/i, 'ERR_SSL_WRONG_VERSION_NUMBER'],
  [/terminated|ended by|not queryable|has encountered/i, 'CLOSES'],
];

/** Translates what `pg` threw. `where` is `host:port/database`. */
export function toLedgerError(error: unknown, where: string): LedgerError {
  if (error instanceof LedgerError) return error;
  return error instanceof pg.DatabaseError ? refusedBy(error, where) : lostOnTheWay(error, where);
}

/** The server answered. */
function refusedBy(error: pg.DatabaseError, where: string): LedgerError {
  const { code = null, constraint = null } = error;
  const passes = code !== null && PASSING.test(code);
  const kind = KINDS[code ?? ''] ?? (passes ? 'unreachable' : 'failed');
  const advice = postgresFailure(code ?? '')?.advice ?? 'see the log of the database server';
  return new LedgerError(kind, `ledger ${where}: ${oneLine(error.message)}; ${advice}`, code, constraint);
}

function lostOnTheWay(error: unknown, where: string): LedgerError {
  const text = oneLine(error instanceof Error ? error.message : String(error));
  if (isSystemError(error) && error.syscall === 'open') {
    const advice = 'correct sslrootcert, sslcert or sslkey in DATABASE_URL, or make the file readable';
    return new LedgerError('refused', `ledger ${where}: ${text}; ${advice}`, error.code);
  }
  const place = postgresPlace(where);
  const code = networkCode(error) ?? GIVEN_UP.find(([words]) => words.test(text))?.[1] ?? null;
  const failure = code === null ? null : networkFailureOf(code, place);
  if (failure !== null) {
    return new LedgerError(failure.passes ? 'unreachable' : 'refused', `ledger ${sentenceOf(failure, place)}`, code);
  }
  const errno = isSystemError(error) ? error.code : null;
  const kind = errno === null ? 'failed' : 'unreachable';
  return new LedgerError(kind, `ledger ${where}: ${text === '' ? (errno ?? 'no reason given') : text}`, errno);
}

/** An error of node or the operating system: these have a code and no class. */
function isSystemError(error: unknown): error is Error & { readonly code: string; readonly syscall?: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
