/**
 * What the image contains, laid out in a folder as the Dockerfile does: the build without the rooms that it removes.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built } from '../harness/servers/built.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('production/image', () => {
  let image: string;
  beforeAll(async () => {
    const dist = dirname(dirname(await built('clients/main.js')));
    image = mkdtempSync(join(tmpdir(), 'craftsync-image-'));
    const left = ['stack', 'sandbox'].map((room) => join(dist, room));
    cpSync(dist, join(image, 'dist'), { recursive: true, filter: (path) => !left.includes(path) });
    for (const path of ['bin', 'package.json']) cpSync(join(ROOT, path), join(image, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(image, 'node_modules'));
  }, 180_000);
  afterAll(() => rmSync(image, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [join(image, 'bin/craftsync.js'), ...args], { cwd: image }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      });
    });

  it('has all commands', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of ['worker', 'listen', 'apply', 'check'])
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect((await run('check', '--help')).code).toBe(0);
  });

  it('answers the command up with one line: it is not part of the image, and what to use instead', async () => {
    const { code, err } = await run('up');
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/craftsync: the command up is not part of this image: .*apply, then worker and listen/),
    ]);
  });
});
