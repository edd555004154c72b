import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning, readStack, removeStack, writeStack } from '../../config/stack.js';
import type { Stack } from '../../config/stack.js';
import { temporaryFolder } from '../fixtures/configurationFile.js';

const STACK: Stack = {
  pid: process.pid,
  temporalAddress: '127.0.0.1:7233',
  temporalNamespace: 'default',
  uiUrl: 'http://127.0.0.1:8233',
  databaseUrl: 'postgres://postgres:secret@127.0.0.1:5432/craftsync',
  configPath: '/srv/craftsync.yaml',
  listenUrl: null,
  sandboxUrl: null,
  startedAt: '2026-01-01T00:00:00.000Z',
};

describe('config/stack', () => {
  it('reads what was written, from a folder that did not exist', () => {
    const folder = join(temporaryFolder(), 'state');
    writeStack(folder, STACK);
    expect(readStack(folder)).toEqual(STACK);
  });

  it('lets nobody else read the file, which holds a password, even when it replaces one that others could read', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'stack.json'), '{}', { mode: 0o644 });
    writeStack(folder, STACK);
    expect(statSync(join(folder, 'stack.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['stack.json']);
  });

  it('finds no stack where none was written, or it was removed', () => {
    const folder = temporaryFolder();
    expect(readStack(folder)).toBeNull();
    expect(readStack(join(folder, 'absent'))).toBeNull();
    writeStack(folder, STACK);
    removeStack(folder);
    removeStack(folder);
    expect(readStack(folder)).toBeNull();
  });

  it.each(['', '{', '{"pid": -1}'])('says what to do about a file that up did not write: %j', (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'stack.json'), text);
    expect(() => readStack(folder)).toThrow(
      'is not a file that up wrote: stop up if it runs, delete the file, run up again',
    );
  });

  it('distinguishes a stack whose process is alive from one whose process is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(isRunning(STACK)).toBe(true);
    expect(isRunning({ ...STACK, pid: child.pid ?? 0 })).toBe(false);
  });
});
