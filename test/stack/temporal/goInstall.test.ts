import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goInstall } from '../../../stack/temporal/goInstall.js';
import { spawnTied } from '../../../stack/tiedProcess.js';

describe('stack/temporal/goInstall', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftsync-go-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A program in the place of Go, with this shell script. */
  async function fakeGo(body: string): Promise<string> {
    const go = join(folder, 'go');
    await writeFile(go, `#!/bin/sh\n${body}\n`);
    await chmod(go, 0o755);
    return go;
  }

  it('puts one whole program in place when two processes build at once', async () => {
    const go = await fakeGo(
      `sleep 0.2; printf '#!/bin/sh\\necho built\\n' > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
    );
    const target = join(folder, 'bin', 'temporal');
    const lines: string[] = [];
    const build = { target, go, log: (line: string) => lines.push(line) };

    expect(await Promise.all([goInstall(build), goInstall(build)])).toEqual([target, target]);

    expect(await readdir(join(folder, 'bin'))).toEqual(['temporal']);
    expect(lines[0]).toMatch(/building one with `go install` \(about five minutes on two cores, only this once\)/);
    expect(await outputOf(target)).toEqual(['built']);
  });

  it('leaves nothing behind and says what Go said when the build fails', async () => {
    const go = await fakeGo('echo "go: requires go >= 1.25" >&2; exit 1');
    const target = join(folder, 'bin', 'temporal');

    await expect(goInstall({ target, go, log: () => undefined })).rejects.toThrow(
      'exit code 1 (go: requires go >= 1.25)',
    );
    expect(await readdir(join(folder, 'bin'))).toEqual([]);
  });

  it('says that Go is missing where it is', async () => {
    const build = { target: join(folder, 'bin', 'temporal'), go: 'no-such-go', log: () => undefined };
    await expect(goInstall(build)).rejects.toThrow('`go` is not on the PATH');
  });
});

async function outputOf(command: string): Promise<string[]> {
  const lines: string[] = [];
  await spawnTied({ command, args: [], onLine: (line) => lines.push(line) }).ended;
  return lines;
}
