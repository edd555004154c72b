/**
 * `listen` (design 7): runs the HTTP listener until SIGTERM. It then answers the requests that it has begun to read;
 * webhooks that it has stored wait in the ledger.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { requireDatabaseUrl, requireTemporal } from '../../config/deployment.js';
import { isLoopback, readEnvironment } from '../../config/environment.js';
import { createLogger } from '../../runtime/logging.js';
import { startListening } from '../../runtime/listening.js';
import { watchProblems } from '../../runtime/processes/watchProblems.js';
import { watchStop } from '../../runtime/processes/stopping.js';
import { payloadCodec } from '../../runtime/temporal/encryption.js';
import { CommandFailure, wrongUsage } from '../failure.js';
import { openConfiguration, type CommandContext } from '../resources.js';
import { tokenWarning } from './guard.js';
import { createMetrics } from './metrics.js';
import { createListenerServer } from './server.js';

export interface ListenOptions {
  /** Null: what CRAFTSYNC_LISTEN says. */
  readonly host: string | null;
  readonly port: number | null;
}

/** A request that waits for a lost ledger would wait longer than a process may take to end. */
const REQUESTS_END_WITHIN_MS = 5_000;

/** Resolves when a signal has shut it down. */
export async function listen(context: CommandContext, options: ListenOptions): Promise<void> {
  const { terminal } = context;
  const { deployment, configuration } = openConfiguration(context, 'unused');
  const environment = readEnvironment(terminal.env);
  const place = { host: options.host ?? environment.listen.host, port: options.port ?? environment.listen.port };
  refuseOpenPlace(place.host, environment.token);
  const weakness = tokenWarning(environment.token);
  for (const warning of [...configuration.warnings, ...(weakness === null ? [] : [weakness])])
    terminal.note(`warning: ${warning}`);
  const { redactor } = terminal;
  const logger = createLogger({ level: environment.logLevel, isTerminal: terminal.isTty, redactor, to: 'stderr' });
  const metrics = createMetrics();
  const listening = startListening({
    configuration,
    env: terminal.env,
    databaseUrl: requireDatabaseUrl(deployment),
    temporal: requireTemporal(deployment),
    logger,
    redactor,
    onWoken: metrics.woke,
  });
  metrics.watch(listening);
  const { token, startedAs } = environment;
  const codec = { codec: payloadCodec(environment.encryption), origins: environment.codecOrigins };
  const app = createListenerServer({ listening, metrics, logger, redactor, token, startedAs, codec });
  const stopping = watchStop(() => logger.warn('the listener did not end in time; webhooks wait in the ledger'));
  try {
    const url = await bind(app, place);
    logger.info({ url }, 'the listener is ready');
    await Promise.race([
      stopping.asked,
      watchProblems({ problems: listening.problems, logger, signal: stopping.signal }),
    ]);
    await Promise.race([app.close(), sleep(REQUESTS_END_WITHIN_MS, undefined, { ref: false })]);
  } finally {
    await listening.close();
    stopping.dispose();
  }
  logger.info('the listener has stopped');
}

function refuseOpenPlace(host: string, token: string | null): void {
  if (isLoopback(host) || token !== null) return;
  throw wrongUsage(
    `--host ${host} can be reached by others: set CRAFTSYNC_TOKEN to a long random text, or bind 127.0.0.1`,
  );
}

async function bind(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program uses it' : code;
    throw new CommandFailure(
      `cannot listen on ${host}:${port} (${why}): choose another place with --host and --listen-port, or CRAFTSYNC_LISTEN`,
    );
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
