/** What a process of a deployment does when Temporal or the ledger cannot be had, at its start or in mid-run. */
import { appendFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { startGateway, type Gateway } from '../../harness/servers/gateway.js';
import { startCraftsync, type Program } from '../../harness/servers/program.js';

export interface Surroundings {
  readonly deployment: TestDeployment;
  readonly temporal: Gateway;
  readonly postgres: Gateway;
  /** The environment in which both are reached through their gateways. */
  readonly env: Readonly<Record<string, string>>;
  /** host:port of a server that accepts and says nothing, and of a web server. */
  readonly silent: string;
  readonly web: string;
  close(): Promise<void>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const deployment = await startDeployment();
  const database = new URL(deployment.env['DATABASE_URL'] ?? '');
  const temporal = await startGateway(deployment.temporal.address);
  const postgres = await startGateway(database.host);
  database.host = postgres.address;
  const silent = createServer();
  const web = createHttpServer((_request, answer) => answer.end('<html></html>'));
  const sockets = new Set<Socket>();
  const env = { ...deployment.env, DATABASE_URL: database.href, TEMPORAL_ADDRESS: temporal.address };
  return {
    deployment,
    temporal,
    postgres,
    env,
    silent: await serve(silent, sockets),
    web: await serve(web, sockets),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
      web.close();
      await deployment.close();
      await Promise.all([temporal.close(), postgres.close()]);
    },
  };
}

async function serve(server: Server, sockets: Set<Socket>): Promise<string> {
  server.on('connection', (socket: Socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What must be missing, in each way in which it can be. */
export function missing({ env, silent, web }: Surroundings): Readonly<Record<string, Record<string, string>>> {
  const database = (host: string): Record<string, string> => {
    const url = new URL(env['DATABASE_URL'] ?? '');
    url.host = host;
    return { DATABASE_URL: url.href };
  };
  const temporal = (address: string): Record<string, string> => ({ TEMPORAL_ADDRESS: address });
  return {
    'Temporal refuses': temporal('127.0.0.1:1'),
    'Temporal has no name': temporal('no-such-host.invalid:7233'),
    'Temporal is silent': temporal(silent),
    'Temporal is http://…': temporal(`http://${web}`),
    'Temporal is its UI': temporal(web),
    'Temporal without TLS, with a key': { TEMPORAL_API_KEY: 'hush-hush' },
    'Postgres refuses': database('127.0.0.1:1'),
    'Postgres has no name': database('no-such-host.invalid:5432'),
    'Postgres is silent': database(silent),
    'Postgres is a web server': database(web),
  };
}

export interface Outcome {
  readonly code: number | null;
  readonly seconds: number;
  /** Messages, without the time of day. */
  readonly said: readonly string[];
}

export interface Run {
  readonly program: Program;
  /** Null: it is not told to stop, and must end by itself. */
  readonly signal: 'SIGTERM' | 'SIGINT' | null;
}

/** From the signal, or from now, until the process has ended. */
export async function endOf({ program, signal }: Run): Promise<Outcome> {
  const startedAt = performance.now();
  if (signal !== null) program.signal(signal);
  const { code } = await program.ended;
  return { code, seconds: (performance.now() - startedAt) / 1_000, said: program.lines.map(messageOf) };
}

export function startIn(
  { env }: Surroundings,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Program> {
  return startCraftsync(args, { env: { ...env, ...more } });
}

function messageOf(line: string): string {
  try {
    return (JSON.parse(line) as { msg: string }).msg;
  } catch {
    return line;
  }
}

/** Not all at once: each is a Node process. */
export async function inTurn<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = all.map((one, index) => ({ one, index }));
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next.index] = await work(next.one);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

/** A row of the table of outcomes, on request: SHOW_OUTCOMES names the file that it goes to. */
export function report(process_: string, name: string, { code, seconds, said }: Outcome): void {
  const file = process.env['SHOW_OUTCOMES'];
  if (file === undefined) return;
  appendFileSync(file, `| ${process_} | ${name} | ${said.join(' / ')} | ${code} | ${seconds.toFixed(1)} |\n`);
}
