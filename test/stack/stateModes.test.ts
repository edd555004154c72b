import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createOutput } from '../../stack/up/output.js';
import { rememberedPort } from '../../stack/up/rememberedPorts.js';
import { lockState } from '../../stack/up/stateLock.js';
import { tightenState } from '../../stack/stateModes.js';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'craftsync-modes-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const modeOf = (...path: string[]): string => (statSync(join(...path)).mode & 0o777).toString(8);

/** As an earlier release left it. */
function openState(folder: string): void {
  for (const name of ['logs', 'run', 'postgres']) mkdirSync(join(folder, name));
  for (const name of ['temporal.db', 'temporal.db-wal', 'sandbox.json', 'craftsync.yaml', 'ports.json', 'stack.json'])
    writeFileSync(join(folder, name), '{}');
  for (const name of ['logs', 'run', 'postgres']) chmodSync(join(folder, name), 0o755);
  for (const name of ['temporal.db', 'temporal.db-wal', 'craftsync.yaml']) chmodSync(join(folder, name), 0o644);
  chmodSync(folder, 0o755);
}

describe('stack/stateModes', () => {
  it('closes a state folder of an earlier release, and all that is in it, to other users', () => {
    const folder = newFolder();
    openState(folder);
    tightenState(folder);
    expect(modeOf(folder)).toBe('700');
    for (const name of ['logs', 'run', 'postgres']) expect(modeOf(folder, name), name).toBe('700');
    for (const name of ['temporal.db', 'temporal.db-wal', 'sandbox.json', 'craftsync.yaml', 'ports.json'])
      expect(modeOf(folder, name), name).toBe('600');
  });

  it('leaves a folder open that holds other things, those things, and what a link leads to', () => {
    const folder = newFolder();
    openState(folder);
    const other = newFolder();
    chmodSync(other, 0o755);
    writeFileSync(join(folder, 'notes.txt'), '', { mode: 0o644 });
    chmodSync(join(folder, 'notes.txt'), 0o644);
    rmSync(join(folder, 'logs'), { recursive: true });
    symlinkSync(other, join(folder, 'logs'));
    tightenState(folder);
    expect([modeOf(folder), modeOf(folder, 'notes.txt'), modeOf(other)]).toEqual(['755', '644', '755']);
    expect(modeOf(folder, 'temporal.db')).toBe('600');
  });

  it('creates folders and files for the owner alone', async () => {
    const folder = join(newFolder(), 'state');
    const lock = lockState(folder);
    createOutput(folder, () => undefined).lineWriter('worker', { shown: false })('one');
    await rememberedPort(folder, 'sandbox');
    lock.release();
    expect([modeOf(folder), modeOf(folder, 'logs')]).toEqual(['700', '700']);
    expect([modeOf(folder, 'logs', 'worker.log'), modeOf(folder, 'ports.json')]).toEqual(['600', '600']);
  });
});
