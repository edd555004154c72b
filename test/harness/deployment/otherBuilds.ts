/**
 * Other builds than this source tree's, for tests in which workers of two builds run side by side: the present one with
 * something changed, and the last release, built from its commit.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { built } from '../servers/built.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

export interface OtherBuild {
  /** The compiled command. */
  readonly main: string;
  remove(): Promise<void>;
}

/** A change of a compiled file. `find` stands in it exactly once. */
export interface Change {
  /** In `dist/`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** The present build with these changes; its workflows are bundled again. Throws where the code has changed. */
export async function changedBuild(changes: readonly Change[]): Promise<OtherBuild> {
  const dist = join(await built('workflow-bundle.js'), '..');
  return inFolder(async (folder) => {
    await cp(dist, join(folder, 'dist'), { recursive: true });
    await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
    for (const change of changes) await apply(join(folder, 'dist'), change);
    await run(process.execPath, [join(folder, 'dist', 'workers', 'bundle.js')]);
  });
}

/** The last release as it was: its number, and why it cannot be had where it cannot. */
export type LastRelease =
  { readonly version: string; readonly commit: string } | { readonly version: string; readonly missing: string };

/** By its tag; without one, the commit whose build recorded its histories. A shallow clone may have neither. */
export async function lastRelease(): Promise<LastRelease> {
  const changelog = await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const version = /^## (\d+\.\d+\.\d+)/m.exec(changelog)?.[1] ?? 'none';
  const missing = (why: string): LastRelease => ({ version, missing: `no commit of ${version} is at hand: ${why}` });
  try {
    const tagged = await git('for-each-ref', '--format=%(objectname)', `refs/tags/v${version}`);
    if (tagged !== '') return { version, commit: tagged };
    if ((await git('rev-parse', '--is-shallow-repository')) === 'true') return missing('the clone is shallow');
    const commit = await recordedBy(version);
    return commit === null ? missing('no commit recorded its histories') : { version, commit };
  } catch (error) {
    return missing(error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'no git' : 'no repository');
  }
}

async function recordedBy(version: string): Promise<string | null> {
  const [first] = (await git('ls-files', `test/replay/histories/${version}`)).split('\n');
  if (first === undefined || first === '') return null;
  const commits = await git('log', '--follow', '--diff-filter=A', '--format=%H', '--', first);
  return commits.split('\n').at(-1) ?? null;
}

/** A build of a commit of this repository, with the packages that are installed here. */
export async function buildOf(commit: string): Promise<OtherBuild> {
  return inFolder(async (folder) => {
    const archive = join(folder, 'sources.tar');
    await git('archive', '--format=tar', `--output=${archive}`, commit);
    await run('tar', ['-xf', archive, '-C', folder]);
    await run('npm', ['run', '--silent', 'build'], { cwd: folder });
  });
}

async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', ROOT, ...args]);
  return stdout.trim();
}

async function apply(dist: string, { file, find, put }: Change): Promise<void> {
  const path = join(dist, file);
  const text = await readFile(path, 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`what is to be changed stands ${places} times in ${file}, not once: ${find}`);
  await writeFile(
    path,
    text.replace(find, () => put),
  );
}

async function inFolder(fill: (folder: string) => Promise<void>): Promise<OtherBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-build-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await fill(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { main: join(folder, 'dist', 'clients', 'main.js'), remove };
}
