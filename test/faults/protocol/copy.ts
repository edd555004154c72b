/**
 * A compiled copy of the product and of this runner in a folder of its own, where Temporal's workflow API and Node's
 * timer promises are replaced, and a defect may be put into the code. A defect whose code is not found throws.
 */
import { access, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { tmpdir } from 'node:os';
import ts from 'typescript';

/** A change of the product's code. `from` must be there exactly once. */
export interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Copy {
  readonly folder: string;
  /** Of a file of the repository. */
  scriptOf(path: string): string;
  remove(): Promise<void>;
}

const RUNNER = 'test/faults/protocol';
/** What is compiled: these, and whatever they import. */
const ENTRIES = [`${RUNNER}/shard.ts`, `${RUNNER}/time/sleep.ts`];
/** In the product alone. */
const REPLACED = {
  '@temporalio/workflow': `${RUNNER}/temporal/workflowApi.js`,
  'node:timers/promises': `${RUNNER}/time/sleep.js`,
};
const VIRTUAL_ROOMS = ['domain/', 'workflows/', 'activities/'];

/** `root`: the repository's; `more`: further scripts that are to be run. */
export async function makeCopy(root: string, more: readonly string[] = []): Promise<Copy> {
  return inFolder(async (folder) => {
    const files = new Set([...ENTRIES, ...more]);
    for (const file of files) {
      const code = compiled(file, await readFile(join(root, file), 'utf8'));
      for (const imported of importsOf(file, code)) files.add(imported);
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, scriptOf(file)), code);
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
  });
}

/** The same with a defect. Throws where the code of the defect is not found, or no run uses it. */
export async function withDefect(base: Copy, root: string, patches: readonly Patch[]): Promise<Copy> {
  return inFolder(async (folder) => {
    await cp(base.folder, folder, { recursive: true, verbatimSymlinks: true });
    const sources = new Map<string, string>();
    for (const patch of patches) {
      const { file } = patch;
      const source = sources.get(file) ?? (await readFile(join(root, file), 'utf8').catch(() => ''));
      sources.set(file, patched(source, patch));
    }
    for (const [file, source] of sources) {
      const script = join(folder, scriptOf(file));
      await access(script).catch(() => {
        throw new Error(`the defect is in ${file}, which no run uses`);
      });
      await writeFile(script, compiled(file, source));
    }
  });
}

async function inFolder(fill: (folder: string) => Promise<void>): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-protocol-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await fill(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, scriptOf: (path) => join(folder, scriptOf(path)), remove };
}

function scriptOf(path: string): string {
  return path.replace(/\.ts$/, '.js');
}

/** The files of the repository that a compiled file imports. */
function importsOf(file: string, code: string): readonly string[] {
  return [...code.matchAll(/\bfrom '(\.[^']+)\.js'/g)].map(([, path]) => join(dirname(file), `${path}.ts`));
}

function patched(source: string, { file, from, to }: Patch): string {
  const parts = source.split(from);
  if (parts.length !== 2)
    throw new Error(`the code of the defect is ${parts.length - 1} times in ${file}, not once: ${from}`);
  return parts.join(to);
}

function compiled(file: string, source: string): string {
  const { outputText } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  if (!VIRTUAL_ROOMS.some((room) => file.startsWith(room))) return outputText;
  return Object.entries(REPLACED).reduce(
    (text, [name, by]) => text.replaceAll(`'${name}'`, `'${relative(dirname(file), by)}'`),
    outputText,
  );
}
