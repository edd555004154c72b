/** Ctrl-C of `npm run test:protocol`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('faults/protocol/interrupted', { timeout: 240_000 }, () => {
  it.each<readonly [string, readonly string[]]>([
    ['while plans are run', ['--runs', '100000', '--shards', '1']],
    ['while defects are looked for', ['--defects', '--only', 'a marker without', '--runs', '100000', '--shards', '1']],
  ])('leaves no folder and no process behind %s', async (_when, args) => {
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-test-'));
    const runner = spawn(process.execPath, ['scripts/test-protocol.js', '--seed', '1', ...args], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as that of a terminal's foreground.
      detached: true,
    });
    const group = -(runner.pid ?? 0);
    try {
      await firstStatement(runner.stderr);
      expect(await readdir(folder)).not.toEqual([]);
      process.kill(group, 'SIGINT');
      const [code] = (await once(runner, 'close')) as [number | null];
      expect(code).toBe(1);
      expect(await readdir(folder)).toEqual([]);
      expect(() => process.kill(group, 0)).toThrow('ESRCH');
    } finally {
      if (runner.exitCode === null) process.kill(group, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Resolves when PostgreSQL's folder is being made: from then on there is something to be left. */
async function firstStatement(output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface({ input: output })) if (line.includes('PostgreSQL')) return;
  throw new Error('the runner ended before it had begun');
}
