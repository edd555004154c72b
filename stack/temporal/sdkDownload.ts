/**
 * Fetches a development server with the Temporal SDK's own download; only the file is used.
 *
 * The SDK has no time limit and no way to cancel, so it runs in a process of its own that is killed when nothing
 * arrives: without the internet this way must fail within seconds, so that the next way is tried.
 */
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { StackError } from '../stackError.js';
import { fetchingEnvironment } from '../../config/childEnvironment.js';
import { spawnTied } from '../tiedProcess.js';
import { workFolder } from './goInstall.js';

/** Until the first byte of the file; the SDK asks which file to load within that time too. */
const FIRST_BYTE_MS = 10_000;
/** Between two bytes. */
const STALLED_MS = 20_000;
const LOOK_EVERY_MS = 200;

/** argv: the SDK's entry point, the folder to download to, the SDK's version. The SDK then starts a server, unused. */
const DOWNLOAD = `
const { Runtime, DefaultLogger } = require(process.argv[1]);
Runtime.install({ logger: new DefaultLogger('ERROR') });
Runtime.instance().createEphemeralServer({
  type: 'dev-server', ip: '127.0.0.1', port: null, ui: false, uiPort: null, namespace: 'default', dbFilename: null,
  log: { format: 'pretty', level: 'never' }, extraArgs: [],
  exe: {
    type: 'cached-download', downloadDir: process.argv[2], version: 'default', ttl: 86400000,
    sdkName: 'sdk-typescript', sdkVersion: process.argv[3],
  },
}).then(() => process.exit(0), (error) => { console.error(String(error.message)); process.exit(1); });
`;

export interface CliDownload {
  readonly target: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Resolves with `target`. Throws `StackError` where nothing came. */
export async function sdkDownload(download: CliDownload): Promise<string> {
  const folder = await workFolder(download.target);
  try {
    await rename(join(folder, await fetchInto(folder, download)), download.target);
    return download.target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The name of the whole file in `folder`. */
async function fetchInto(folder: string, download: CliDownload): Promise<string> {
  const require = createRequire(import.meta.url);
  const sdkVersion = String((require('@temporalio/worker/package.json') as { version: unknown }).version);
  const lines: string[] = [];
  const child = spawnTied({
    command: process.execPath,
    args: ['-e', DOWNLOAD, require.resolve('@temporalio/worker'), folder, sdkVersion],
    env: fetchingEnvironment(),
    onLine: (line) => lines.push(line),
  });
  let over = false;
  void child.ended.then(() => (over = true));
  try {
    await arrival(folder, () => over, download);
    const name = await fileIn(folder, (each) => !each.endsWith('.downloading'));
    if (name !== null) return name;
    throw new StackError(causeIn(lines.at(-1) ?? 'nothing was downloaded'));
  } finally {
    child.kill();
    await child.ended;
  }
}

/** Resolves when the whole file is there or the process has ended; throws when it takes too long. */
async function arrival(folder: string, isOver: () => boolean, download: CliDownload): Promise<void> {
  let deadline = performance.now() + FIRST_BYTE_MS;
  let size = 0;
  while (!isOver()) {
    download.signal?.throwIfAborted();
    if ((await fileIn(folder, (name) => !name.endsWith('.downloading'))) !== null) return;
    const partial = await fileIn(folder, (name) => name.endsWith('.downloading'));
    const now = partial === null ? 0 : ((await stat(join(folder, partial)).catch(() => null))?.size ?? size);
    if (now > size) {
      if (size === 0) download.log('downloading a Temporal server (only this once)');
      size = now;
      deadline = performance.now() + STALLED_MS;
    }
    if (performance.now() > deadline) {
      throw new StackError(size === 0 ? `no answer within ${FIRST_BYTE_MS / 1_000} s` : 'the download stalled');
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function fileIn(folder: string, wanted: (name: string) => boolean): Promise<string | null> {
  return (await readdir(folder)).find(wanted) ?? null;
}

/** The SDK repeats a long address at each level of its error; the cause is at its end. */
function causeIn(message: string): string {
  const at = message.lastIndexOf('client error');
  return at === -1 ? message.slice(0, 300) : message.slice(at, at + 300);
}
