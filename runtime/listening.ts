/** What the listener needs for its work: receiving webhooks, waking the items that they name, and its own health. */
import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration.js';
import type { TemporalAccess } from '../config/deployment.js';
import type { Inbox } from '../ledger/ledger.js';
import { createReceiver, type PostingTool, type Receiver } from '../webhooks/receive.js';
import { startWakeQueue } from '../webhooks/wakeQueue.js';
import { startProgressSweep } from './progressSweeps.js';
import { createRuntime, type Runtime } from './runtime.js';
import { lazyTemporal } from './temporal.js';

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
  readonly onWoken: (devTool: string, seconds: number) => void;
}

const ANSWERS_WITHIN_MS = 3_000;
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
  const runtime = createRuntime({ ...options, client, name, maxConnections: LEDGER_CONNECTIONS });
  const { ledger } = runtime;
  const queue = startWakeQueue({
    deps: runtime.inbox,
    client,
    logger,
    onWoken: options.onWoken,
    startProgressSweep: (devTool) => startProgressSweep(client, devTool, name),
  });
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
    problems: async () => {
      const found = await Promise.all([
        within(ledgerProblem(ledger), 'the ledger does not answer'),
        within(temporalProblem(client, temporal), `Temporal at ${temporal.address} does not answer`),
      ]);
      const isLoopDead = queue.silentMs() > LOOP_DEAD_AFTER_MS;
      return [...found, isLoopDead ? 'the loop that looks through the inbox hangs: restart the listener' : null].filter(
        (problem) => problem !== null,
      );
    },
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

async function ledgerProblem(ledger: { isMigrated(): Promise<boolean> }): Promise<string | null> {
  return (await ledger.isMigrated()) ? null : 'the ledger is not set up for this release: run craftsync apply';
}

async function temporalProblem(
  client: ReturnType<typeof lazyTemporal>['client'],
  { namespace }: TemporalAccess,
): Promise<string | null> {
  await client.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
    client.workflowService.describeNamespace({ namespace }),
  );
  return null;
}

/** The problem in words where the probe fails or answers too late. */
async function within(probe: Promise<string | null>, late: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${late} within ${ANSWERS_WITHIN_MS / 1_000} s`), ANSWERS_WITHIN_MS);
  });
  const failed = probe.catch((error: unknown) => `${late}: ${error instanceof Error ? error.message : String(error)}`);
  try {
    return await Promise.race([failed, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
