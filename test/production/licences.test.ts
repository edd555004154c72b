import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from './composeFile.js';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string | null;
  readonly isForDevelopment: boolean;
}
interface Licences {
  packagesOf(lock: object): readonly Package[];
  problemOf(one: Pick<Package, 'licence' | 'isForDevelopment'>): string | null;
}

const { packagesOf, problemOf } = (await import(`${ROOT}scripts/licences.js`)) as Licences;
const lock = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as object;

const shipped = (licence: string | null) => problemOf({ licence, isForDevelopment: false });
const built = (licence: string | null) => problemOf({ licence, isForDevelopment: true });

describe('production/licences', () => {
  it('every package of the lock file is under a licence that may be used', () => {
    const packages = packagesOf(lock);
    expect(packages.length).toBeGreaterThan(300);
    expect(packages.filter((one) => problemOf(one) !== null)).toEqual([]);
    expect(packages.find(({ name }) => name === 'fastify')).toMatchObject({ licence: 'MIT', isForDevelopment: false });
    expect(packages.find(({ name }) => name === 'vitest')).toMatchObject({ isForDevelopment: true });
  });

  it('a licence that binds others, an unknown one and none at all are refused', () => {
    for (const licence of [
      'GPL-3.0-only',
      'AGPL-3.0',
      'SSPL-1.0',
      'BUSL-1.1',
      'SEE LICENSE IN x',
      'MIT AND GPL-2.0',
      '',
    ])
      expect([shipped(licence), built(licence)], licence).not.toContain(null);
    expect(shipped(null)).toBe('names no licence: look it up, and write it into scripts/licences.js');
  });

  it('of a choice one licence is enough, and some do only for what is not passed on', () => {
    expect([shipped('(MIT OR GPL-3.0)'), shipped('Apache-2.0 AND MIT')]).toEqual([null, null]);
    expect(shipped('MPL-2.0')).toBe('is under MPL-2.0, which is not allowed in production');
    expect(built('MPL-2.0')).toBeNull();
  });

  it('the command lists the packages, and fails for none', () => {
    const listed = execFileSync(process.execPath, ['scripts/licences.js'], { cwd: ROOT, encoding: 'utf8' });
    expect(listed).toMatch(/^MIT: \d+, in production \d+: .*fastify/m);
    expect(listed).toMatch(/\d+ packages, 0 with a problem\n$/);
  });
});
