/**
 * The environment of a process, read once (design 7, Environment). Entry points pass `process.env` in; nothing else
 * looks at it. Blank variables count as not set. Temporal's own variables are read in `deployment.ts`.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readEncryptionKeys, type EncryptionKeys } from './encryption/keys.js';
import { nearest } from './nearest.js';
import { ConfigurationError, echo } from './problems.js';
import { addressToShow, looksLikeAddress, looksLikeKey } from './schema/secretShape.js';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Environment {
  /** `CRAFTSYNC_CONFIG`. */
  readonly configPath: string | null;
  /** `DATABASE_URL`. */
  readonly databaseUrl: string | null;
  /** `TEMPORAL_ADDRESS`. */
  readonly temporalAddress: string | null;
  /** `CRAFTSYNC_STATE`, absolute. @default `.craftsync` */
  readonly stateDir: string;
  /** `CRAFTSYNC_LISTEN`. @default `127.0.0.1:8788` */
  readonly listen: ListenAddress;
  /** `CRAFTSYNC_TOKEN`: what callers of the listener present; required when other machines can reach it. */
  readonly token: string | null;
  /**
   * `CRAFTSYNC_CODEC_ORIGIN`: the origins of Temporal's UI, to which the listener decodes payloads; empty: to nobody.
   */
  readonly codecOrigins: readonly string[];
  /** `CRAFTSYNC_ENCRYPTION_KEYS`. */
  readonly encryption: EncryptionKeys;
  /** `CRAFTSYNC_WORKER_LISTEN`: where a worker says whether it is ready; null: nowhere. */
  readonly workerListen: ListenAddress | null;
  /** `CRAFTSYNC_WORKER_CACHED_RUNS`: how many runs a worker keeps in memory between two steps. @default 150 */
  readonly workerCachedRuns: number;
  /** `CRAFTSYNC_STARTED_AS`: by this word `up` knows that it is its own child that answers. */
  readonly startedAs: string | null;
  /** `LOG_LEVEL`. @default `info` */
  readonly logLevel: string;
  /** `$XDG_CACHE_HOME/craftsync`, or `~/.cache/craftsync`. */
  readonly cacheDir: string;
}

const DEFAULTS = {
  stateDir: '.craftsync',
  listen: { host: '127.0.0.1', port: 8788 },
  // Measured: decision 33.
  workerCachedRuns: 150,
  logLevel: 'info',
} as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const LAST_PORT = 65_535;
/** The SDK takes no 1; more than the second needs some 20 GB. */
const CACHED_RUNS = { least: 2, most: 100_000 } as const;
const BROKEN_DATABASE_URL =
  'is not a valid URL; expected postgres://user:password@host:5432/database, ' +
  'with % in user and password written as %25, # as %23, @ as %40, / as %2F, ? as %3F, : as %3A';

/** @throws ConfigurationError naming every variable that cannot be used. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const problems: string[] = [];
  const listen = readListen(env, 'CRAFTSYNC_LISTEN', problems) ?? DEFAULTS.listen;
  const token = valueOf(env, 'CRAFTSYNC_TOKEN');
  if (!isLoopback(listen.host) && token === null) {
    problems.push(
      `CRAFTSYNC_LISTEN binds ${shown(listen.host)}, which others can reach: set CRAFTSYNC_TOKEN to a long random text, or bind 127.0.0.1`,
    );
  }
  const environment: Environment = {
    configPath: valueOf(env, 'CRAFTSYNC_CONFIG'),
    databaseUrl: readDatabaseUrl(valueOf(env, 'DATABASE_URL'), problems),
    temporalAddress: readTemporalAddress(valueOf(env, 'TEMPORAL_ADDRESS'), problems),
    stateDir: resolve(valueOf(env, 'CRAFTSYNC_STATE') ?? DEFAULTS.stateDir),
    listen,
    token,
    codecOrigins: readCodecOrigins(valueOf(env, 'CRAFTSYNC_CODEC_ORIGIN'), problems),
    encryption: readEncryptionKeys(valueOf(env, 'CRAFTSYNC_ENCRYPTION_KEYS'), problems),
    workerListen: readListen(env, 'CRAFTSYNC_WORKER_LISTEN', problems),
    workerCachedRuns: readCachedRuns(valueOf(env, 'CRAFTSYNC_WORKER_CACHED_RUNS'), problems),
    startedAs: valueOf(env, 'CRAFTSYNC_STARTED_AS'),
    logLevel: readLogLevel(valueOf(env, 'LOG_LEVEL'), problems),
    cacheDir: join(valueOf(env, 'XDG_CACHE_HOME') ?? join(valueOf(env, 'HOME') ?? homedir(), '.cache'), 'craftsync'),
  };
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return environment;
}

/** Whether only this machine can reach a listener on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function valueOf(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}

/** A wrong value, which may be a secret that was given to the wrong variable. */
function shown(value: string): string {
  if (looksLikeKey(value)) return 'what looks like a key, and is not shown';
  return echo(looksLikeAddress(value) ? addressToShow(value) : value);
}

function readListen(env: NodeJS.ProcessEnv, name: string, problems: string[]): ListenAddress | null {
  const value = valueOf(env, name);
  if (value === null) return null;
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (match === null || port > LAST_PORT) {
    problems.push(`${name} is ${shown(value)}: write host:port, such as 127.0.0.1:8788`);
    return null;
  }
  return { host: match[1] ?? match[2] ?? DEFAULTS.listen.host, port };
}

function readCachedRuns(value: string | null, problems: string[]): number {
  if (value === null) return DEFAULTS.workerCachedRuns;
  const { least, most } = CACHED_RUNS;
  const count = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (count >= least && count <= most) return count;
  problems.push(`CRAFTSYNC_WORKER_CACHED_RUNS is ${shown(value)}: write a whole number from ${least} to ${most}`);
  return DEFAULTS.workerCachedRuns;
}

/** Temporal speaks gRPC, so its address is no URL. */
function readTemporalAddress(value: string | null, problems: string[]): string | null {
  if (value === null) return null;
  const problem = temporalAddressProblem(value);
  if (problem !== null) problems.push(`TEMPORAL_ADDRESS ${problem}`);
  return value;
}

/** What is wrong with `host:port`, in words; null: nothing. What stands before an @ may be a password. */
export function temporalAddressProblem(value: string): string | null {
  const match = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/.exec(value);
  if (match !== null && Number(match[1] ?? 0) <= LAST_PORT) return null;
  const what = value.includes('@') ? 'is no address of a Temporal server' : `is ${shown(value)}`;
  const hint = value.includes('://') ? ', without http:// or https:// (TLS: TEMPORAL_TLS=true)' : '';
  return `${what}: write host:port${hint}, such as 127.0.0.1:7233`;
}

/** The address may hold a password, so it is never echoed. */
function readDatabaseUrl(value: string | null, problems: string[]): string | null {
  if (value !== null && !/^postgres(ql)?:\/\//.test(value)) {
    problems.push(
      'DATABASE_URL is not the address of a Postgres database: write postgres://user:password@host:5432/database',
    );
  } else if (value !== null && !isWhole(value)) problems.push(`DATABASE_URL ${BROKEN_DATABASE_URL}`);
  return value;
}

/**
 * Whether every part of a database URL can be told and decoded. A `/`, `?` or `#` inside a password ends the host's
 * part of a URL early, so that the @ comes after it; a `%` begins a sign that is written by its number.
 */
function isWhole(databaseUrl: string): boolean {
  if (!URL.canParse(databaseUrl)) return false;
  const url = new URL(databaseUrl);
  const hasLostItsHost = url.username === '' && `${url.pathname}${url.search}${url.hash}`.includes('@');
  return !hasLostItsHost && !/%(?![0-9A-Fa-f]{2})/.test(databaseUrl) && isDecodable(url);
}

/** `%ff` alone is no text. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((part) => decodeURIComponent(part) !== null);
  } catch {
    return false;
  }
}

function readLogLevel(value: string | null, problems: string[]): string {
  if (value === null) return DEFAULTS.logLevel;
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level === undefined) {
    const near = nearest(value, LOG_LEVELS);
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    problems.push(`LOG_LEVEL is ${shown(value)}${hint}: write one of ${LOG_LEVELS.join(', ')}`);
  }
  return level ?? DEFAULTS.logLevel;
}

/** As browsers write it in `Origin`: scheme, host and port, nothing behind. */
function readCodecOrigins(value: string | null, problems: string[]): readonly string[] {
  const given = (value ?? '').split(',').map((origin) => origin.trim().replace(/\/$/, ''));
  return given.filter(Boolean).flatMap((origin) => {
    if (/^https?:\/\//i.test(origin) && URL.canParse(origin)) {
      const url = new URL(origin);
      if (url.origin === origin.toLowerCase()) return [url.origin];
    }
    problems.push(
      `CRAFTSYNC_CODEC_ORIGIN holds ${shown(origin)}: write the address of Temporal’s UI without a path, such as http://127.0.0.1:8233`,
    );
    return [];
  });
}
