/**
 * A Temporal development server for one machine: starts it, waits until it serves, stops it.
 *
 * With a state folder its data is in `<stateDir>/temporal.db` and survives; without one it is in memory. Closed runs
 * are kept for 30 days (the development server's own default is one day), so that the history of an item is there when
 * somebody asks. `apply` registers the search attributes, not this file.
 */
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

import { claimPort } from '../ports.js';
import { endRecorded, recordOf, writeRecord } from '../processRecord.js';
import { StackError, reasonOf } from '../stackError.js';
import { OWNER_ONLY_FOLDER } from '../stateModes.js';
import { spawnTied } from '../tiedProcess.js';
import type { Ending, TiedProcess } from '../tiedProcess.js';
import { findTemporalCli } from './cli.js';
import { explainExit } from './explainExit.js';

export interface TemporalServerOptions {
  /** Where the data is kept; null: in memory. */
  readonly stateDir: string | null;
  /** The user's cache folder, where the server's program is looked for and kept. */
  readonly cacheDir: string;
  /** 0: any free one. */
  readonly port: number;
  /** 0: any free one; null: no UI. */
  readonly uiPort: number | null;
  /** Where the UI has payloads decoded. @default nowhere */
  readonly codecEndpoint?: string | null;
  /** One line for a person. */
  readonly log: (line: string) => void;
  /** The server's own output, line by line. @default dropped */
  readonly onOutput?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface TemporalServer {
  /** `host:port` of the gRPC service. */
  readonly address: string;
  readonly uiUrl: string | null;
  /** Settles when the server has ended, whether it was stopped or not. */
  readonly ended: Promise<Ending>;
  stop(): Promise<void>;
  /** Kills it at once. */
  kill(): void;
}

const NAMESPACE = 'default';
const RETENTION = msToTs('30 days');
const SERVES_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 10_000;
/** With less free space, the first minutes of work would fill the disk. */
const NEEDED_BYTES = 100 * 1024 * 1024;
/** A free port may be taken between the check and the start. A port that was asked for is tried once. */
const FREE_PORT_ATTEMPTS = 3;

/** Throws `StackError`: one line that says what failed, why, and what to do. */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  if (options.stateDir !== null) await prepareFolder(options.stateDir);
  const cli = await findTemporalCli(options);
  for (let attempt = 1; ; attempt++) {
    const ports = await claimPorts(options);
    const outcome = await launch(cli, ports, options);
    if (outcome.status === 'serving') return outcome.server;
    const mayRetry = outcome.portTaken && options.port === 0 && attempt < FREE_PORT_ATTEMPTS;
    if (!mayRetry) throw new StackError(outcome.message);
  }
}

async function prepareFolder(stateDir: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const disk = await statfs(stateDir);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < NEEDED_BYTES) {
    const freeMib = Math.floor(freeBytes / 1024 / 1024);
    throw new StackError(
      `no disk space for the Temporal server: ${freeMib} MiB are left where ${stateDir} is, ` +
        '100 are needed; free some, or choose another folder with --state',
    );
  }
  // The server of a run that was killed holds the database and the ports until it notices.
  await endRecorded(recordFile(stateDir), STOPS_WITHIN_MS);
}

const recordFile = (stateDir: string): string => join(stateDir, 'temporal.pid');
const databaseFile = (stateDir: string): string => join(stateDir, 'temporal.db');

interface Ports {
  readonly port: number;
  readonly uiPort: number | null;
}

async function claimPorts(options: TemporalServerOptions): Promise<Ports> {
  const port = await claimPort(options.port, { what: 'the Temporal server', flag: '--temporal-port' });
  if (options.uiPort === null) return { port, uiPort: null };
  return { port, uiPort: await claimPort(options.uiPort, { what: "Temporal's UI", flag: '--ui-port' }) };
}

type Launch =
  | { readonly status: 'serving'; readonly server: TemporalServer }
  | { readonly status: 'failed'; readonly portTaken: boolean; readonly message: string };

async function launch(cli: string, ports: Ports, options: TemporalServerOptions): Promise<Launch> {
  const lines: string[] = [];
  const child = spawnTied({
    command: cli,
    args: startArguments(ports, options),
    onLine: (line) => {
      lines.push(line);
      if (lines.length > 200) lines.shift();
      options.onOutput?.(line);
    },
  });
  if (options.stateDir !== null && child.pid !== undefined) {
    const record = recordOf(child.pid);
    if (record !== null) writeRecord(recordFile(options.stateDir), record);
  }
  const server = serverOf(child, ports, options.stateDir);
  const failure = await untilServing(server, options);
  if (failure === null) return { status: 'serving', server };
  await server.stop();
  options.signal?.throwIfAborted();
  const file = options.stateDir === null ? null : databaseFile(options.stateDir);
  return { status: 'failed', ...explainExit({ failure, lines, databaseFile: file, port: ports.port }) };
}

function startArguments(ports: Ports, { stateDir, codecEndpoint = null }: TemporalServerOptions): string[] {
  const codec = codecEndpoint === null ? [] : ['--ui-codec-endpoint', codecEndpoint];
  const ui = ports.uiPort === null ? ['--headless'] : ['--ui-port', String(ports.uiPort), ...codec];
  const data =
    stateDir === null ? [] : ['--db-filename', databaseFile(stateDir), '--sqlite-pragma', 'journal_mode=WAL'];
  const plain = ['--ip', '127.0.0.1', '--log-level', 'warn', '--log-format', 'json', '--color', 'never'];
  return ['server', 'start-dev', '--port', String(ports.port), ...ui, ...data, ...plain];
}

function serverOf(child: TiedProcess, ports: Ports, stateDir: string | null): TemporalServer {
  return {
    address: `127.0.0.1:${ports.port}`,
    uiUrl: ports.uiPort === null ? null : `http://127.0.0.1:${ports.uiPort}`,
    ended: child.ended,
    kill: child.kill,
    stop: async () => {
      await child.stop(STOPS_WITHIN_MS);
      if (stateDir !== null) await endRecorded(recordFile(stateDir), 0);
    },
  };
}

/** Null when it serves; otherwise what was seen instead. */
async function untilServing(server: TemporalServer, options: TemporalServerOptions): Promise<string | null> {
  let ending: Ending | null = null;
  void server.ended.then((value) => (ending = value));
  const endingNow = (): Ending | null => ending;
  const deadline = performance.now() + SERVES_WITHIN_MS;
  let lastProblem = '';
  while (performance.now() < deadline) {
    const gone = endingNow();
    if (gone !== null) return `it ended (${gone.words})`;
    if (options.signal?.aborted === true) return 'it was interrupted';
    try {
      await prepareNamespace(server.address);
      if (server.uiUrl !== null) await fetch(server.uiUrl, { signal: AbortSignal.timeout(2_000) });
      return null;
    } catch (error) {
      lastProblem = reasonOf(error);
      await sleep(100);
    }
  }
  return `it did not answer within ${SERVES_WITHIN_MS / 1_000} s (${lastProblem})`;
}

async function prepareNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2 seconds' });
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    if (RETENTION.seconds?.eq(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === true) return;
    await connection.workflowService.updateNamespace({
      namespace: NAMESPACE,
      config: { workflowExecutionRetentionTtl: RETENTION },
    });
  } finally {
    await connection.close();
  }
}
