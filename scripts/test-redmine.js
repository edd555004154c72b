/**
 * `npm run test:redmine`: the conformance suite and the main path against a real Redmine, from Debian's packages. They
 * are installed if they are missing, given root and apt; otherwise everything counts as skipped, and it says why. The
 * last line sums up: N passed, N failed, N skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { runVitest } from './vitestCounts.js';

const PACKAGES = ['redmine', 'redmine-sqlite', 'puma'];
/** The files of these packages that a test run needs. */
const NEEDED = ['/usr/share/redmine/config.ru', '/usr/bin/puma', '/usr/bin/bundle'];

function isInstalled() {
  return NEEDED.every((path) => existsSync(path));
}

function apt(...args) {
  console.log(`$ apt-get ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return status === 0;
}

/** Null when Redmine is installed, otherwise why it is not. */
function install() {
  if (isInstalled()) return null;
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return 'this is not Debian: there is no apt-get';
  if (process.getuid?.() !== 0) return `only root can install them: apt-get install ${PACKAGES.join(' ')}`;
  console.log('Installing Redmine: about two minutes, once.');
  apt('-qq', 'update');
  if (!apt('-qq', 'install', '-y', '--no-install-recommends', ...PACKAGES)) return 'apt-get install failed, see above';
  return isInstalled() ? null : `after the installation one of these is missing: ${NEEDED.join(', ')}`;
}

const missing = install();
if (missing !== null) console.log(`Redmine's packages are not installed, and ${missing}. Its tests are skipped.`);
const { passed, failed, skipped } = missing === null ? runVitest('redmine') : { passed: 0, failed: 0, skipped: 1 };
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
