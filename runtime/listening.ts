/** What the listener needs for its work: receiving webhooks, waking the items that they name, and its own health. */
import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration.js';
import type { TemporalAccess } from '../config/deployment.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import type { ConnectionBudget } from '../domain/rules/budget.js';
import type { Inbox } from '../ledger/ledger.js';
import { createReceiver, type PostingTool, type Receiver } from '../webhooks/receive.js';
import { startWakeQueue } from '../webhooks/wakeQueue.js';
import { readBudgets } from './budget/view.js';
import { startProgressSweep } from './progressSweeps.js';
import { ledgerProbe, problemsOf, temporalProbe, type Probe } from './processes/readiness.js';
import { createRuntime, type Runtime } from './runtime.js';
import { lazyTemporal } from './temporal/connection.js';

/** What the listener's page says about a dev tool. */
export interface ListenedTool {
  readonly name: string;
  readonly type: string;
  readonly hasWebhooks: boolean;
  readonly hasSecret: boolean;
}

export interface Listening extends Receiver {
  readonly inbox: Pick<Inbox, 'waiting' | 'lastReceived'>;
  tools(): Promise<readonly ListenedTool[]>;
  budgets(): Promise<readonly ConnectionBudget[]>;
  /** What keeps it from its work, in words; empty when nothing does. */
  problems(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ListeningOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly temporal: TemporalAccess;
  readonly logger: Logger;
  readonly redactor: Redactor;
  readonly onWoken: (devTool: string, seconds: number) => void;
}

/** The loop looks every five seconds; a batch may take as long as Temporal's time limit. */
const LOOP_DEAD_AFTER_MS = 60_000;
const LEDGER_CONNECTIONS = 10;

/**
 * Starts even without ledger and Temporal. A webhook that comes without the ledger is answered so that it is sent
 * again; one that comes without Temporal is stored.
 */
export function startListening(options: ListeningOptions): Listening {
  const { logger, temporal } = options;
  const { client, close } = lazyTemporal(temporal);
  const name = `listener ${process.pid}`;
  const runtime = createRuntime({ ...options, keys: 'unused', client, name, maxConnections: LEDGER_CONNECTIONS });
  const { ledger } = runtime;
  const queue = startWakeQueue({
    deps: runtime.inbox,
    client,
    logger,
    onWoken: options.onWoken,
    startProgressSweep: (devTool) => startProgressSweep(client, devTool, name),
  });
  const loopProbe: Probe = () =>
    Promise.resolve(
      queue.silentMs() > LOOP_DEAD_AFTER_MS
        ? 'the loop that looks through the inbox hangs: restart the listener'
        : null,
    );
  const { admit, receive } = createReceiver({
    toolNamed: (devTool) => postingTool(runtime, devTool),
    inbox: ledger.inbox,
  });
  return {
    inbox: ledger.inbox,
    admit,
    receive: async (devTool, delivery) => {
      const received = await receive(devTool, delivery);
      if (received.status === 'stored') queue.add(received.delivery);
      return received;
    },
    tools: () => toolsOf(runtime),
    budgets: () => readBudgets(ledger.budgets, runtime.configuration().settings),
    problems: () => problemsOf([ledgerProbe(ledger), temporalProbe(client, temporal), loopProbe]),
    close: async () => {
      await queue.stop();
      await runtime.close();
      await close();
    },
  };
}

async function postingTool({ deps, configuration }: Runtime, devTool: string): Promise<PostingTool | null> {
  const current = await deps.current();
  if (!Object.hasOwn(current.settings.devTools, devTool)) return null;
  const { type, webhooks } = current.devTool(devTool);
  return { type, webhooks, secret: configuration().secrets.webhookSecret(devTool) };
}

async function toolsOf({ deps, configuration }: Runtime): Promise<readonly ListenedTool[]> {
  const current = await deps.current();
  const { secrets } = configuration();
  return Object.values(current.settings.devTools).map(({ name, type }) => ({
    name,
    type,
    hasWebhooks: current.devTool(name).webhooks !== undefined,
    hasSecret: secrets.webhookSecret(name) !== null,
  }));
}
