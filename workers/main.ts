/**
 * The worker process: waits until ledger and Temporal are prepared, runs workflows and activities until SIGTERM, then
 * finishes or hands back what it holds (design 7, `worker`). Any number of workers can run side by side.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.js';
import type { Configuration } from '../config/configuration.js';
import type { TemporalAccess } from '../config/deployment.js';
import { TASK_QUEUE } from '../domain/ids.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';
import { createLogger } from '../runtime/logging.js';
import { createRuntime, type Runtime } from '../runtime/runtime.js';
import { connectTemporal } from '../runtime/temporal.js';
import { installSdkLogger } from './logging.js';
import { WORKFLOW_BUNDLE, WORKFLOWS_PATH } from './paths.js';
import { redactFailures } from './redactFailures.js';

export interface WorkerProcessOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly temporal: TemporalAccess;
  readonly logLevel: string;
  readonly isTerminal: boolean;
  readonly redactor: Redactor;
}

/** Activities mostly wait, so many fit into one process; they share the ledger's pool. */
const CONCURRENT_ACTIVITIES = 60;
const LEDGER_CONNECTIONS = 20;
/** How long a running activity may take to finish before it is handed back. */
const SHUTDOWN_GRACE = '25 seconds';
const PREPARED_POLL_MS = 1_000;

/** Resolves when the worker has been shut down by a signal. */
export async function runWorker(options: WorkerProcessOptions): Promise<void> {
  const { temporal } = options;
  const logger = createLogger({
    level: options.logLevel,
    isTerminal: options.isTerminal,
    redactor: options.redactor,
  });
  installSdkLogger(logger);
  const name = `worker ${process.pid}`;
  const { client, close } = await connectTemporal(temporal);
  const runtime = createRuntime({ ...options, client, logger, name, maxConnections: LEDGER_CONNECTIONS });
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  try {
    await waitUntilPrepared(client, temporal.namespace, runtime.ledger, logger);
    const worker = await Worker.create({
      connection,
      namespace: temporal.namespace,
      taskQueue: TASK_QUEUE,
      ...(existsSync(WORKFLOW_BUNDLE)
        ? { workflowBundle: { codePath: WORKFLOW_BUNDLE } }
        : { workflowsPath: WORKFLOWS_PATH }),
      activities: createActivities(runtime.deps),
      interceptors: { activity: [redactFailures(options.redactor)] },
      maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
      // A verb's cancellation reaches an activity with its next heartbeat.
      maxHeartbeatThrottleInterval: '2 seconds',
      shutdownGraceTime: SHUTDOWN_GRACE,
    });
    logger.info(
      { address: temporal.address, namespace: temporal.namespace, taskQueue: TASK_QUEUE },
      'the worker is ready',
    );
    await worker.run();
    logger.info('the worker has stopped');
  } finally {
    await runtime.close();
    await connection.close();
    await close();
  }
}

/** Waits for migrations and search attributes, which `craftsync apply` makes; logs what is missing in one line. */
async function waitUntilPrepared(
  client: Client,
  namespace: string,
  ledger: Runtime['ledger'],
  logger: Logger,
): Promise<void> {
  let said = '';
  for (;;) {
    const missing = await missingPreparation(client, namespace, ledger);
    if (missing === null) return;
    if (missing !== said) logger.warn(`waiting: ${missing}; run craftsync apply`);
    said = missing;
    await sleep(PREPARED_POLL_MS);
  }
}

async function missingPreparation(
  client: Client,
  namespace: string,
  ledger: Runtime['ledger'],
): Promise<string | null> {
  try {
    if (!(await ledger.isMigrated())) return 'the ledger is not migrated to this release';
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    const absent = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => !Object.hasOwn(customAttributes, name));
    return absent.length === 0 ? null : `search attributes are missing: ${absent.map(({ name }) => name).join(', ')}`;
  } catch (error) {
    return `not reachable yet: ${error instanceof Error ? error.message : String(error)}`;
  }
}
