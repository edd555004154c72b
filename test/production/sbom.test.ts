import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from './composeFile.js';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: true; readonly link?: true }>>;
}
interface Bom {
  readonly bomFormat: string;
  readonly components: readonly { readonly name: string; readonly version: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** `name@version` of what the lock file does not mark as for development alone. */
function inProduction(): ReadonlySet<string> {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as Lock;
  const found = Object.entries(packages).flatMap(([path, { version, dev, link }]) =>
    path.includes('node_modules/') && dev !== true && link !== true
      ? [`${path.split('node_modules/').at(-1) ?? ''}@${version ?? ''}`]
      : [],
  );
  return new Set(found);
}

describe('production/sbom', () => {
  it('lists each package that runs in production, with its version, and nothing that only builds or tests', () => {
    const text = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
    const { bomFormat, components, dependencies } = JSON.parse(text) as Bom;
    const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const expected = inProduction();
    expect(bomFormat).toBe('CycloneDX');
    expect([...expected].filter((one) => !listed.has(one))).toEqual([]);
    expect([...listed].filter((one) => !expected.has(one))).toEqual(['sandbox@0.1.0']);
    expect(listed.size).toBeGreaterThan(300);
    const refs = new Set(dependencies.map(({ ref }) => ref));
    expect(dependencies.flatMap(({ dependsOn }) => dependsOn.filter((ref) => !refs.has(ref)))).toEqual([]);
  }, 120_000);
});
