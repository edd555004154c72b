/**
 * The process of the stack's sandbox: `node sandboxProcess.js <stateFile> <port> <configPath>`. It writes its
 * configuration, then says on a line of its own where it serves; it ends on SIGTERM and Ctrl-C.
 */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { pino } from 'pino';

import { sandboxConfiguration } from '../../local/sandbox/configuration.js';
import { startSandbox } from '../../local/sandbox/sandbox.js';
import { reasonOf } from '../../local/stackError.js';
import { SERVES } from './sandbox.js';

async function main([stateFile, port, configPath]: readonly string[]): Promise<void> {
  if (stateFile === undefined || port === undefined || configPath === undefined) {
    throw new Error('usage: sandboxProcess.js <stateFile> <port> <configPath>');
  }
  mkdirSync(dirname(stateFile), { recursive: true });
  const sandbox = await startSandbox({ stateFile, port: Number(port), log: pino({ level: 'warn' }) });
  const stop = (): void => void sandbox.close().then(() => process.exit(0), fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  writeConfiguration(configPath, sandboxConfiguration(sandbox));
  process.stdout.write(`${SERVES}${sandbox.url}\n`);
}

/** It holds the sandbox's keys, and others read it while this runs: for its owner only, and in one step. */
function writeConfiguration(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}

function fail(error: unknown): never {
  process.stderr.write(`the sandbox: ${reasonOf(error)}\n`);
  process.exit(1);
}

await main(process.argv.slice(2)).catch(fail);
