/**
 * `npm run licences`: which licence each package of the lock file is under, and exit code 1 where one is unknown or
 * not among those below. Read from the lock file, so that it needs neither network nor an installation, and says the
 * same for every system.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** They ask for no more than that their text, or the author's name, goes along. */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Unlicense',
];
/** Also for what only builds and tests: nothing of it is passed on. */
const FOR_DEVELOPMENT = ['MPL-2.0'];
/** Packages that name no licence in `package.json`, and where theirs is written. */
const WRITTEN_ELSEWHERE = { unionfs: 'Unlicense' };

/** @typedef {{ name: string, version: string, licence: string | null, isForDevelopment: boolean }} Package */

/** @returns {Package[]} each package once for each version, without our own workspaces. */
export function packagesOf(lock) {
  const found = new Map();
  for (const [path, { license, version, dev, link }] of Object.entries(lock.packages)) {
    const [, name] = /.*node_modules\/(.+)$/.exec(path) ?? [];
    if (name === undefined || link === true) continue;
    const key = `${name}@${version}`;
    const isForDevelopment = dev === true && (found.get(key)?.isForDevelopment ?? true);
    const licence = license ?? WRITTEN_ELSEWHERE[name] ?? null;
    found.set(key, { name, version, licence, isForDevelopment });
  }
  return [...found.values()];
}

/** What keeps a package from being used, in words; null: nothing. `AND`: all must be allowed; `OR`: one is enough. */
export function problemOf({ licence, isForDevelopment }) {
  if (licence === null) return 'names no licence: look it up, and write it into scripts/licences.js';
  const allowed = new Set([...PERMISSIVE, ...(isForDevelopment ? FOR_DEVELOPMENT : [])]);
  const isAllowed = licence
    .replace(/[()]/g, '')
    .split(/ OR /)
    .some((choice) => choice.split(/ AND /).every((one) => allowed.has(one.trim())));
  return isAllowed ? null : `is under ${licence}, which is not allowed ${isForDevelopment ? 'here' : 'in production'}`;
}

function main() {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  const packages = packagesOf(lock);
  const byLicence = groups(packages);
  for (const [licence, own] of [...byLicence].sort(([, a], [, b]) => b.length - a.length)) {
    const shipped = own.filter(({ isForDevelopment }) => !isForDevelopment).map(({ name }) => name);
    console.log(
      `${licence}: ${own.length}, in production ${shipped.length}${shipped.length > 0 ? `: ${shipped.sort().join(', ')}` : ''}`,
    );
  }
  const problems = packages.flatMap((one) => {
    const problem = problemOf(one);
    return problem === null ? [] : [`${one.name}@${one.version} ${problem}`];
  });
  for (const problem of problems) console.error(problem);
  console.log(`${packages.length} packages, ${problems.length} with a problem`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function groups(packages) {
  const found = new Map();
  for (const one of packages) {
    const licence = one.licence ?? 'unknown';
    found.set(licence, [...(found.get(licence) ?? []), one]);
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
