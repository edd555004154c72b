/**
 * Real processes in tests: a worker, `up`, a sandbox. Each leads a process group, so that a test can stop, wake and
 * kill it as a crash or an operator would; none outlives the test's process.
 */
import { spawnTied } from '../../../stack/tiedProcess.js';
import type { Ending } from '../../../stack/tiedProcess.js';
import { built } from './built.js';
import { needsTemporal } from './needsTemporal.js';

export interface Program {
  /** Leader of the process group. */
  readonly pid: number;
  /** Everything it wrote so far, line by line. */
  readonly lines: readonly string[];
  readonly ended: Promise<Ending>;
  /** Resolves with the first line, written already or later, that matches; rejects when it ends first or too late. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** SIGKILL, as a crash: no goodbye. */
  kill(): Promise<Ending>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<Ending>;
  /** SIGSTOP: it keeps its connections and does nothing. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGINT, SIGTERM or SIGHUP to the program alone, as Ctrl-C in its terminal would. */
  signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void;
}

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** On top of this process's environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export function startProgram(options: ProgramOptions): Program {
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const child = spawnTied({
    command: options.command,
    args: options.args,
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    onLine: (line) => {
      lines.push(line);
      for (const listener of listeners) listener();
    },
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.command} could not be started`);
  process.once('exit', child.kill);
  void child.ended.then(() => process.removeListener('exit', child.kill));
  return {
    pid,
    lines,
    ended: child.ended,
    waitForLine: (pattern, timeoutMs = 30_000) =>
      waitForLine({ lines, listeners, ended: child.ended, pattern, timeoutMs }),
    kill: () => {
      child.kill();
      return child.ended;
    },
    stop: (graceMs = 15_000) => child.stop(graceMs),
    freeze: () => process.kill(-pid, 'SIGSTOP'),
    thaw: () => process.kill(-pid, 'SIGCONT'),
    signal: (signal) => process.kill(pid, signal),
  };
}

/** `craftsync <args>` of this source tree, built. `main`: the compiled command of another build. */
export async function startCraftsync(
  args: readonly string[],
  { main, ...options }: Pick<ProgramOptions, 'env' | 'cwd'> & { readonly main?: string } = {},
): Promise<Program> {
  if (args[0] === 'up') needsTemporal();
  const script = main ?? (await built('clients/main.js'));
  return startProgram({ ...options, command: process.execPath, args: [script, ...args] });
}

interface Waiting {
  readonly lines: readonly string[];
  readonly listeners: Set<() => void>;
  readonly ended: Promise<Ending>;
  readonly pattern: RegExp;
  readonly timeoutMs: number;
}

function waitForLine(waiting: Waiting): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen = (): string => waiting.lines.slice(-20).join('\n');
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      waiting.listeners.delete(look);
      settle();
    };
    const look = (): boolean => {
      const line = waiting.lines.find((each) => waiting.pattern.test(each));
      if (line !== undefined) finish(() => resolve(line));
      return line !== undefined;
    };
    const timer = setTimeout(
      () => finish(() => reject(new Error(`no line matches ${String(waiting.pattern)}; the last ones:\n${seen()}`))),
      waiting.timeoutMs,
    );
    if (look()) return;
    waiting.listeners.add(look);
    void waiting.ended.then((ending) => {
      if (!look())
        finish(() => reject(new Error(`it ended (${ending.words}) without ${String(waiting.pattern)}:\n${seen()}`)));
    });
  });
}
