/**
 * The one-machine stack as a process (design 9). The order of a start:
 *
 * 1. Lock the state folder (stateLock.ts): one `up` uses it, from before the first start until after the last stop.
 * 2. Choose the configuration, a given one or the sandbox's (configurationChoice.ts). A given one is checked at once.
 * 3. Choose the listener's port (listener.ts), which the sandbox has to know.
 * 4. Check the servers that the environment names (outside.ts); start the others (servers.ts) and the sandbox
 *    (sandbox.ts), all at once.
 * 5. Write `stack.json` (config/stack.ts), where every other command finds the servers.
 * 6. Run `apply` to its end, then start a worker and the listener (children.ts), and wait until both serve.
 * 7. Print the `ready` lines (readyLines.ts).
 *
 * From then on supervise.ts restarts whatever ends unasked. A stop goes the other way: programs, servers, `stack.json`,
 * the lock. Two things always hold:
 *
 * - No child outlives this process, however it ends (stack/tiedProcess.ts). What a killed one left is taken over.
 * - `stack.json` is there while the servers run, and goes after them: other commands trust it.
 */
import type { Environment } from '../../config/environment.js';
import { loadConfiguration } from '../../config/configuration.js';
import { resolveDeployment } from '../../config/deployment.js';
import type { TemporalAccess } from '../../config/deployment.js';
import { removeStack, writeStack } from '../../config/stack.js';
import { chooseConfiguration } from './configurationChoice.js';
import type { ConfigurationChoice, SandboxFlag } from './configurationChoice.js';
import { runChild, startChild } from './children.js';
import { Interrupted, watchInterrupts } from './interrupts.js';
import { chooseListenPlace, serveListener } from './listener.js';
import type { ListenPlace } from './listener.js';
import { createOutput } from './output.js';
import type { Output } from './output.js';
import { checkDatabase, checkTemporal } from './outside.js';
import { readyLines } from './readyLines.js';
import { serveSandbox } from './sandbox.js';
import { serveDatabase, serveTemporal } from './servers.js';
import type { ServerOptions, ServingTemporal } from './servers.js';
import { lockState } from './stateLock.js';
import { tightenState } from '../stateModes.js';
import { supervise } from './supervise.js';
import type { Supervised } from './supervise.js';
import { lastPoll, untilWorkerPolls } from './workerReady.js';

export interface UpOptions {
  /** Absolute. */
  readonly stateDir: string;
  /** The configuration that `--config` or `CRAFTSYNC_CONFIG` names. */
  readonly named: string | null;
  readonly sandbox: SandboxFlag;
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly listenPort: number | null;
  readonly environment: Environment;
  /** The environment of the children. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** One line for the terminal. */
  readonly print: (line: string) => void;
}

/** A worker gives its running activities 6 seconds to finish. The servers need what is left of 15. */
const WORKER_GRACE_MS = 10_000;
const APPLY_GRACE_MS = 5_000;
const SERVERS_END_WITHIN_MS = 4_000;
const KILLED_BY_SECOND_INTERRUPT = 130;

/** Runs until it is told to stop; resolves with the exit code. Throws where a start fails. */
export async function runUp(options: UpOptions): Promise<number> {
  const lock = lockState(options.stateDir);
  tightenState(options.stateDir);
  const output = createOutput(options.stateDir, options.print);
  const running = createRunning();
  const cleanUp = (): void => {
    removeStack(options.stateDir);
    lock.release();
  };
  const interrupts = watchInterrupts({
    onFirst: () => output.say('stopping; once more to kill at once'),
    onAgain: () => {
      running.killAll();
      cleanUp();
      process.exit(KILLED_BY_SECOND_INTERRUPT);
    },
  });
  try {
    // Other commands would trust the file of a killed `up` if another process has its id by now.
    removeStack(options.stateDir);
    await bringUp(options, output, running, interrupts.signal);
    await new Promise((resolve) => interrupts.signal.addEventListener('abort', resolve, { once: true }));
    return 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return 0;
  } finally {
    await running.stopAll();
    cleanUp();
    interrupts.dispose();
    if (interrupts.signal.aborted) output.say('stopped');
  }
}

async function bringUp(options: UpOptions, output: Output, running: Running, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const choice = chooseConfiguration(options);
  // A wrong file is reported before minutes go into starting servers.
  if (choice.kind === 'given') loadConfiguration({ path: choice.path, env: options.env });
  sayChoice(choice, options, output);

  const place = await chooseListenPlace(options.stateDir, {
    port: options.listenPort,
    listen: options.environment.listen,
  });
  const servers = await startServers(choice, place, options, output, running, signal);
  signal.throwIfAborted();
  writeStack(options.stateDir, {
    pid: process.pid,
    temporalAddress: servers.temporal.access.address,
    temporalNamespace: servers.temporal.access.namespace,
    uiUrl: servers.temporal.uiUrl,
    databaseUrl: servers.databaseUrl,
    configPath: choice.path,
    listenUrl: place.url,
    sandboxUrl: servers.sandboxUrl,
    startedAt: new Date().toISOString(),
  });
  await startPrograms({ configPath: choice.path, temporal: servers.temporal, place }, options, output, running, signal);

  const { settings } = loadConfiguration({ path: choice.path, env: options.env });
  const facts = {
    seconds: (performance.now() - startedAt) / 1_000,
    stateDir: options.stateDir,
    logsDir: output.logsDir,
    uiUrl: servers.temporal.uiUrl,
    temporal: servers.temporal.access,
    sandboxUrl: servers.sandboxUrl,
    listenUrl: place.url,
    pipelines: Object.keys(settings.pipelines),
  };
  for (const line of readyLines(facts)) output.say(line);
}

/** `apply`, then a worker and the listener; resolves when both serve. They find the servers by `stack.json`. */
async function startPrograms(
  { configPath, temporal, place }: { configPath: string; temporal: ServingTemporal; place: ListenPlace },
  options: UpOptions,
  output: Output,
  running: Running,
  signal: AbortSignal,
): Promise<void> {
  const { stateDir } = options;
  const env = { ...options.env, CRAFTSYNC_STATE: stateDir, CRAFTSYNC_CONFIG: configPath };
  const onApplyLine = output.lineWriter('apply', { shown: true });
  await runChild({ program: 'apply', stateDir, env, graceMs: APPLY_GRACE_MS, onLine: onApplyLine, signal });

  const polledBefore = await lastPoll(temporal.access, signal);
  const onLine = output.lineWriter('worker', { shown: true });
  const start = () => startChild({ program: 'worker', stateDir, env, graceMs: WORKER_GRACE_MS, onLine });
  running.add('program', await supervise({ name: 'the worker', start, say: output.say }));
  running.add('program', await serveListener({ stateDir, env, place, output, signal }));
  await untilWorkerPolls(temporal.access, polledBefore, signal);
}

function sayChoice(choice: ConfigurationChoice, options: UpOptions, output: Output): void {
  if (choice.kind === 'sandbox' && choice.ignored !== null) {
    output.say(`--sandbox: ${choice.ignored} is not used; this stack runs on ${choice.path}`);
  }
}

interface Servers {
  readonly temporal: ServingTemporal;
  readonly databaseUrl: string;
  readonly sandboxUrl: string | null;
}

/**
 * All at once. If one fails, the others are told to give up. They have settled when this throws, so whatever was
 * started is in `running` by then.
 */
async function startServers(
  choice: ConfigurationChoice,
  { url: listenUrl }: ListenPlace,
  options: UpOptions,
  output: Output,
  running: Running,
  signal: AbortSignal,
): Promise<Servers> {
  const { stateDir, environment, env } = options;
  const failed = new AbortController();
  const shared: ServerOptions = {
    stateDir,
    cacheDir: environment.cacheDir,
    output,
    signal: AbortSignal.any([signal, failed.signal]),
    onStarted: (part) => running.add('server', part),
  };
  const given = resolveDeployment({ flags: { config: choice.path, state: stateDir }, env, cwd: options.cwd });
  await checkOutside(given.temporal, given.databaseUrl);
  const tools = options.sandbox === 'all' ? 'all' : 'kitemaker';
  const plan = {
    given: given.temporal,
    port: options.temporalPort,
    uiPort: options.uiPort,
    codecEndpoint: environment.codecOrigins.length === 0 ? null : `${listenUrl}/codec`,
  };
  const starts = [
    serveTemporal(plan, shared),
    serveDatabase(given.databaseUrl, shared),
    choice.kind === 'sandbox'
      ? serveSandbox({ configPath: choice.path, tools, env, listenUrl }, shared)
      : Promise.resolve(null),
  ] as const;
  await Promise.allSettled(starts.map((start) => start.catch((error: unknown) => failed.abort(error))));
  const [temporal, databaseUrl, sandboxUrl] = await Promise.all(starts);
  return { temporal, databaseUrl, sandboxUrl };
}

/** Servers that the environment names must answer before others are started. */
async function checkOutside(temporal: TemporalAccess | null, databaseUrl: string | null): Promise<void> {
  if (temporal !== null) await checkTemporal(temporal);
  if (databaseUrl !== null) await checkDatabase(databaseUrl);
}

interface Running {
  add(layer: 'server' | 'program', part: Supervised): void;
  /** Programs before servers, because they use them. */
  stopAll(): Promise<void>;
  killAll(): void;
}

function createRunning(): Running {
  const parts = { program: [] as Supervised[], server: [] as Supervised[] };
  return {
    add: (layer, part) => void parts[layer].push(part),
    stopAll: async () => {
      await Promise.allSettled(parts.program.map((part) => part.stop()));
      const late = setTimeout(() => parts.server.forEach((part) => part.kill()), SERVERS_END_WITHIN_MS);
      await Promise.allSettled(parts.server.map((part) => part.stop()));
      clearTimeout(late);
    },
    killAll: () => {
      for (const part of [...parts.program, ...parts.server]) part.kill();
    },
  };
}
