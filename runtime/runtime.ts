/**
 * Builds what a process needs to run activities: ledger, connectors, Temporal client. Fulfils the activities' ports.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ActivityDeps, ItemSyncs } from '../activities/ports.js';
import type { Configuration, LoadOptions } from '../config/configuration.js';
import type { ItemLink } from '../domain/link.js';
import { createLedger } from '../ledger/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { wakeWaiting, type InboxDeps } from '../webhooks/wakeItems.js';
import { createAlerts } from './alerts.js';
import { createCurrent } from './currentConfiguration.js';
import { createItemSyncs } from './itemSyncs.js';

export interface RuntimeOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  /** As the configuration was loaded. */
  readonly keys?: LoadOptions['keys'];
  readonly databaseUrl: string;
  readonly client: Client;
  readonly logger: Logger;
  /** Names this process in the memo of the runs that it starts, and in Postgres's activity. */
  readonly name: string;
  readonly maxConnections?: number;
}

export interface Runtime {
  readonly ledger: Ledger;
  readonly deps: ActivityDeps;
  /** For waking the items of stored webhooks. */
  readonly inbox: InboxDeps;
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
  const current = createCurrent({ configuration: options.configuration, env, keys: options.keys, ledger, logger });
  const itemSyncs = createItemSyncs({ client, ledger, startedBy: name });
  const inbox: InboxDeps = { ledger, wake: (links) => wakeToLook(itemSyncs, links) };
  return {
    ledger,
    inbox,
    deps: {
      ledger,
      current: () => Promise.resolve(current.current()),
      itemSyncs,
      waitingWebhooks: { wakeItems: (devTool, signal) => wakeWaiting(inbox, devTool, signal) },
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

async function wakeToLook(itemSyncs: ItemSyncs, links: readonly ItemLink[]): Promise<readonly ItemLink[]> {
  const failed = await itemSyncs.wake(links.map((item) => ({ item, changed: 'dev-item' as const })));
  return failed.map(({ item }) => item);
}
