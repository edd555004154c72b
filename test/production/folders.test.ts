/** The tree stays one that a newcomer can read: no folder becomes a pile. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Of its own, folders not counted. */
const MOST_FILES = 16;
/** Lists by nature, read by number or name: decisions, migrations, recorded histories, what tools expect at the top. */
const LISTS = ['.', 'docs/decisions', 'ledger/migrations'];
const HISTORIES = 'test/replay/histories/';

const isList = (folder: string): boolean => LISTS.includes(folder) || folder.startsWith(HISTORIES);

function filesByFolder(): ReadonlyMap<string, number> {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  const counts = new Map<string, number>();
  for (const file of tracked) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return counts;
}

describe('production/folders', () => {
  it(`no folder holds more than ${MOST_FILES} files of its own`, () => {
    const counts = filesByFolder();
    expect(counts.size).toBeGreaterThan(50);
    const piles = [...counts].filter(([folder, count]) => count > MOST_FILES && !isList(folder));
    expect(piles).toEqual([]);
  });
});
