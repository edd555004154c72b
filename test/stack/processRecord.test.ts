import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endRecorded, recordOf, writeRecord } from '../../stack/processRecord.js';
import { spawnTied } from '../../stack/tiedProcess.js';

describe('stack/processRecord', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftsync-record-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('never touches a process that only has the recorded id', async () => {
    const stranger = spawnTied({ command: 'sleep', args: ['60'], onLine: () => undefined });
    const file = join(folder, 'part.pid');
    writeRecord(file, { pid: stranger.pid ?? 0, startMark: 'another/1' });

    expect(await endRecorded(file, 0)).toBe('none');

    expect(recordOf(stranger.pid ?? 0)).not.toBeNull();
    stranger.kill();
    await stranger.ended;
  });
});
