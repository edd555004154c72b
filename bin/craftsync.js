#!/usr/bin/env node
/** Runs the built commands; says what to do where they have not been built. */
import { existsSync } from 'node:fs';

const main = new URL('../dist/clients/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('craftsync is not built yet: run `npm ci` in its folder, then try again\n');
  process.exitCode = 1;
}
