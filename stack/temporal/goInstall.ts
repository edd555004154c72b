/**
 * Builds the Temporal CLI with `go install`, for machines that have Go and reach the Go module proxy only.
 * This takes minutes, once: the log says why and for how long it has run.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { StackError } from '../stackError.js';
import { fetchingEnvironment } from '../../config/childEnvironment.js';
import { spawnTied } from '../tiedProcess.js';
import type { Ending } from '../tiedProcess.js';

/** The last tag whose module has no `replace`, so that `go install` takes it. Needs Go 1.25. */
const CLI_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const REPORT_EVERY_MS = 30_000;
/** A build is never this slow: a folder as old as this was left by one that was killed. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1_000;

export interface CliBuild {
  /** Where the binary goes. */
  readonly target: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The Go command. @default 'go' */
  readonly go?: string;
}

/** Resolves with `target`. Throws `StackError` where there is no Go, or the build fails. */
export async function goInstall(build: CliBuild): Promise<string> {
  const folder = await workFolder(build.target);
  try {
    const lastLines: string[] = [];
    const ending = await runGo(build, folder, (line) => lastLines.push(line));
    build.signal?.throwIfAborted();
    if (ending.code !== 0) throw new StackError(failureOf(ending, lastLines));
    await rename(join(folder, basename(build.target)), build.target);
    return build.target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A new folder beside `target`: on the same file system, so that the rename is atomic. */
export async function workFolder(target: string): Promise<string> {
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!name.startsWith('.making-')) continue;
    const left = await stat(join(parent, name)).catch(() => null);
    if (left !== null && Date.now() - left.mtimeMs > ABANDONED_AFTER_MS) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
  return mkdtemp(join(parent, '.making-'));
}

async function runGo(build: CliBuild, folder: string, onLine: (line: string) => void): Promise<Ending> {
  const startedAt = performance.now();
  build.log(
    'no Temporal server on this machine yet: building one with `go install` ' +
      '(about five minutes on two cores, only this once)',
  );
  const timer = setInterval(
    () => build.log(`still building the Temporal server, ${elapsed(startedAt)} so far`),
    REPORT_EVERY_MS,
  );
  // GOFLAGS such as -mod=vendor would refuse a module that is not ours; `env` keeps everything else of the user's
  // set-up for Go. Its caches are shared with other programs of the user, and may be with other users.
  const go = spawnTied({
    command: 'env',
    args: ['GOFLAGS=', `GOBIN=${folder}`, build.go ?? 'go', 'install', CLI_MODULE],
    cwd: folder,
    env: fetchingEnvironment(),
    sharesFiles: true,
    onLine,
  });
  build.signal?.addEventListener('abort', go.kill, { once: true });
  try {
    const ending = await go.ended;
    if (ending.code === 0) build.log(`the Temporal server is built (${elapsed(startedAt)})`);
    return ending;
  } finally {
    clearInterval(timer);
    build.signal?.removeEventListener('abort', go.kill);
  }
}

function failureOf(ending: Ending, lines: readonly string[]): string {
  if (ending.code === 127) return '`go` is not on the PATH';
  const said = lines.slice(-3).join(' ').trim();
  return `${ending.words}${said === '' ? '' : ` (${said})`}`;
}

function elapsed(since: number): string {
  const seconds = Math.round((performance.now() - since) / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
