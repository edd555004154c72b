/**
 * Where a command finds the configuration, the ledger and Temporal (design 7): in its flags, then the environment, then
 * the running stack's `stack.json`; only for the configuration, `./craftsync.yaml` comes before the stack's.
 * Some commands need no ledger or no Temporal, so a missing one is an error only in `requireDatabaseUrl` and
 * `requireTemporal`.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import type { EncryptionKeys } from './encryption/keys.js';
import { readEnvironment, temporalAddressProblem } from './environment.js';
import type { Environment } from './environment.js';
import { ConfigurationError } from './problems.js';
import { isRunning, readStack } from './stack.js';
import type { Stack } from './stack.js';

/** What both `Connection.connect` and `NativeConnection.connect` take. */
export type TemporalConnectionOptions = ClientConnectConfig['connectionOptions'];

export interface TemporalAccess {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
  readonly connectionOptions: TemporalConnectionOptions;
  /** Which setting turned TLS on, in words (`TEMPORAL_API_KEY is set`); null where it is off. */
  readonly tlsBecause: string | null;
  /** Of the payloads that Temporal keeps. */
  readonly encryption: EncryptionKeys;
}

export interface Deployment {
  /** Absolute. The file may not exist yet if a flag or the environment names it. */
  readonly configPath: string;
  readonly databaseUrl: string | null;
  readonly temporal: TemporalAccess | null;
  /** Where ledger and Temporal come from. */
  readonly source: 'environment' | 'stack' | 'mixed';
  readonly stateDir: string;
  /** Null: none is running in the state folder. */
  readonly stack: Stack | null;
  /** Why the stack cannot supply what is missing, in words. */
  readonly stackProblem: string | null;
}

export interface DeploymentOptions {
  readonly flags: { readonly config?: string | undefined; readonly state?: string | undefined };
  readonly env: NodeJS.ProcessEnv;
  /** Where to look for `./craftsync.yaml`. @default the process's folder */
  readonly cwd?: string;
}

const CONFIGURATION_FILE = 'craftsync.yaml';
const DEFAULT_NAMESPACE = 'default';
const TEMPORAL_PORT = 7233;

/** @throws ConfigurationError when no configuration file is found, or the environment cannot be used. */
export function resolveDeployment(options: DeploymentOptions): Deployment {
  const cwd = options.cwd ?? process.cwd();
  const environment = readEnvironment(options.env);
  const stateDir = options.flags.state === undefined ? environment.stateDir : resolve(cwd, options.flags.state);
  const { stack, stackProblem } = findStack(stateDir);
  const temporal = findTemporal(environment, options.env, stack);
  const databaseUrl = environment.databaseUrl ?? stack?.databaseUrl ?? null;
  return {
    configPath: findConfiguration(options.flags.config ?? environment.configPath, cwd, stack, stackProblem),
    databaseUrl,
    temporal,
    source: sourceOf({
      ownDatabase: environment.databaseUrl !== null,
      ownTemporal: environment.temporalAddress !== null || usesTemporalFile(options.env),
      stack: stack !== null,
    }),
    stateDir,
    stack,
    stackProblem,
  };
}

/** @throws ConfigurationError that says how to name a ledger. */
export function requireDatabaseUrl(deployment: Deployment): string {
  if (deployment.databaseUrl !== null) return deployment.databaseUrl;
  throw missing('DATABASE_URL', deployment);
}

/** @throws ConfigurationError that says how to name a Temporal server. */
export function requireTemporal(deployment: Deployment): TemporalAccess {
  if (deployment.temporal !== null) return deployment.temporal;
  throw missing('TEMPORAL_ADDRESS', deployment);
}

function missing(variable: string, { stackProblem }: Deployment): ConfigurationError {
  return new ConfigurationError(
    `${variable} is not set, and ${stackProblem ?? 'the running stack does not name it'}: set it, or run npx craftsync up`,
  );
}

function findStack(stateDir: string): { stack: Stack | null; stackProblem: string | null } {
  const stack = readStack(stateDir);
  if (stack === null) return { stack: null, stackProblem: `no stack runs in ${stateDir}` };
  if (isRunning(stack)) return { stack, stackProblem: null };
  return { stack: null, stackProblem: `the stack in ${stateDir}, started ${stack.startedAt}, is not running` };
}

function findConfiguration(
  named: string | null,
  cwd: string,
  stack: Stack | null,
  stackProblem: string | null,
): string {
  if (named !== null) return resolve(cwd, named);
  const here = join(cwd, CONFIGURATION_FILE);
  if (existsSync(here)) return here;
  if (stack !== null) return stack.configPath;
  throw new ConfigurationError(
    `there is no ${CONFIGURATION_FILE} in ${cwd}, and ${stackProblem ?? 'no stack is running'}: name the file with --config or CRAFTSYNC_CONFIG, or run npx craftsync up`,
  );
}

/**
 * A `temporal.toml` in the home folder counts only when the environment names a profile or a file: commands must not
 * reach a remote cluster because somebody once configured Temporal's own command line.
 */
function usesTemporalFile(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['TEMPORAL_PROFILE']) || Boolean(env['TEMPORAL_CONFIG_FILE']);
}

function findTemporal(environment: Environment, env: NodeJS.ProcessEnv, stack: Stack | null): TemporalAccess | null {
  const fileCounts = usesTemporalFile(env);
  const { encryption } = environment;
  if (environment.temporalAddress !== null || fileCounts) {
    const { connectionOptions, namespace } = readTemporalVariables(env, fileCounts);
    const named = connectionOptions.address ?? environment.temporalAddress;
    if (named !== null && named !== undefined) {
      const address = withPort(named);
      return {
        address,
        namespace: namespace ?? DEFAULT_NAMESPACE,
        connectionOptions: { ...connectionOptions, address },
        tlsBecause: whyTls(connectionOptions, env),
        encryption,
      };
    }
  }
  if (stack === null) return null;
  const address = stack.temporalAddress;
  return { address, namespace: stack.temporalNamespace, connectionOptions: { address }, tlsBecause: null, encryption };
}

/** The address may come from a file, which `readEnvironment` does not see. */
function withPort(address: string): string {
  const problem = temporalAddressProblem(address);
  if (problem !== null) throw new ConfigurationError(`the address of Temporal ${problem}`);
  return /:\d+$/.test(address) ? address : `${address}:${TEMPORAL_PORT}`;
}

/** A key alone turns TLS on, which a plain server does not understand, so people must be told. */
function whyTls({ tls }: TemporalConnectionOptions, env: NodeJS.ProcessEnv): string | null {
  if (tls === undefined || tls === null || tls === false) return null;
  const set = Object.keys(env).filter((name) => name.startsWith('TEMPORAL_TLS') && Boolean(env[name]?.trim()));
  if (set.length > 0) return `${set.sort().join(' and ')} ${set.length === 1 ? 'is' : 'are'} set`;
  return env['TEMPORAL_API_KEY']?.trim() ? 'TEMPORAL_API_KEY is set' : 'the profile of Temporal’s file asks for it';
}

function readTemporalVariables(env: NodeJS.ProcessEnv, fileCounts: boolean): ClientConnectConfig {
  const given = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim()));
  const overrideEnvVars = Object.fromEntries(given.map(([name, value]) => [name, value.trim()]));
  try {
    return loadClientConnectConfig({ overrideEnvVars, disableFile: !fileCounts });
  } catch (error) {
    throw new ConfigurationError(
      `the TEMPORAL_ variables cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function sourceOf(from: { ownDatabase: boolean; ownTemporal: boolean; stack: boolean }): Deployment['source'] {
  if (!from.stack || (from.ownDatabase && from.ownTemporal)) return 'environment';
  return from.ownDatabase || from.ownTemporal ? 'mixed' : 'stack';
}
