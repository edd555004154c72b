/**
 * Loads `craftsync.yaml`: reads it, replaces variables, checks everything, and returns plain settings (design 7,
 * Configuration). Secrets leave this file only through functions, so that no settings object can carry them into a log
 * or a history.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { TARGETS } from '../connectors/targets.js';
import type { TargetFacts } from '../connectors/targets.js';
import type { DevToolSettings, IntakeSettings, PipelineSettings, Settings } from '../domain/settings.js';
import { echo, Problems } from './problems.js';
import type { Path } from './problems.js';
import { CRAFT_CONNECTION, readCraft, readDevTool } from './schema/connections.js';
import type { ReadCraft, ReadDevTool } from './schema/connections.js';
import { readAlertsWebhook, readIntake, readKeepLog } from './schema/otherSections.js';
import { parsePart } from './schema/issues.js';
import { readPipeline } from './schema/pipelines.js';
import { isName, TimeZone } from './schema/values.js';
import { secretUrlParts, urlSecrets } from './secretValues.js';
import { rewording, secretsGiven, secretsIn } from './rewording.js';
import { substitute } from './variables.js';
import { readYamlFile } from './yamlFile.js';

export interface Secrets {
  /** `craft`, or a name in `devTools`. @throws Error for a connection that the configuration does not have. */
  apiKey(connection: string): string;
  /** Null when none is configured. */
  webhookSecret(devTool: string): string | null;
  /** Every secret value, for redaction. */
  all(): readonly string[];
}

export interface Configuration {
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The file's absolute path. */
  readonly file: string;
  /** What is accepted, but worth telling the person who wrote it. */
  readonly warnings: readonly string[];
}

const Root = z.strictObject({
  craft: z.unknown().optional(),
  devTools: z.record(z.string(), z.unknown()).default({}),
  pipelines: z.record(z.string(), z.unknown()).default({}),
  intake: z.record(z.string(), z.unknown()).default({}),
  alerts: z.unknown().optional(),
  keepLog: z.unknown().optional(),
});
type Root = z.output<typeof Root>;

const TARGET_KINDS: Readonly<Record<string, TargetFacts>> = TARGETS;

export interface LoadOptions {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /**
   * `unused`: the process calls nobody, so it needs no API key. A variable that is not set is no problem there, and the
   * key of that connection is one that every system refuses. @default 'required'
   */
  readonly keys?: 'required' | 'unused' | undefined;
}

/** Fits where a key is expected, and opens nothing. */
const NO_KEY = 'not-given-to-this-process';
/** RFC 2606 keeps this domain free. */
const NO_ALERTS = 'https://not-given.invalid/';

/** @throws ConfigurationError with every problem of the file in one message. */
export function loadConfiguration(options: LoadOptions): Configuration {
  const file = resolve(options.path);
  const yaml = readYamlFile(file);
  const problems = new Problems();
  const fallback = options.keys === 'unused' ? unusedKey : undefined;
  const substitution = substitute(yaml.value, options.env, problems, fallback);
  const { value } = substitution;
  const reword = rewording(substitution);
  const read = readRoot(value, { folder: dirname(file), problems, given: secretsGiven(substitution) });
  if (problems.found || read === null) {
    throw problems.toError(file, yaml.lineOf, reword);
  }
  const { settings, secrets } = read;
  warnOfReaders(file, yaml.value, problems);
  return { settings, secrets, file, warnings: [...yaml.warnings, ...problems.warnings(reword)] };
}

const OTHERS_WRITE = 0o002;
const OTHERS_READ = 0o004;

/** Windows knows no such modes: there, the file's folder decides. */
function warnOfReaders(file: string, written: unknown, problems: Problems): void {
  if (process.platform === 'win32') return;
  const { mode } = statSync(file);
  const holdsKeys = secretsIn(written).some((text) => !text.includes('${'));
  if ((mode & OTHERS_WRITE) !== 0) problems.warn([], `everybody on this machine may change it: chmod o-w ${file}`);
  else if (holdsKeys && (mode & OTHERS_READ) !== 0)
    problems.warn(
      [],
      `holds keys that everybody on this machine may read: chmod 600 ${file}, or take them from the environment with \${NAME}`,
    );
}

/** What stands for a key that this process does not use; null for everything else. */
function unusedKey(path: Path): string | null {
  if (path.at(-1) === 'apiKey') return NO_KEY;
  return path.join('.') === 'alerts.webhook' ? NO_ALERTS : null;
}

/** What stands in the place of a secret is none, and would only blank other words. */
function withoutStandIn(value: string | null, standIn: string): string | null {
  return value === standIn ? null : value;
}

interface RootContext {
  readonly folder: string;
  readonly problems: Problems;
  /** Secrets that stand in any place. */
  readonly given: readonly string[];
}

function readRoot(
  value: unknown,
  { folder, problems, given }: RootContext,
): Pick<Configuration, 'settings' | 'secrets'> | null {
  if (value === null || value === undefined) {
    problems.add([], 'is empty: begin with the sections craft, devTools and pipelines');
    return null;
  }
  // Unknown keys are reported, and the known sections are checked nevertheless.
  parsePart(Root, value, [], problems);
  const root = Root.strip().safeParse(value).data;
  if (root === undefined) return null;
  const craft = readCraft(root.craft, folder, problems);
  const devTools = readDevTools(root, folder, problems);
  const pipelines = readPipelines(root, problems);
  const intakes = sections('intake', root.intake, problems).flatMap(
    ([name, entry]) => readIntake(name, entry, Object.keys(root.devTools), problems) ?? [],
  );
  warnWithoutPipelines(root, problems);
  const alertsWebhook = withoutStandIn(readAlertsWebhook(root.alerts, problems), NO_ALERTS);
  const keepLogMs = readKeepLog(root.keepLog, problems);
  if (craft === undefined) return null;
  checkCaFiles([craft, ...devTools], problems);
  return {
    settings: {
      craft: craft.settings,
      devTools: byName(devTools.map(({ settings }) => settings)),
      pipelines: byName(pipelines),
      intakes: byName(intakes),
      alertsWebhook,
      keepLogMs,
    },
    secrets: createSecrets([craft, ...devTools], { alertsWebhook, given }),
  };
}

function readDevTools(root: Root, folder: string, problems: Problems): readonly ReadDevTool[] {
  const devTools: ReadDevTool[] = [];
  for (const [name, entry] of sections('devTools', root.devTools, problems)) {
    if (name === CRAFT_CONNECTION) {
      problems.add(['devTools', name], 'this name means the connection to Craft.io: choose another');
    }
    const devTool = readDevTool(name, entry, { folder, targets: TARGET_KINDS, problems });
    if (devTool !== undefined) devTools.push(devTool);
  }
  return devTools;
}

function readPipelines(root: Root, problems: Problems): readonly PipelineSettings[] {
  const context = {
    problems,
    timeZoneOf: (devTool: string) => {
      const section = root.devTools[devTool] as { timeZone?: unknown } | null | undefined;
      return TimeZone.safeParse(section?.timeZone).data ?? null;
    },
    devToolNames: Object.keys(root.devTools),
    kindOf: (devTool: string) => {
      const type = (root.devTools[devTool] as { type?: unknown } | null | undefined)?.type;
      return typeof type === 'string' && Object.hasOwn(TARGET_KINDS, type) ? (TARGET_KINDS[type] ?? null) : null;
    },
  };
  return sections('pipelines', root.pipelines, problems).flatMap(
    ([name, entry]) => readPipeline(name, entry, context) ?? [],
  );
}

/** The named sections below `key`; entries that are not sections are reported. */
function sections(
  key: 'devTools' | 'pipelines' | 'intake',
  named: Readonly<Record<string, unknown>>,
  problems: Problems,
): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  return Object.entries(named).flatMap(([name, entry]) => {
    if (!isName(name)) {
      problems.add([key, name], `${echo(name)} cannot be a name: use 1 to 40 of a-z, 0-9 and -`);
    }
    const section = parsePart(z.record(z.string(), z.unknown()), entry, [key, name], problems);
    return section === undefined ? [] : [[name, section] as const];
  });
}

function warnWithoutPipelines(root: Root, problems: Problems): void {
  if (Object.keys(root.pipelines).length === 0)
    problems.warn(['pipelines'], 'there is none, so nothing is handed over');
}

function checkCaFiles(connections: readonly (ReadCraft | ReadDevTool)[], problems: Problems): void {
  for (const { settings } of connections) {
    if (settings.caFile === null) continue;
    const path =
      settings.name === CRAFT_CONNECTION ? [CRAFT_CONNECTION, 'caFile'] : ['devTools', settings.name, 'caFile'];
    try {
      accessSync(settings.caFile, constants.R_OK);
    } catch {
      problems.add(
        path,
        `${echo(settings.caFile)} cannot be read: give the path of a file with certificates in PEM form`,
      );
    }
  }
}

function byName<T extends DevToolSettings | PipelineSettings | IntakeSettings>(
  entries: readonly T[],
): Readonly<Record<string, T>> {
  // Without a prototype: a name that somebody else sends, such as `constructor`, must find nothing.
  const named = Object.create(null) as Record<string, T>;
  for (const entry of entries) named[entry.name] = entry;
  return named;
}

function createSecrets(
  connections: readonly (ReadCraft | ReadDevTool)[],
  { alertsWebhook, given }: { readonly alertsWebhook: string | null; readonly given: readonly string[] },
): Secrets {
  const apiKeys = new Map(connections.map(({ settings, apiKey }) => [settings.name, apiKey]));
  const webhookSecrets = new Map(
    connections.map((one) => [one.settings.name, 'webhookSecret' in one ? one.webhookSecret : null]),
  );
  const proxies = connections.flatMap(({ settings: { proxy } }) => (proxy === null ? [] : urlSecrets(proxy)));
  const alerts = alertsWebhook === null ? [] : secretUrlParts(alertsWebhook);
  const keys = [...apiKeys.values()].map((key) => withoutStandIn(key, NO_KEY));
  const told = [...keys, ...webhookSecrets.values(), ...proxies, ...alerts, ...given];
  const all = [...new Set(told.filter((secret) => secret !== null))].sort((a, b) => b.length - a.length);
  return {
    apiKey(connection) {
      const key = apiKeys.get(connection);
      if (key === undefined) throw new Error(`the configuration has no connection named ${connection}`);
      return key;
    },
    webhookSecret: (devTool) => webhookSecrets.get(devTool) ?? null,
    all: () => all,
  };
}
