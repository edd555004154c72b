/**
 * A compiled copy of the product and of this runner in a folder of its own, where Temporal's workflow API and Node's
 * timer promises are replaced, and a defect may be put into the code. A defect whose code is not found throws.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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

const ROOMS = ['domain', 'workflows', 'activities', 'connectors', 'ledger', 'config', 'runtime', 'webhooks', 'stack'];
const RUNNER = 'test/faults/protocol';
/** In the product alone. */
const REPLACED = {
  '@temporalio/workflow': `${RUNNER}/temporal/workflowApi.js`,
  'node:timers/promises': `${RUNNER}/time/sleep.js`,
};
const VIRTUAL_ROOMS = ['domain/', 'workflows/', 'activities/'];

/** `root`: the repository's. */
export async function makeCopy(root: string, patches: readonly Patch[] = []): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-protocol-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const files = (await Promise.all([...ROOMS, RUNNER].map((room) => sourcesIn(root, room)))).flat();
    const left = new Set(patches);
    for (const file of files) {
      let source = await readFile(join(root, file), 'utf8');
      for (const patch of patches.filter((one) => one.file === file)) {
        source = patched(source, patch);
        left.delete(patch);
      }
      const output = join(folder, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(output), { recursive: true });
      await writeFile(output, compiled(file, source));
    }
    for (const { file } of left) throw new Error(`the defect is in ${file}, which does not exist`);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, scriptOf: (path) => join(folder, path.replace(/\.ts$/, '.js')), remove };
}

async function sourcesIn(root: string, room: string): Promise<string[]> {
  const entries = await readdir(join(root, room), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
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
