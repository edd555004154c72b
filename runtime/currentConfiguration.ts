/**
 * The configuration in force. It is read again as soon as its file has changed, so that the items that `apply` wakes
 * find the new settings (design 2: settings are read at the start and after each wake). If the changed file is wrong,
 * the last good configuration stays in force, and the log says why.
 */
import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Current } from '../activities/ports.js';
import { loadConfiguration, type Configuration, type LoadOptions } from '../config/configuration.js';
import type { CallBudget } from '../connectors/port/calls.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import type { ConnectionSettings } from '../domain/settings.js';
import type { Ledger } from '../ledger/ledger.js';
import { createBudget } from './budget/budget.js';
import { createConnectors, type Connectors } from './connectors.js';
import { createLedgerMemory } from './connectionMemory.js';

/** A younger file may still be half written. Far shorter than the time that a command takes to start. */
const WRITTEN_AFTER_MS = 50;
/** Calls that use the connectors of the last configuration get this long before those are closed. */
const CLOSE_AFTER_MS = 10 * 60_000;

export interface CurrentConfiguration {
  current(): Current;
  configuration(): Configuration;
  close(): Promise<void>;
}

export interface CurrentOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  /** As the configuration was loaded. */
  readonly keys?: LoadOptions['keys'];
  readonly ledger: Ledger;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Names this process among those that share the budgets; no other process has it. */
  readonly process: string;
}

export function createCurrent(options: CurrentOptions): CurrentConfiguration {
  const { configuration, env, keys, logger, redactor } = options;
  const budgets = new Map<string, CallBudget>();
  redactor.add(configuration.secrets.all());
  let loaded = configuration;
  let { stamp } = lookAt(configuration.file);
  let connectors = build(loaded, budgets, options);

  const reloadIfChanged = (): void => {
    const look = lookAt(loaded.file);
    if (look.stamp === stamp || look.isBeingWritten) return;
    stamp = look.stamp;
    try {
      loaded = loadConfiguration({ path: loaded.file, env, keys });
    } catch (error) {
      logger.error(
        { problem: error instanceof Error ? error.message : String(error) },
        'the changed configuration is wrong; the last good one stays in force',
      );
      return;
    }
    redactor.add(loaded.secrets.all());
    const old = connectors;
    connectors = build(loaded, budgets, options);
    setTimeout(() => void old.close(), CLOSE_AFTER_MS).unref();
    logger.info({ file: loaded.file }, 'the configuration changed and was read again');
  };

  return {
    current() {
      reloadIfChanged();
      return currentOf(loaded, connectors, budgets, options);
    },
    configuration: () => loaded,
    close: () => connectors.close(),
  };
}

function currentOf(
  { settings }: Configuration,
  connectors: Connectors,
  budgets: Map<string, CallBudget>,
  options: Pick<CurrentOptions, 'ledger' | 'process'>,
): Current {
  return {
    settings,
    craft: connectors.craft,
    devTool(name) {
      const tool = connectors.devTools[name];
      if (tool === undefined) throw new Error(`dev tool "${name}" is not configured`);
      return tool;
    },
    turn(name, call) {
      const tool = settings.devTools[name];
      if (tool === undefined) throw new Error(`dev tool "${name}" is not configured`);
      return budgetOf(budgets, tool, options).turn(call);
    },
    startGently(name) {
      const connection = name === settings.craft.name ? settings.craft : settings.devTools[name];
      if (connection !== undefined) budgetOf(budgets, connection, options).startGently();
    },
  };
}

/** A budget outlives the connectors: a changed mapping must not refill a spent minute. */
function build(
  configuration: Configuration,
  budgets: Map<string, CallBudget>,
  options: Pick<CurrentOptions, 'ledger' | 'redactor' | 'process'>,
): Connectors {
  const { ledger, redactor } = options;
  return createConnectors({
    configuration,
    redactor,
    budgets: (settings) => budgetOf(budgets, settings, options),
    memory: (connection) => createLedgerMemory(ledger.connections, connection),
  });
}

function budgetOf(
  budgets: Map<string, CallBudget>,
  { name, rateLimit }: ConnectionSettings,
  { ledger, process }: Pick<CurrentOptions, 'ledger' | 'process'>,
): CallBudget {
  const key = `${name} ${JSON.stringify(rateLimit)}`;
  const known = budgets.get(key);
  if (known !== undefined) return known;
  const budget = createBudget({ connection: name, rateLimit, store: ledger.budgets, process });
  budgets.set(key, budget);
  return budget;
}

interface Look {
  /** Changes with the file. */
  readonly stamp: string;
  /** False for a time in the future, by which another machine's clock says nothing. */
  readonly isBeingWritten: boolean;
}

function lookAt(file: string): Look {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { stamp: 'absent', isBeingWritten: false };
  const ageMs = Date.now() - stat.mtimeMs;
  return { stamp: `${stat.mtimeMs} ${stat.size}`, isBeingWritten: ageMs >= 0 && ageMs < WRITTEN_AFTER_MS };
}
