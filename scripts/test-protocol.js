/**
 * `npm run test:protocol`: the protocol's fault runner (test/faults/protocol). It runs on a compiled copy of the
 * product; the arguments are those of command.ts there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNNER = 'test/faults/protocol';

/** The compiler of the copy is written in TypeScript, too. */
async function makeCopyOf(root) {
  const source = readFileSync(`${ROOT}${RUNNER}/copy.ts`, 'utf8');
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  const script = new URL('../dist/protocol-copy.js', import.meta.url);
  mkdirSync(new URL('.', script), { recursive: true });
  writeFileSync(script, ts.transpileModule(source, { compilerOptions }).outputText);
  const { makeCopy } = await import(script.href);
  return makeCopy(root, [`${RUNNER}/command.ts`]);
}

const copy = await makeCopyOf(ROOT);
try {
  const args = [copy.scriptOf(`${RUNNER}/command.ts`), '--root', ROOT, ...process.argv.slice(2)];
  const runner = spawn(process.execPath, args, { stdio: 'inherit' });
  // The runner ends what it has started, and its folders are removed before this process ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => runner.kill(signal));
  const [status] = await once(runner, 'exit');
  process.exitCode = status ?? 1;
} finally {
  await copy.remove();
}
