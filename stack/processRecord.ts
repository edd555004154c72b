/**
 * Records of processes in files, by which a later run recognises them. Process ids are reused, so a record holds the id
 * together with the moment the process started: a file left by a crash never makes a stranger look like one of ours.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessRecord {
  readonly pid: number;
  /** Opaque; equal only for the same process, also after a restart of the machine. */
  readonly startMark: string;
}

/**
 * The record of a living process; null where there is none, or it has ended and its parent has not collected it yet.
 */
export function recordOf(pid: number): ProcessRecord | null {
  const startMark = process.platform === 'linux' ? markFromProc(pid) : markFromPs(pid);
  return startMark === null ? null : { pid, startMark };
}

export function isAlive(record: ProcessRecord): boolean {
  return recordOf(record.pid)?.startMark === record.startMark;
}

/** The process that waits for it; null where it is gone. */
export function parentOf(pid: number): number | null {
  try {
    const text =
      process.platform === 'linux'
        ? (statFields(pid)[1] ?? '')
        : execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
    const parent = Number.parseInt(text);
    return Number.isInteger(parent) ? parent : null;
  } catch {
    return null;
  }
}

/** From the third field of `stat` on: the second may itself hold blanks and parentheses. Open to everybody. */
function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Field 22 is the start in ticks since boot. */
function markFromProc(pid: number): string | null {
  try {
    const fields = statFields(pid);
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}

function markFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.slice(line.indexOf(' ') + 1).trim();
  } catch {
    return null;
  }
}

export function readRecord(file: string): ProcessRecord | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(value) ? { pid: value.pid, startMark: value.startMark } : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== 'object' || value === null) return false;
  return 'pid' in value && Number.isInteger(value.pid) && 'startMark' in value && typeof value.startMark === 'string';
}

/** Written beside its place and renamed, so that nobody reads half a record. */
export function writeRecord(file: string, record: ProcessRecord): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(beside, file);
}

/**
 * Ends the process group that an earlier run recorded and was killed without stopping, and removes the record. A
 * process whose parent died ends by itself (tiedProcess.ts), so it gets `graceMs` before it is killed.
 */
export async function endRecorded(file: string, graceMs: number): Promise<'none' | 'ended' | 'killed'> {
  const record = readRecord(file);
  const outcome = record === null || !isAlive(record) ? 'none' : await endGroup(record, graceMs);
  rmSync(file, { force: true });
  return outcome;
}

async function endGroup(record: ProcessRecord, graceMs: number): Promise<'ended' | 'killed'> {
  signalIfThere(record.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline) {
    if (!isAlive(record)) return 'ended';
    await sleep(50);
  }
  signalIfThere(-record.pid, 'SIGKILL');
  while (isAlive(record)) await sleep(20);
  return 'killed';
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}
