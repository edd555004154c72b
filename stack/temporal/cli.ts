/**
 * Finds a Temporal CLI that can run a development server, or gets one: the first of these that works (design 9).
 *
 * 1. `temporal` on the PATH. 2. `<cacheDir>/bin/temporal`. 3. The SDK's download. 4. `go install`.
 *
 * 3 and 4 put what they bring at 2 with a rename, so that two processes that do this at once leave one complete file.
 * A way that fails costs seconds, not minutes. If all of them fail, one error says why each did.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { plainEnvironment } from '../../config/childEnvironment.js';
import { StackError, reasonOf } from '../stackError.js';
import { goInstall } from './goInstall.js';
import { sdkDownload } from './sdkDownload.js';

export interface CliSearch {
  /** The user's cache folder, e.g. `~/.cache/craftsync`. */
  readonly cacheDir: string;
  /** One line for a person, at most every half minute. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The command to run: a name on the PATH, or an absolute path. */
export async function findTemporalCli(search: CliSearch): Promise<string> {
  const target = join(search.cacheDir, 'bin', 'temporal');
  const ways: readonly { name: string; get: () => Promise<string> }[] = [
    { name: '`temporal` on the PATH', get: () => usable('temporal') },
    { name: target, get: () => usable(target) },
    { name: "the SDK's download", get: async () => usable(await sdkDownload({ ...search, target })) },
    { name: '`go install`', get: async () => usable(await goInstall({ ...search, target })) },
  ];
  const failures: string[] = [];
  for (const way of ways) {
    try {
      return await way.get();
    } catch (error) {
      search.signal?.throwIfAborted();
      failures.push(`${way.name}: ${reasonOf(error)}`);
    }
  }
  throw new StackError(
    `no Temporal server could be found or built (${failures.join('; ')}); ` +
      'install the Temporal CLI (https://docs.temporal.io/cli), or Go 1.25 or later, ' +
      'or set TEMPORAL_ADDRESS to a running server',
  );
}

/** Old CLIs have no `--sqlite-pragma`, and an incomplete file does not run at all. */
function usable(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      ['server', 'start-dev', '--help'],
      { timeout: 20_000, env: plainEnvironment() },
      (error, stdout) => {
        if (error !== null) {
          reject(
            new StackError(
              'code' in error && error.code === 'ENOENT' ? 'not there' : `does not run (${reasonOf(error)})`,
            ),
          );
        } else if (!stdout.includes('--sqlite-pragma')) {
          reject(new StackError('too old: its `server start-dev` has no --sqlite-pragma'));
        } else {
          resolve(command);
        }
      },
    );
  });
}
