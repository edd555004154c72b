/**
 * Opens what a command works with (the configuration, the ledger, Temporal), and closes it again whatever happens.
 * Every failure names the address and says what to do. Commands that need neither ledger nor Temporal open neither.
 */
import type { Client } from '@temporalio/client';
import { loadConfiguration, type Configuration, type LoadOptions } from '../config/configuration.js';
import {
  requireDatabaseUrl,
  requireTemporal,
  resolveDeployment,
  type Deployment,
  type TemporalAccess,
} from '../config/deployment.js';
import { suggestion } from '../config/nearest.js';
import { deploymentSecrets } from '../config/secretValues.js';
import type { PipelineSettings, Settings } from '../domain/settings.js';
import type { Ledger } from '../ledger/ledger.js';
import { openLedger } from '../runtime/openLedger.js';
import { connectTemporal } from '../runtime/temporal/connection.js';
import { failureOfCall, isTemporalError } from '../runtime/temporal/failure.js';
import { CommandFailure, wrongUsage } from './failure.js';
import { ordinarySecrets } from './ordinarySecrets.js';
import type { Terminal } from './terminal.js';
import { createWorkerPresence, type WorkerPresence } from './workerPresence.js';

/** What every command is given: its terminal and the global flags. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly flags: { readonly config?: string | undefined; readonly state?: string | undefined };
}

export interface OpenedConfiguration {
  readonly deployment: Deployment;
  readonly configuration: Configuration;
  readonly settings: Settings;
}

/** @throws ConfigurationError with everything that is wrong in the file. */
export function openConfiguration(
  { terminal, flags }: CommandContext,
  keys?: LoadOptions['keys'],
): OpenedConfiguration {
  const deployment = resolveDeployment({ flags, env: terminal.env, cwd: terminal.cwd });
  const configuration = loadConfiguration({ path: deployment.configPath, env: terminal.env, keys });
  terminal.redactor.add([...configuration.secrets.all(), ...deploymentSecrets(deployment)]);
  const warnings = [...configuration.warnings, ...ordinarySecrets(terminal.env, deployment, configuration)];
  return { deployment, configuration: { ...configuration, warnings }, settings: configuration.settings };
}

export interface OpenedLedger extends OpenedConfiguration {
  readonly ledger: Ledger;
}

/**
 * `unmigrated: 'refused'` (the default) fails, and says what to run, where `apply` has not been run for this release.
 */
export async function withLedger<T>(
  context: CommandContext,
  body: (opened: OpenedLedger) => Promise<T>,
  options: { readonly unmigrated?: 'refused' | 'accepted' } = {},
): Promise<T> {
  const opened = openConfiguration(context);
  const databaseUrl = requireDatabaseUrl(opened.deployment);
  const ledger = openLedger(databaseUrl, 'craftsync command');
  try {
    if (options.unmigrated !== 'accepted' && !(await ledger.isMigrated())) {
      throw new CommandFailure('the ledger is not set up for this release: run craftsync apply, then try again');
    }
    return await body({ ...opened, ledger });
  } finally {
    await ledger.close();
  }
}

export interface OpenedTemporal {
  readonly client: Client;
  readonly access: TemporalAccess;
  readonly presence: WorkerPresence;
}

export async function withTemporal<T>(
  deployment: Deployment,
  body: (opened: OpenedTemporal) => Promise<T>,
): Promise<T> {
  const access = requireTemporal(deployment);
  const { client, close } = await connectTemporal(access);
  const presence = createWorkerPresence(access);
  try {
    return await body({ client, access, presence });
  } catch (error) {
    if (isTemporalError(error)) throw failureOfCall(error, access);
    throw error;
  } finally {
    await Promise.all([close(), presence.close()]);
  }
}

/** For commands that need the ledger and Temporal. */
export async function withEverything<T>(
  context: CommandContext,
  body: (opened: OpenedLedger & OpenedTemporal) => Promise<T>,
  options: { readonly unmigrated?: 'refused' | 'accepted' } = {},
): Promise<T> {
  return withLedger(
    context,
    (opened) => withTemporal(opened.deployment, (temporal) => body({ ...opened, ...temporal })),
    options,
  );
}

/** @throws CommandFailure (wrong usage) that names the nearest pipeline. */
export function requirePipeline(settings: Settings, name: string): PipelineSettings {
  const pipeline = Object.hasOwn(settings.pipelines, name) ? settings.pipelines[name] : undefined;
  if (pipeline !== undefined) return pipeline;
  throw wrongUsage(
    `the configuration has no pipeline named ${name}: ${suggestion(name, Object.keys(settings.pipelines))}`,
  );
}

/** @throws CommandFailure (wrong usage) that names the nearest dev tool. */
export function requireDevTool(settings: Settings, name: string): string {
  if (Object.hasOwn(settings.devTools, name)) return name;
  throw wrongUsage(
    `the configuration has no dev tool named ${name}: ${suggestion(name, Object.keys(settings.devTools))}`,
  );
}
