import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { startSandboxProcess } from './sandbox.js';

/** The first test of a run may have to build. */
const BUILD_MS = 180_000;

describe('harness/servers/sandbox', () => {
  it(
    'goes on after SIGKILL with the same keys and ids on the same port',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'craftsync-sandbox-'));
      const first = await startSandboxProcess({ folder });
      const configuration = await readFile(first.configPath, 'utf8');
      await first.kill();

      const second = await startSandboxProcess({ folder, port: Number(new URL(first.url).port) });

      expect(second.url).toBe(first.url);
      expect(await readFile(second.configPath, 'utf8')).toBe(configuration);
      expect((await fetch(second.url)).status).toBe(200);
      expect((await second.stop()).code).toBe(0);
      await rm(folder, { recursive: true, force: true });
    },
    BUILD_MS,
  );
});
