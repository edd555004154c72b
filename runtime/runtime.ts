/**
 * Builds what a process needs to run activities: ledger, connectors, Temporal client. Fulfils the activities' ports.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ActivityDeps, ItemSyncs } from '../activities/ports.js';
import type { Configuration, LoadOptions } from '../config/configuration.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import type { ItemLink } from '../domain/link.js';
import { createLedger } from '../ledger/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { wakeWaiting, type InboxDeps } from '../webhooks/wakeItems.js';
import { createAlerts } from './alerts.js';
import { createCurrent } from './currentConfiguration.js';
import { createItemSyncs } from './itemSyncs.js';
import { withoutSecrets } from './withoutSecrets.js';

/** A gap of two minutes makes the ledger doubtful (decision 18). */
const BEAT_EVERY_MS = 20_000;

export interface RuntimeOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  /** As the configuration was loaded. */
  readonly keys?: LoadOptions['keys'];
  readonly databaseUrl: string;
  readonly client: Client;
  readonly logger: Logger;
  /** The process's. It is told the secrets of each configuration that comes into force. */
  readonly redactor: Redactor;
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
  const { client, env, logger, name, redactor } = options;
  const stored = createLedger({
    databaseUrl: options.databaseUrl,
    applicationName: name,
    ...(options.maxConnections !== undefined && { maxConnections: options.maxConnections }),
  });
  const ledger = withoutSecrets(stored, redactor);
  const { configuration, keys } = options;
  const current = createCurrent({
    configuration,
    env,
    keys,
    ledger,
    logger,
    redactor,
    process: `${name} ${randomUUID()}`,
  });
  const itemSyncs = createItemSyncs({ client, ledger, startedBy: name });
  const beating = setInterval(() => void beat(ledger), BEAT_EVERY_MS);
  void beat(ledger);
  const inbox: InboxDeps = { ledger, wake: (links) => wakeToLook(itemSyncs, links) };
  return {
    ledger,
    inbox,
    deps: {
      ledger,
      current: () => Promise.resolve(current.current()),
      itemSyncs,
      waitingWebhooks: { wakeItems: (devTool, signal) => wakeWaiting(inbox, devTool, signal) },
      alerts: createAlerts(() => current.configuration().settings.alertsWebhook, logger, redactor),
    },
    configuration: () => {
      current.current();
      return current.configuration();
    },
    close: async () => {
      clearInterval(beating);
      await current.close();
      await ledger.close();
    },
  };
}

/** One that fails shows as a gap; a ledger that is not migrated yet has nothing to say it in. */
async function beat({ continuity }: Ledger): Promise<void> {
  await continuity.beat().catch(() => undefined);
}

async function wakeToLook(itemSyncs: ItemSyncs, links: readonly ItemLink[]): Promise<readonly ItemLink[]> {
  const failed = await itemSyncs.wake(links.map((item) => ({ item, changed: 'dev-item' as const })));
  return failed.map(({ item }) => item);
}
