/**
 * What goes wrong with the ledger, as kinds, each in one line that says what to do.
 * A message names server and database, never a password, and never the values of a row: `pg`'s own errors carry those
 * in `detail`, so they are not kept as `cause`.
 */
import { ExplainedError } from '../domain/explainedError.js';

export const LEDGER_ERROR_KINDS = [
  /** The server does not answer, or the connection broke. Passes by itself: try again. */
  'unreachable',
  /** User, password or `pg_hba.conf` say no. */
  'refused',
  /** The database does not exist. */
  'missing',
  /** Migrations of this release are missing. */
  'not-migrated',
  /** The role lacks a right. */
  'no-right',
  /** The disk or the connections are used up. */
  'full',
  /** A unique key says no; `constraint` names it. */
  'conflict',
  /** The row that a write is about does not exist. */
  'no-row',
  /** Anything else that Postgres said. */
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
const FULL = { kind: 'full', advice: 'free some on the database server; it goes on by itself then' } as const;
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

/** Classes and codes after which the same statement works again by itself. */
const PASSING = /^(08|57P0|E[A-Z]+$)/;

/** Translates what `pg` threw. `where` is `host:port/database`. */
export function toLedgerError(error: unknown, where: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const code = codeOf(error);
  const facts = (code === null ? undefined : FACTS[code]) ?? guess(code, error);
  const text = textOf(error, code);
  return new LedgerError(facts.kind, `ledger ${where}: ${text}; ${facts.advice}`, code, constraintOf(error));
}

function guess(code: string | null, error: unknown): Facts {
  if (code !== null && PASSING.test(code)) return UNREACHABLE;
  if (/timeout|terminated|ended by|not queryable|has encountered/i.test(textOf(error, code))) return UNREACHABLE;
  return { kind: 'failed', advice: 'see the log of the database server' };
}

function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== null) ?? null;
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function constraintOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('constraint' in error)) return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}

/** A refused connection to `localhost` is an AggregateError (IPv6, IPv4) without a message of its own. */
function textOf(error: unknown, code: string | null): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replace(/\s*\n\s*/g, ' ').trim();
  return line === '' ? `cannot connect (${code ?? 'no reason given'})` : line;
}
