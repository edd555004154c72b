/**
 * Programs of this same installation that `up` runs beside the servers: `apply`, a worker, the listener, the sandbox.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { endRecorded, recordOf, writeRecord } from '../processRecord.js';
import { StackError } from '../stackError.js';
import { spawnTied } from '../tiedProcess.js';
import type { TiedProcess } from '../tiedProcess.js';
import type { Part } from './supervise.js';

const MAIN = fileURLToPath(new URL('../../clients/main.js', import.meta.url));
const SANDBOX = fileURLToPath(new URL('../../sandbox/main.js', import.meta.url));

export const PROGRAMS = {
  apply: [MAIN, 'apply'],
  worker: [MAIN, 'worker'],
  listener: [MAIN, 'listen'],
  sandbox: [SANDBOX],
} as const satisfies Record<string, readonly string[]>;

export type ProgramName = keyof typeof PROGRAMS;

export interface ChildOptions {
  readonly program: ProgramName;
  readonly args?: readonly string[];
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** How long it may take to finish what it holds. */
  readonly graceMs: number;
  readonly onLine: (line: string) => void;
}

type ChildPlace = Pick<ChildOptions, 'program' | 'stateDir' | 'graceMs'>;

/** Ends the child that an earlier `up` was killed without stopping; it may still hold its port. */
export async function endLeftChild(child: ChildPlace): Promise<void> {
  await endRecorded(recordFileOf(child), child.graceMs);
}

const recordFileOf = ({ stateDir, program }: Pick<ChildOptions, 'program' | 'stateDir'>): string =>
  join(stateDir, 'run', `${program}.pid`);

/** Starts a long-running child, in the place of one that an earlier `up` left. */
export async function startChild(options: ChildOptions): Promise<Part> {
  const recordFile = recordFileOf(options);
  await endLeftChild(options);
  const child = spawnProgram(options);
  const record = child.pid === undefined ? null : recordOf(child.pid);
  if (record !== null) writeRecord(recordFile, record);
  return {
    ended: child.ended,
    kill: child.kill,
    stop: async () => {
      await child.stop(options.graceMs);
      await endRecorded(recordFile, 0);
    },
  };
}

/** Runs a child to its end. Throws `StackError` unless it exits with 0; SIGTERM when `signal` is aborted. */
export async function runChild(options: ChildOptions & { readonly signal: AbortSignal }): Promise<void> {
  options.signal.throwIfAborted();
  const child = spawnProgram(options);
  const onAbort = (): void => void child.stop(options.graceMs);
  options.signal.addEventListener('abort', onAbort, { once: true });
  const ending = await child.ended;
  options.signal.removeEventListener('abort', onAbort);
  options.signal.throwIfAborted();
  if (ending.code === 0) return;
  throw new StackError(
    `craftsync ${options.program} failed (${ending.words}); its lines above say why, ` +
      `and so does ${join(options.stateDir, 'logs', `${options.program}.log`)}`,
  );
}

function spawnProgram(options: ChildOptions): TiedProcess {
  return spawnTied({
    command: process.execPath,
    args: [...PROGRAMS[options.program], ...(options.args ?? [])],
    env: options.env,
    onLine: options.onLine,
  });
}
