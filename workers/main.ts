/**
 * The worker process: waits until ledger and Temporal are prepared, runs workflows and activities until SIGTERM, then
 * finishes or hands back what it holds (design 7, Processes). Any number of workers can run side by side.
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.js';
import type { Configuration } from '../config/configuration.js';
import type { TemporalAccess } from '../config/deployment.js';
import { isLoopback, type ListenAddress } from '../config/environment.js';
import { TASK_QUEUE } from '../domain/ids.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import { serveHealth, type HealthServer } from '../runtime/processes/health.js';
import { createLogger } from '../runtime/logging.js';
import { ledgerProbe, problemsOf, temporalProbe } from '../runtime/processes/readiness.js';
import { createRuntime, type Runtime } from '../runtime/runtime.js';
import { watchStop, type Stopping } from '../runtime/processes/stopping.js';
import { lazyTemporal, type TemporalClient } from '../runtime/temporal/connection.js';
import { payloadCodec } from '../runtime/temporal/encryption.js';
import { createSayings, watchProblems } from '../runtime/processes/watchProblems.js';
import { untilCreated, type Created } from './create.js';
import { installSdkLogger } from './logging.js';
import { ENCODED_FAILURES, ENCODING_BUNDLE, WORKFLOW_BUNDLE, WORKFLOWS_PATH } from './paths.js';
import { NOT_POLLING, pollingProbe } from './polling.js';
import { untilPrepared } from './prepare.js';
import { redactFailures } from './redactFailures.js';
import { runToItsEnd } from './runToItsEnd.js';
import { WorkerFailure } from './workerFailure.js';

export interface WorkerProcessOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly temporal: TemporalAccess;
  readonly logLevel: string;
  readonly isTerminal: boolean;
  readonly redactor: Redactor;
  /** How many runs stay in memory between two steps; others are made again from their histories (decision 33). */
  readonly cachedRuns: number;
  /** Where `/healthz` and `/readyz` are served; null: nowhere. */
  readonly listen: ListenAddress | null;
}

/** Activities mostly wait, so many fit into one process; they share the ledger's pool. */
const CONCURRENT_ACTIVITIES = 60;
/** More than the first attempts that are made in them (activities/step/firstAttempt.ts): the rest is for verbs. */
const CONCURRENT_WORKFLOW_TASKS = 100;
/**
 * The SDK's limit is for workflow code that never ends, and five seconds long. They pass for a process that is stopped,
 * too (a paused container, a debugger), and Node then dies when it is woken (nodejs/node#38503). Ours ends; a task that
 * does not end is taken back by Temporal after ten seconds, whatever this says. The SDK takes the option from whoever
 * gives it, though its type of options for users leaves it out.
 */
const UNHURRIED = { isolateExecutionTimeout: '1 hour' } as const;
const LEDGER_CONNECTIONS = 20;
/** How long a running activity may take to finish before it is handed back. */
const SHUTDOWN_GRACE = '6 seconds';
/** What does not end then is left: another worker takes it up after its heartbeat's time. */
const SHUTDOWN_FORCE = '9 seconds';
const CLOSES_WITHIN_MS = 3_000;
/** Five minutes in which Temporal answers, and does not hear this worker poll. */
const DEAF_LOOKS = 30;

/** What the parts of a worker process share. */
interface Process {
  readonly options: WorkerProcessOptions;
  readonly logger: Logger;
  readonly temporal: TemporalClient;
  readonly runtime: Runtime;
  readonly stopping: Stopping;
  readonly identity: string;
}

/** Resolves when the worker was told to stop and has; throws when it cannot go on. */
export async function runWorker(options: WorkerProcessOptions): Promise<void> {
  const logger = createLogger({
    level: options.logLevel,
    isTerminal: options.isTerminal,
    redactor: options.redactor,
  });
  installSdkLogger(logger);
  const stopping = watchStop(() => logger.warn('the worker did not end in time; others take up what it holds'));
  const temporal = lazyTemporal(options.temporal);
  const name = `worker ${process.pid}`;
  const { client } = temporal;
  const runtime = createRuntime({ ...options, client, logger, name, maxConnections: LEDGER_CONNECTIONS });
  const own = { options, logger, temporal, runtime, stopping, identity: `${process.pid}@${hostname()}` };
  const polls = { now: false };
  const health = await listen(own, polls);
  try {
    await workUntilStopped(own, polls);
    logger.info('the worker has stopped');
  } finally {
    const closing = Promise.allSettled([health?.close(), runtime.close(), temporal.close()]);
    await Promise.race([closing, sleep(CLOSES_WITHIN_MS, undefined, { ref: false })]);
    stopping.dispose();
  }
}

/** Whether the process has come as far as polling. */
interface Polls {
  now: boolean;
}

async function listen(own: Process, polls: Polls): Promise<HealthServer | null> {
  const { listen: place, redactor } = own.options;
  if (place === null) return null;
  const problems = async (): Promise<readonly string[]> => {
    const found = await problemsNow(own);
    return found.length === 0 && !polls.now ? ['the worker is starting'] : found;
  };
  try {
    const health = await serveHealth(place, problems, { words: isLoopback(place.host), redactor });
    own.logger.info({ url: health.url }, 'the worker tells its health');
    return health;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WorkerFailure(
      `cannot listen on ${place.host}:${place.port} (${why}): choose another port with --listen-port or CRAFTSYNC_WORKER_LISTEN`,
    );
  }
}

function problemsNow({ options, temporal: { client }, runtime, identity }: Process): Promise<readonly string[]> {
  return problemsOf([
    ledgerProbe(runtime.ledger),
    temporalProbe(client, options.temporal),
    pollingProbe(client, identity),
  ]);
}

async function workUntilStopped(own: Process, polls: Polls): Promise<void> {
  const { options, logger, temporal, runtime, stopping } = own;
  const say = createSayings(logger);
  const { client } = temporal;
  const { ledger } = runtime;
  const { signal } = stopping;
  // It goes on only with a worker, not with the hope of one.
  const sayProblems = (problems: readonly string[]): void => (problems.length === 0 ? undefined : say(problems));
  const created = await untilCreated({
    temporal: options.temporal,
    stopping,
    say,
    untilPrepared: () => untilPrepared({ client, temporal: options.temporal, ledger, say: sayProblems, signal }),
    create: (connection) => createWorker(own, connection),
  });
  if (created === null) return;
  say([]);
  await work(own, created, polls);
}

function createWorker({ options, runtime, identity }: Process, connection: NativeConnection): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: options.temporal.namespace,
    identity,
    taskQueue: TASK_QUEUE,
    ...workflowsAndPayloads(options.temporal),
    activities: createActivities(runtime.deps),
    interceptors: { activity: [redactFailures(options.redactor)] },
    maxCachedWorkflows: options.cachedRuns,
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxConcurrentWorkflowTaskExecutions: CONCURRENT_WORKFLOW_TASKS,
    ...UNHURRIED,
    // A verb's cancellation reaches an activity with its next heartbeat.
    maxHeartbeatThrottleInterval: '2 seconds',
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  });
}

function workflowsAndPayloads({ encryption }: TemporalAccess) {
  const encrypts = encryption.encryptsWith !== null;
  const codePath = encrypts ? ENCODING_BUNDLE : WORKFLOW_BUNDLE;
  return {
    ...(existsSync(codePath) ? { workflowBundle: { codePath } } : { workflowsPath: WORKFLOWS_PATH }),
    dataConverter: {
      payloadCodecs: [payloadCodec(encryption)],
      ...(encrypts && { failureConverterPath: ENCODED_FAILURES }),
    },
  };
}

async function work(own: Process, { worker, connection }: Created, polls: Polls): Promise<void> {
  const { options, logger, stopping } = own;
  const { address, namespace } = options.temporal;
  const ending = new AbortController();
  const running = runToItsEnd(worker, stopping);
  void stopping.asked.then(() => shutDown(worker));
  polls.now = true;
  const cachedRuns = worker.options.maxCachedWorkflows;
  logger.info({ address, namespace, taskQueue: TASK_QUEUE, cachedRuns }, 'the worker is ready');
  const deaf = endWhenDeaf(own, worker, AbortSignal.any([ending.signal, stopping.signal]));
  try {
    await running;
  } finally {
    ending.abort();
    polls.now = false;
    await Promise.race([connection.close().catch(() => undefined), sleep(CLOSES_WITHIN_MS, undefined, { ref: false })]);
  }
  if (await deaf) throw new WorkerFailure(`${NOT_POLLING}, although it answers: the worker ends, to be started again`);
}

function shutDown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

/** Says what keeps the worker from its work; true when it ended the worker because it was deaf. */
async function endWhenDeaf(own: Process, worker: Worker, signal: AbortSignal): Promise<boolean> {
  let looks = 0;
  await watchProblems({
    problems: () => problemsNow(own),
    logger: own.logger,
    signal,
    onLook: (found) => {
      looks = found.length === 1 && found[0] === NOT_POLLING ? looks + 1 : 0;
      if (looks === DEAF_LOOKS) shutDown(worker);
    },
  });
  return looks >= DEAF_LOOKS;
}
