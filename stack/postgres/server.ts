/**
 * PostgreSQL for one machine: starts it, waits until it accepts connections, stops it. Its data survives in `dataDir`.
 *
 * It listens only on 127.0.0.1 and only over TCP, asks everybody for a random password, and keeps PostgreSQL's defaults
 * for what survives a crash (`fsync`, `full_page_writes`).
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { claimPort } from '../ports.js';
import { StackError, reasonOf } from '../stackError.js';
import { type Ending, type TiedProcess, spawnTied } from '../tiedProcess.js';
import { DATABASE, ROLE, type Cluster, PLAIN_ENVIRONMENT, leaveFolder, prepareCluster, takeFolder } from './cluster.js';
import { type Failure, explainFailure } from './explainFailure.js';
import { endLeftover, isReady, serverStartedBy, signalTo } from './postmaster.js';
import { type Program, findProgram } from './program.js';
import { type ServerUser, serverUser } from './serverUser.js';

export interface PostgresOptions {
  /** Where the data is kept; created where it is missing. One server at a time. */
  readonly dataDir: string;
  /** 0: any free one. @default 0 */
  readonly port?: number;
  /** One line for a person. */
  readonly log: (line: string) => void;
  /** The server's own output, line by line. @default dropped */
  readonly onOutput?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface PostgresServer {
  /** Address of the database `craftsync`, with the password. The role of that name owns it and may create more. */
  readonly url: string;
  /** Settles when the server has ended, whether it was stopped or not. */
  readonly ended: Promise<Ending>;
  /** Ends open connections and shuts down in order. */
  stop(): Promise<void>;
  /** Kills it at once; the next start recovers. */
  kill(): void;
}

const HOST = '127.0.0.1';
/** Includes recovery after a crash. */
const SERVES_WITHIN_MS = 120_000;
const STOPS_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;
/** A free port may be taken between the check and the start, and a killed server's processes need a moment to end. */
const ATTEMPTS = 5;
const BETWEEN_ATTEMPTS_MS = 500;

/** Throws `StackError`: one line that says what failed, why, and what to do. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  takeFolder(options.dataDir);
  try {
    const user = serverUser();
    const program = findProgram(user, options.dataDir);
    await endLeftover(join(options.dataDir, 'cluster'));
    const cluster = await prepareCluster(options.dataDir, program, user, options.log);
    return await launchUntilItServes(options, program, user, cluster);
  } catch (error) {
    leaveFolder(options.dataDir);
    options.signal?.throwIfAborted();
    throw error instanceof StackError ? error : new StackError(`PostgreSQL cannot be started: ${reasonOf(error)}`);
  }
}

async function launchUntilItServes(
  options: PostgresOptions,
  program: Program,
  user: ServerUser | null,
  cluster: Cluster,
): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const port = await claimPort(options.port ?? 0, { what: 'PostgreSQL', flag: 'the option port' }, HOST);
    const outcome = await launch(options, program, user, cluster, port);
    if (!('failure' in outcome)) return outcome;
    if (!outcome.failure.passing || attempt === ATTEMPTS) throw new StackError(outcome.failure.message);
    await sleep(BETWEEN_ATTEMPTS_MS, undefined, { signal: options.signal });
  }
}

async function launch(
  options: PostgresOptions,
  program: Program,
  user: ServerUser | null,
  cluster: Cluster,
  port: number,
): Promise<PostgresServer | { readonly failure: Failure }> {
  const lines: string[] = [];
  const child = spawnTied({
    command: join(program.folder, 'bin', 'postgres'),
    args: ['-D', cluster.asSeenInside, '-p', String(port), ...SETTINGS],
    env: PLAIN_ENVIRONMENT,
    cwd: cluster.folder,
    ...(user === null ? {} : { user }),
    onLine: (line) => {
      lines.push(line);
      if (lines.length > 200) lines.shift();
      options.onOutput?.(line);
    },
  });
  const server = serverOf(child, cluster, options.dataDir, port);
  const problem = await untilItServes(child, { folder: cluster.folder, port }, options.signal);
  if (problem === null) return server;
  // Not stopServer(): the server that works in the folder may be another one.
  await child.stop(STOPS_WITHIN_MS);
  return { failure: explainFailure('postgres', lines, problem, cluster.folder) };
}

const SETTINGS = [
  ...['-c', `listen_addresses=${HOST}`],
  ...['-c', 'unix_socket_directories='],
  ...['-c', 'logging_collector=off'],
  ...['-c', 'log_destination=stderr'],
];

function serverOf(child: TiedProcess, cluster: Cluster, dataDir: string, port: number): PostgresServer {
  return {
    url: `postgres://${ROLE}:${cluster.password}@${HOST}:${port}/${DATABASE}`,
    ended: child.ended,
    kill: child.kill,
    stop: async () => {
      await stopServer(child, cluster);
      leaveFolder(dataDir);
    },
  };
}

/** SIGINT ends connections; the SIGTERM of `child.stop` alone would wait for every client to disconnect. */
async function stopServer(child: TiedProcess, cluster: Cluster): Promise<void> {
  const pid = serverStartedBy(child.pid, cluster.folder);
  if (pid !== null) signalTo(pid, 'SIGINT');
  await child.stop(STOPS_WITHIN_MS);
}

/** Null when it accepts connections; otherwise what was seen instead. */
async function untilItServes(
  child: TiedProcess,
  { folder, port }: { readonly folder: string; readonly port: number },
  signal: AbortSignal | undefined,
): Promise<string | null> {
  let ending: Ending | null = null;
  void child.ended.then((value) => (ending = value));
  const endingNow = (): Ending | null => ending;
  const deadline = performance.now() + SERVES_WITHIN_MS;
  while (performance.now() < deadline) {
    const gone = endingNow();
    if (gone !== null) return gone.words;
    if (signal?.aborted === true) return 'interrupted';
    if (isReady(folder, port)) return null;
    await sleep(LOOK_EVERY_MS);
  }
  return `it accepted no connection within ${SERVES_WITHIN_MS / 1000} seconds`;
}
