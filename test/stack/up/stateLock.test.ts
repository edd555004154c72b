import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lockState } from '../../../stack/up/stateLock.js';
import { recordOf } from '../../../stack/processRecord.js';

describe('stack/up/stateLock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'craftsync-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a folder that a living process holds, and names that process', () => {
    const lock = lockState(folder);
    expect(() => lockState(folder)).toThrow(
      `craftsync up is already running on ${folder} (process ${process.pid}); use that one, stop it, or choose another folder with --state`,
    );
    lock.release();
  });

  it('can be taken again after its release, and leaves no file', () => {
    lockState(folder).release();
    lockState(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over from a process that is gone', () => {
    writeFileSync(join(folder, 'up.pid'), JSON.stringify({ pid: 2 ** 22 + 1, startMark: 'boot/1' }));
    lockState(folder).release();
  });

  it('takes over where the recorded id belongs to another process by now', () => {
    writeFileSync(join(folder, 'up.pid'), JSON.stringify({ ...recordOf(process.pid), startMark: 'boot/1' }));
    lockState(folder).release();
  });

  it('takes over a lock that a full disk left empty', () => {
    writeFileSync(join(folder, 'up.pid'), '');
    lockState(folder).release();
  });
});
