/**
 * Makes `npx craftsync` run this checkout: links `node_modules/.bin/craftsync` to `bin/craftsync.js`. Run by `prepare`.
 * Why there is no `bin` in package.json instead: docs/decisions/0003-commands-after-npm-ci.md.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const binFolder = new URL('../node_modules/.bin/', import.meta.url);
const link = new URL('craftsync', binFolder);

mkdirSync(binFolder, { recursive: true });
rmSync(link, { force: true });
if (process.platform === 'win32') {
  writeFileSync(fileURLToPath(new URL('craftsync.cmd', binFolder)), '@node "%~dp0\\..\\..\\bin\\craftsync.js" %*\r\n');
} else {
  symlinkSync('../../bin/craftsync.js', link);
  chmodSync(new URL('../bin/craftsync.js', import.meta.url), 0o755);
}
