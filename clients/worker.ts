/** `worker` (design 7): runs a worker in this process until SIGTERM. The worker itself is in `workers/`. */
import { requireDatabaseUrl, requireTemporal } from '../config/deployment.js';
import { readEnvironment } from '../config/environment.js';
import { runWorker } from '../workers/main.js';
import { openConfiguration, type CommandContext } from './resources.js';

export async function worker(context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { deployment, configuration } = openConfiguration(context);
  for (const warning of configuration.warnings) terminal.note(`warning: ${warning}`);
  await runWorker({
    configuration,
    env: terminal.env,
    databaseUrl: requireDatabaseUrl(deployment),
    temporal: requireTemporal(deployment),
    logLevel: readEnvironment(terminal.env).logLevel,
    isTerminal: terminal.isTty,
    redactor: terminal.redactor,
  });
}
