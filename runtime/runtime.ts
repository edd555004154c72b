/** Builds what a process needs to run activities: ledger, connectors, Temporal client; fulfils the activities' ports. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ActivityDeps } from '../activities/ports.js';
import type { Configuration } from '../config/configuration.js';
import { createLedger } from '../ledger/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { createAlerts } from './alerts.js';
import { createCurrent } from './currentConfiguration.js';
import { createItemSyncs } from './itemSyncs.js';

export interface RuntimeOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly logger: Logger;
  /** Who this process is, in the memo of runs that it starts and in Postgres's activity. */
  readonly name: string;
  readonly maxConnections?: number;
}

export interface Runtime {
  readonly ledger: Ledger;
  readonly deps: ActivityDeps;
  /** The one in force now, with its secrets. */
  configuration(): Configuration;
  close(): Promise<void>;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { client, env, logger, name } = options;
  const ledger = createLedger({
    databaseUrl: options.databaseUrl,
    applicationName: name,
    ...(options.maxConnections !== undefined && { maxConnections: options.maxConnections }),
  });
  const current = createCurrent({ configuration: options.configuration, env, ledger, logger });
  return {
    ledger,
    deps: {
      ledger,
      current: () => Promise.resolve(current.current()),
      itemSyncs: createItemSyncs({ client, ledger, startedBy: name }),
      alerts: createAlerts(() => current.configuration().settings.alertsWebhook, logger),
    },
    configuration: () => {
      current.current();
      return current.configuration();
    },
    close: async () => {
      await current.close();
      await ledger.close();
    },
  };
}
