/** What the processes of a benchmark use: CPU time and memory, read from /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of user and system time. */
export interface CpuMs {
  readonly workers: number;
  readonly temporal: number;
  readonly postgres: number;
  /** This process, with the sandbox in it: it belongs to no service. */
  readonly sandbox: number;
}

const TICK_MS = 10;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Leader of the process group. */
  readonly group: number;
  readonly name: string;
  /** With those of children that have ended. */
  readonly cpuMs: number;
}

/** So far. `workers`: leaders of their process groups. */
export function cpuNow(workers: readonly number[]): CpuMs {
  const own = ownProcesses();
  const sum = (isMeant: (facts: ProcessFacts) => boolean): number =>
    own.filter(isMeant).reduce((total, { cpuMs }) => total + cpuMs, 0);
  return {
    workers: sum(({ group }) => workers.includes(group)),
    temporal: sum(({ name }) => name === 'temporal'),
    postgres: sum(({ name }) => name === 'postgres'),
    sandbox: sum(({ pid }) => pid === process.pid),
  };
}

export function cpuBetween(before: CpuMs, after: CpuMs): CpuMs {
  return {
    workers: after.workers - before.workers,
    temporal: after.temporal - before.temporal,
    postgres: after.postgres - before.postgres,
    sandbox: after.sandbox - before.sandbox,
  };
}

/** The most that one process of these groups has ever held, in MB. */
export function peakMemoryMb(groups: readonly number[]): number {
  return Math.max(...pidsOf(groups).map((pid) => memoryMb(pid, 'VmHWM')));
}

/** What the largest process of these groups holds now, in MB. */
export function memoryNowMb(groups: readonly number[]): number {
  return Math.max(...pidsOf(groups).map((pid) => memoryMb(pid, 'VmRSS')));
}

function pidsOf(groups: readonly number[]): readonly number[] {
  return ownProcesses().flatMap(({ pid, group }) => (groups.includes(group) ? [pid] : []));
}

function memoryMb(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kilobytes ?? 0) / 1_024;
}

/** All that this run has started: other runs on the machine have servers of the same names. */
function ownProcesses(): readonly ProcessFacts[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (factsOf(Number(name)) ?? []) : []));
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const isOwn = (pid: number): boolean => {
    if (pid === process.ppid) return true;
    const parent = parents.get(pid);
    return parent !== undefined && isOwn(parent);
  };
  return all.filter(({ pid }) => isOwn(pid));
}

function factsOf(pid: number): ProcessFacts | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name stands in brackets and may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const numbers = fields.map(Number);
  const [, parent = 0, group = 0] = numbers;
  const ticks = numbers.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return { pid, parent, group, name: /\((.*)\)/.exec(text)?.[1] ?? '', cpuMs: ticks * TICK_MS };
}

/** Null: the process has ended. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
