/**
 * The data folder of the one-machine stack's PostgreSQL: creates it once, with a random password beside it (mode 0600).
 *
 *   <dataDir>/cluster    PostgreSQL's own files, owned by the server's user
 *   <dataDir>/password   of the roles `postgres` and `craftsync`
 *   <dataDir>/owner.pid  the process that runs the server
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAlive, readRecord, recordOf, writeRecord } from '../processRecord.js';
import { StackError, reasonOf } from '../stackError.js';
import { OWNER_ONLY_FOLDER } from '../stateModes.js';
import { explainFailure } from './explainFailure.js';
import { OWN_DIRECTORY } from './postmaster.js';
import type { Program } from './program.js';
import { canEnter, type ServerUser } from './serverUser.js';

export interface Cluster {
  readonly folder: string;
  /** The path by which the server names the folder; it works even where the server's user cannot reach `folder`. */
  readonly asSeenInside: string;
  readonly password: string;
}

export const ROLE = 'craftsync';
export const DATABASE = 'craftsync';
const ADMIN = 'postgres';

/** With less free space, the first minutes of work would fill the disk. */
const NEEDED_BYTES = 200 * 1024 * 1024;

/** The whole environment of the server and `initdb`: nothing in it changes what they do. */
export const PLAIN_ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** Claims the folder for this process. Throws `StackError` while another process has it. */
export function takeFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const owner = readRecord(ownerFile(dataDir));
  if (owner !== null && isAlive(owner)) {
    throw new StackError(`PostgreSQL's folder ${dataDir} is in use by process ${owner.pid}: stop that one first`);
  }
  const record = recordOf(process.pid);
  if (record !== null) writeRecord(ownerFile(dataDir), record);
  const disk = statfsSync(dataDir);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes >= NEEDED_BYTES) return;
  leaveFolder(dataDir);
  throw new StackError(
    `no disk space for PostgreSQL: ${Math.floor(freeBytes / 1024 / 1024)} MiB are left where ${dataDir} is, ` +
      '200 are needed; free some, or choose another folder with --state',
  );
}

export function leaveFolder(dataDir: string): void {
  rmSync(ownerFile(dataDir), { force: true });
}

function ownerFile(dataDir: string): string {
  return join(dataDir, 'owner.pid');
}

/** Creates the cluster where there is none. What an interrupted attempt left is thrown away. */
export async function prepareCluster(
  dataDir: string,
  program: Program,
  user: ServerUser | null,
  log: (line: string) => void,
): Promise<Cluster> {
  const folder = join(dataDir, 'cluster');
  const inside = pathInside(dataDir, user);
  if (existsSync(join(folder, 'PG_VERSION'))) {
    mustBeOfVersion(folder, program);
    return { folder, asSeenInside: inside ?? folder, password: readPassword(dataDir) };
  }
  log('Creating the database folder of PostgreSQL');
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(dataDir), `${password}\n`, { mode: 0o600 });
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  if (user !== null) chownSync(unfinished, user.uid, user.gid);
  await initialise({ program, user, folder: unfinished, called: inside ?? unfinished, password });
  renameSync(unfinished, folder);
  return { folder, asSeenInside: inside ?? folder, password };
}

/**
 * The server is started in the folder. Where its user cannot reach the folder by path, it names the folder by its own
 * working directory. Null: by path.
 */
function pathInside(dataDir: string, user: ServerUser | null): string | null {
  if (canEnter(user, dataDir)) return null;
  if (process.platform === 'linux') return OWN_DIRECTORY;
  throw new StackError(
    `PostgreSQL cannot run as root, and the user ${user?.name ?? ''} cannot enter ${dataDir}: choose another folder with ` +
      '--state, start craftsync as another user, or set DATABASE_URL to a PostgreSQL of your own',
  );
}

function mustBeOfVersion(folder: string, program: Program): void {
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version === program.major) return;
  throw new StackError(
    `${folder} holds data of PostgreSQL ${version}, but this is PostgreSQL ${program.major}: ` +
      'use the release of craftsync that made it, or choose another folder with --state',
  );
}

function readPassword(dataDir: string): string {
  try {
    return readFileSync(passwordFile(dataDir), 'utf8').trim();
  } catch (error) {
    throw new StackError(`the password of PostgreSQL cannot be read: ${reasonOf(error)}; put the file back`);
  }
}

function passwordFile(dataDir: string): string {
  return join(dataDir, 'password');
}

interface Initialise {
  readonly program: Program;
  readonly user: ServerUser | null;
  readonly folder: string;
  readonly called: string;
  readonly password: string;
}

async function initialise(options: Initialise): Promise<void> {
  const { called, password } = options;
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--auth=scram-sha-256', '--pwfile=/dev/stdin', `--username=${ADMIN}`];
  await runInside(options, 'initdb', [`--pgdata=${called}`, ...access, ...locale], `${password}\n`);
  // Single-user mode: one statement a line, and nobody can connect. The password is base64url: it needs no quoting.
  const statements = [
    `CREATE ROLE ${ROLE} LOGIN CREATEDB PASSWORD '${password}';`,
    `CREATE DATABASE ${DATABASE} OWNER ${ROLE};`,
  ];
  await runInside(options, 'postgres', ['--single', '-D', called, ADMIN], `${statements.join('\n')}\n`);
}

/**
 * Secrets go in through a pipe that `cat` makes: arguments and files can be read, and Node's own stdin is a socket,
 * which cannot be opened as /dev/stdin.
 */
async function runInside(options: Initialise, name: string, args: readonly string[], input: string): Promise<void> {
  const { program, user, folder } = options;
  const child = spawn('/bin/sh', ['-c', 'cat | "$@"', 'sh', join(program.folder, 'bin', name), ...args], {
    cwd: folder,
    env: PLAIN_ENVIRONMENT,
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Single-user mode carries on after a statement that failed, and exits with 0.
  const complaint = /\b(ERROR|FATAL|PANIC):/.test(output.join(''));
  if (code === 0 && !complaint) return;
  rmSync(folder, { recursive: true, force: true });
  const lines = output
    .join('')
    .split('\n')
    .filter((line) => !line.includes('PASSWORD'));
  throw new StackError(explainFailure(name, lines, `exit code ${code}`, folder).message);
}
