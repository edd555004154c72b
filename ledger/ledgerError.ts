/**
 * What can go wrong with the ledger, as kinds. Each error is one line that says what to do.
 * A message names server and database, never a password, and never the values of a row: `pg`'s own errors carry those
 * in `detail`, so they are not kept as `cause`.
 */
import pg from 'pg';
import { ExplainedError } from '../domain/explainedError.js';

export const LEDGER_ERROR_KINDS = [
  /** The server does not answer, or the connection broke. It can pass by itself: try again. */
  'unreachable',
  /** The server does not accept this user or password, or `pg_hba.conf` does not allow them. */
  'refused',
  /** The database does not exist. */
  'missing',
  /** Migrations of this release are missing. */
  'not-migrated',
  /** The role lacks a right. */
  'no-right',
  /** The disk or the connections are used up. */
  'full',
  /** Another row has the unique key that `constraint` names. */
  'conflict',
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

interface Facts {
  readonly kind: LedgerErrorKind;
  readonly advice: string;
}

const UNREACHABLE = { kind: 'unreachable', advice: 'check that PostgreSQL runs and DATABASE_URL is right' } as const;
const REFUSED = { kind: 'refused', advice: 'correct user and password in DATABASE_URL' } as const;
const FULL = {
  kind: 'full',
  advice: 'free disk space or memory on the database server; it then goes on by itself',
} as const;
const NOT_MIGRATED = { kind: 'not-migrated', advice: 'run `craftsync apply`' } as const;

/** By SQLSTATE (PostgreSQL, appendix A) and errno. */
const FACTS: Readonly<Record<string, Facts>> = {
  '28000': REFUSED,
  '28P01': REFUSED,
  '3D000': { kind: 'missing', advice: 'create it: createdb, or CREATE DATABASE' },
  '3F000': { kind: 'missing', advice: 'create the schema, or correct search_path' },
  '42P01': NOT_MIGRATED,
  '42703': NOT_MIGRATED,
  '42501': { kind: 'no-right', advice: 'grant it to the role in DATABASE_URL, or migrate as the owner' },
  '53100': FULL,
  '53200': FULL,
  '53300': { kind: 'full', advice: 'raise max_connections of the server, or run fewer workers' },
  '23505': { kind: 'conflict', advice: 'the key is held by another row' },
};

/** Classes of SQLSTATE, and errnos, after which the same statement may succeed later. */
const PASSING = /^(08|57P0|E[A-Z]+$)/;

/** Translates what `pg` threw. `where` is `host:port/database`. */
export function toLedgerError(error: unknown, where: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const code = codeOf(error);
  const facts = (code === null ? undefined : FACTS[code]) ?? guess(code, error);
  const text = textOf(error, code);
  return new LedgerError(facts.kind, `ledger ${where}: ${text}; ${facts.advice}`, code, constraintOf(error));
}

/** `pg` throws a plain `Error` when it gives up on a connection by itself, so only the text tells. */
const GIVEN_UP = /timeout|terminated|ended by|not queryable|has encountered/i;

function guess(code: string | null, error: unknown): Facts {
  if (code !== null && PASSING.test(code)) return UNREACHABLE;
  if (GIVEN_UP.test(textOf(error, code))) return UNREACHABLE;
  return { kind: 'failed', advice: 'see the log of the database server' };
}

function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== null) ?? null;
  if (error instanceof pg.DatabaseError) return error.code ?? null;
  return isSystemError(error) ? error.code : null;
}

function constraintOf(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.constraint ?? null) : null;
}

/** An error of node or the operating system: these have a code and no class. */
function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** A refused connection to `localhost` is an AggregateError (IPv6, IPv4) that has no message. */
function textOf(error: unknown, code: string | null): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replace(/\s*\n\s*/g, ' ').trim();
  return line === '' ? `cannot connect (${code ?? 'no reason given'})` : line;
}
