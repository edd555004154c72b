import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTemporalCli } from '../../../stack/temporal/cli.js';

describe('stack/temporal/cli', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftsync-cli-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('takes the program in the cache folder where the PATH has none', async () => {
    const cached = join(folder, 'bin', 'temporal');
    await mkdir(join(folder, 'bin'));
    await writeFile(cached, '#!/bin/sh\necho "  --sqlite-pragma stringArray"\n', { mode: 0o755 });
    const found = await findTemporalCli({ cacheDir: folder, log: () => undefined });
    expect(['temporal', cached]).toContain(found);
  });
});
