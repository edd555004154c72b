/** `worker` (design 7): runs a worker in this process until SIGTERM. The worker itself is in `workers/`. */
import { requireDatabaseUrl, requireTemporal } from '../config/deployment.js';
import { readEnvironment } from '../config/environment.js';
import { runWorker } from '../workers/main.js';
import { openConfiguration, type CommandContext } from './resources.js';

const LOOPBACK = '127.0.0.1';

export interface WorkerFlags {
  /** Null: where CRAFTSYNC_WORKER_LISTEN says, if anywhere. */
  readonly listenPort: number | null;
}

export async function worker(context: CommandContext, { listenPort }: WorkerFlags): Promise<void> {
  const { terminal } = context;
  const environment = readEnvironment(terminal.env);
  const { deployment, configuration } = openConfiguration(context);
  for (const warning of configuration.warnings) terminal.note(`warning: ${warning}`);
  await runWorker({
    configuration,
    env: terminal.env,
    databaseUrl: requireDatabaseUrl(deployment),
    temporal: requireTemporal(deployment),
    logLevel: environment.logLevel,
    isTerminal: terminal.isTty,
    redactor: terminal.redactor,
    cachedRuns: environment.workerCachedRuns,
    listen: listenPort === null ? environment.workerListen : { host: LOOPBACK, port: listenPort },
  });
}
