/**
 * The server of a data folder, found by the file `postmaster.pid` that it writes there:
 *
 *   line 1: its process id   line 4: its port   line 8: how far it is
 *
 * Another user's process hides its working directory from everybody without CAP_SYS_PTRACE, which root in a container
 * lacks. So nothing that must be known depends on that.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { parentOf, recordOf } from '../processRecord.js';

/** How a server is told to work in its own working directory, where its user cannot reach the folder by path. */
export const OWN_DIRECTORY = '/proc/self/cwd';

const STOPS_WITHIN_MS = 10_000;

interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** `ready` once it accepts connections; `pg_ctl` waits for the same. */
  readonly status: string;
}

/**
 * Whether a living server on this port has written into the folder that it accepts connections. Its log is for people:
 * settings change its words.
 */
export function isReady(folder: string, port: number): boolean {
  const file = readPidFile(folder);
  return file !== null && file.port === port && file.status === 'ready' && lives(file.pid);
}

/** The folder's server, if this process started it; null otherwise. */
export function serverStartedBy(parent: number | undefined, folder: string): number | null {
  const pid = readPidFile(folder)?.pid;
  return pid !== undefined && parent !== undefined && parentOf(pid) === parent ? pid : null;
}

/** Ends a server that an earlier run left running in the folder; removes the record of one that is gone. */
export async function endLeftover(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  const pid = postmasterOf(folder);
  // PostgreSQL itself refuses a folder in use, as long as the file is there.
  if (pid === 'unknown') return;
  if (pid === null) return rmSync(pidFile, { force: true });
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalTo(pid, signal);
    const deadline = performance.now() + STOPS_WITHIN_MS;
    while (performance.now() < deadline) {
      if (recordOf(pid) === null) return rmSync(pidFile, { force: true });
      await sleep(50);
    }
  }
}

/**
 * The process id of the folder's living server; null: there is none, since the id in its file may belong to a stranger
 * by now; `unknown`: the process does not let itself be looked at.
 */
export function postmasterOf(folder: string): number | null | 'unknown' {
  const file = readPidFile(folder);
  if (file === null || recordOf(file.pid) === null) return null;
  try {
    return worksIn(folder, file) ? file.pid : null;
  } catch (error) {
    return isRefusal(error) ? 'unknown' : null;
  }
}

function worksIn(folder: string, { pid, port }: PidFile): boolean {
  if (process.platform !== 'linux')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(folder);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  // What it was started with is open to all. No stranger has taken over the id, the folder and the port.
  const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const optionOf = (flag: string): string | undefined => args[args.indexOf(flag) + 1];
  const isHere = [folder, OWN_DIRECTORY].includes(optionOf('-D') ?? '') && optionOf('-p') === String(port);
  return basename(program) === 'postgres' && isHere;
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

function readPidFile(folder: string): PidFile | null {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number.parseInt(lines[0] ?? ''), Number.parseInt(lines[3] ?? '')];
    return Number.isInteger(pid) ? { pid, port, status: lines[7]?.trim() ?? '' } : null;
  } catch {
    return null;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isRefusal(error);
  }
}

export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
