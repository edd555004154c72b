import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import ts from 'typescript';
import { describe, expect, it, vi } from 'vitest';

import { isAlive, recordOf } from '../../stack/processRecord.js';
import { spawnTied } from '../../stack/tiedProcess.js';
import type { TiedProcess } from '../../stack/tiedProcess.js';

/** Prints its process id and lives until it is told to end. */
const LONG_LIVED = `console.log(process.pid); setInterval(() => {}, 1000)`;

describe('stack/tiedProcess', () => {
  it('gives the exit code, and has given every line, when it says that the process has ended', async () => {
    const lines: string[] = [];
    const script = `for (let i = 0; i < 2000; i++) console.log('line ' + i); console.error('last'); process.exitCode = 7`;
    const child = spawnTied({ command: process.execPath, args: ['-e', script], onLine: (line) => lines.push(line) });

    expect(await child.ended).toEqual({ code: 7, words: 'exit code 7' });
    expect(lines).toHaveLength(2001);
  });

  it('keeps what a program writes to its owner, unless others share it, and passes on no key', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-tied-'));
    const args = ['-e', `fs.mkdirSync('f'); fs.writeFileSync('f/g', process.env.CRAFT_API_KEY ?? 'no key')`];
    vi.stubEnv('CRAFT_API_KEY', 'a-key-of-somebody');
    const modes = async (path: string): Promise<string> => ((await stat(path)).mode & 0o077).toString(8);
    for (const sharesFiles of [false, true]) {
      const cwd = join(folder, String(sharesFiles));
      await mkdir(cwd);
      await spawnTied({ command: process.execPath, args, cwd, sharesFiles, onLine: () => undefined }).ended;
      expect([await modes(join(cwd, 'f')), await modes(join(cwd, 'f', 'g'))].includes('0')).toBe(!sharesFiles);
      expect(await readFile(join(cwd, 'f', 'g'), 'utf8')).toBe('no key');
    }
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it('passes SIGTERM on and waits for an orderly end', async () => {
    const orderly = `process.on('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(0) }, 100)); ${LONG_LIVED}`;
    const child = started(['-e', orderly]);
    const pid = Number(await child.line(/^\d+$/));

    expect((await child.process.stop(5_000)).code).toBe(0);
    expect(child.lines).toContain('bye');
    expect(recordOf(pid)).toBeNull();
  });

  it('passes SIGINT on as SIGINT', async () => {
    const child = started(['-e', `process.on('SIGINT', () => process.exit(9)); ${LONG_LIVED}`]);
    await child.line(/^\d+$/);
    process.kill(child.process.pid ?? 0, 'SIGINT');
    expect((await child.process.ended).code).toBe(9);
  });

  it('kills a process that does not end in time', async () => {
    const child = started(['-e', `process.on('SIGTERM', () => {}); ${LONG_LIVED}`]);
    const pid = Number(await child.line(/^\d+$/));

    expect((await child.process.stop(200)).words).toBe('signal SIGKILL');
    // The kernel takes a moment to let a killed process go.
    await expect.poll(() => recordOf(pid)).toBeNull();
  });

  it('takes its own children along when it is killed', async () => {
    const script = `console.log(require('child_process').spawn('sleep', ['300']).pid); setInterval(() => {}, 1000)`;
    const child = started(['-e', script]);
    const grandchild = Number(await child.line(/^\d+$/));
    expect(recordOf(grandchild)).not.toBeNull();

    child.process.kill();
    await child.process.ended;

    // The signal goes to the whole group; each process ends in its own time.
    await expect.poll(() => recordOf(grandchild)).toBeNull();
  });

  it('ends a process whose parent was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-tie-'));
    const tie = await transpiled(folder);
    const parent = `
      import { spawnTied } from ${JSON.stringify(tie)};
      spawnTied({ command: process.execPath, args: ['-e', ${JSON.stringify(LONG_LIVED)}], onLine: (line) => console.log(line) });
      console.log('parent ' + process.pid);
      setInterval(() => {}, 1000)`;
    const { process: outer, line } = started(['--input-type=module', '-e', parent]);
    const child = recordOf(Number(await line(/^\d+$/)));
    expect(child !== null && isAlive(child)).toBe(true);

    process.kill(Number((await line(/^parent/)).split(' ')[1]), 'SIGKILL');

    await expect.poll(() => child !== null && isAlive(child)).toBe(false);
    await outer.ended;
    await rm(folder, { recursive: true, force: true });
  });
});

interface Started {
  readonly process: TiedProcess;
  readonly lines: readonly string[];
  /** The first line that matches. */
  line(pattern: RegExp): Promise<string>;
}

function started(args: readonly string[]): Started {
  const lines: string[] = [];
  const child = spawnTied({ command: process.execPath, args, onLine: (line) => lines.push(line) });
  const line = (pattern: RegExp): Promise<string> =>
    vi.waitFor(
      () => {
        const found = lines.find((each) => pattern.test(each));
        if (found === undefined) throw new Error(`no line matches ${String(pattern)}: ${lines.join(' / ')}`);
        return found;
      },
      { timeout: 10_000, interval: 20 },
    );
  return { process: child, lines, line };
}

/** Compiles the module under test and what it imports, without a build of everything else; resolves with its path. */
async function transpiled(folder: string): Promise<string> {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  for (const name of ['stack/tiedProcess', 'config/childEnvironment', 'stack/stackError', 'domain/explainedError']) {
    const source = await readFile(new URL(`../../${name}.ts`, import.meta.url), 'utf8');
    const target = join(folder, `${name}.js`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, ts.transpileModule(source, { compilerOptions }).outputText);
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, 'stack', 'tiedProcess.js');
}
