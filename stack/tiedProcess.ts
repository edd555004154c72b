/**
 * Child processes that cannot outlive their parent.
 *
 * 1. Each child leads a process group of its own, so that Ctrl-C in a terminal reaches the parent alone and the parent
 *    decides in which order its children stop.
 * 2. A small shell runs between parent and child: it passes signals on, returns the exit code, and ends the child when
 *    the pipe from the parent closes (SIGTERM, after 40 seconds SIGKILL). The kernel closes that pipe however the
 *    parent dies, SIGKILL included.
 * 3. Its files are its owner's alone, and of the environment it gets no more than it is given or any program needs.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { plainEnvironment } from '../config/childEnvironment.js';
import { reasonOf } from './stackError.js';

/** How a process ended, in words a person reads: `exit code 1`, `signal SIGKILL`. */
export interface Ending {
  readonly code: number | null;
  readonly words: string;
}

export interface TiedProcess {
  /** The leader of the child's process group; `undefined` where it could not be started. */
  readonly pid: number | undefined;
  /** Settles once, when the process is gone and its output has been read; never rejects. */
  readonly ended: Promise<Ending>;
  /** SIGTERM, and SIGKILL to the whole group after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<Ending>;
  /** SIGKILL to the whole group, at once. */
  kill(): void;
}

export interface TiedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** @default what any program needs (config/childEnvironment.ts) */
  readonly env?: NodeJS.ProcessEnv;
  /** Its files are as this user's others, since not only this user reads them. @default false */
  readonly sharesFiles?: boolean;
  readonly cwd?: string;
  /** The user it runs as, if not the current one: only root can do that. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Each line that the process writes, to stdout or stderr. */
  readonly onLine: (line: string) => void;
}

/**
 * `$$` in the subshell is the outer shell: while that one lives, its child has not been waited for, so `$child` cannot
 * name another process. File descriptor 3 is the pipe, because a background command loses its stdin. 4 is the child's
 * stderr; the shell's own goes to /dev/null, so that remarks such as "Terminated" do not mix with the child's.
 */
const TIE = `
exec 3<&0 </dev/null 4>&2 2>/dev/null
child=
for s in TERM INT HUP; do trap "kill -$s \\"\\$child\\"" $s; done
"$@" 2>&4 3<&- 4>&- &
child=$!
(
  trap - TERM INT HUP
  while read -r _ <&3; do :; done
  kill -0 $$ && kill -TERM "$child"
  n=0
  while kill -0 $$ && [ $n -lt 40 ]; do sleep 1; n=$((n+1)); done
  kill -0 $$ && kill -KILL -$$
) >/dev/null 4>&- &
exec 3<&- 4>&-
wait "$child"; code=$?
while kill -0 "$child"; do wait "$child"; code=$?; done
exit $code
`;

/** How long the last output may take to arrive after the process is gone. */
const LAST_OUTPUT_MS = 1_000;

export function spawnTied(options: TiedProcessOptions): TiedProcess {
  const script = options.sharesFiles === true ? TIE : `umask 077\n${TIE}`;
  const child = spawn('/bin/sh', ['-c', script, 'tie', options.command, ...options.args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: options.env ?? plainEnvironment(),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
  });
  // The pipe is never written to; it may break when the child ends first.
  child.stdin.on('error', () => undefined);
  const read = [child.stdout, child.stderr].map((stream) => readLines(stream, options.onLine));

  const killGroup = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid);
  };
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ code: null, words: reasonOf(error) }));
    child.once('exit', (code, signal) => {
      killGroup();
      void Promise.race([Promise.all(read), delay(LAST_OUTPUT_MS)]).then(() => resolve(endingOf(code, signal)));
    });
  });
  return {
    pid: child.pid,
    ended,
    kill: killGroup,
    stop: async (graceMs) => {
      const timer = setTimeout(killGroup, graceMs);
      child.kill('SIGTERM');
      const ending = await ended;
      clearTimeout(timer);
      return ending;
    },
  };
}

/** A shell reports a child that a signal ended as 128 + its number. */
function endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (signal !== null) return { code: null, words: `signal ${signal}` };
  if (code === 137) return { code, words: 'signal SIGKILL' };
  if (code === 143) return { code, words: 'signal SIGTERM' };
  return { code, words: `exit code ${code ?? 'unknown'}` };
}

function signalGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The group has no process left.
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine).once('close', resolve);
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
