/** Programs of the benchmarks that run as processes of their own: compiled into `dist/bench/`, beside the product. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { startProgram, type Program } from '../../test/harness/servers/program.js';
import { built } from '../../test/harness/servers/built.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `paths` from the root of the repository; the first one is run. Types are checked by the gate. */
export async function startCompiled(paths: readonly [string, ...string[]], argument: object): Promise<Program> {
  const dist = dirname(await built('workflow-bundle.js'));
  for (const path of paths) {
    const { outputText } = ts.transpileModule(await readFile(join(ROOT, path), 'utf8'), {
      fileName: path,
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    });
    const output = join(dist, scriptOf(path));
    await mkdir(dirname(output), { recursive: true });
    await writeFile(output, outputText);
  }
  const script = join(dist, scriptOf(paths[0]));
  return startProgram({ command: process.execPath, args: [script, JSON.stringify(argument)] });
}

function scriptOf(path: string): string {
  return path.replace(/\.ts$/, '.js');
}
