/**
 * The sandbox as a process of its own, as `up` runs it: for tests that kill it, or that keep its load out of their own
 * process. No simulated team works in it.
 */
import { join } from 'node:path';

import { built } from './built.js';
import { startProgram } from './program.js';
import type { Program } from './program.js';

export interface SandboxProcess extends Program {
  /** Of its server: pages at `/`, the admin API at `/_sandbox/`. */
  readonly url: string;
  /** A `craftsync.yaml` for it. */
  readonly configPath: string;
}

/** Keeps its state and its configuration in `folder`; a second start there continues with them. */
export async function startSandboxProcess(options: {
  readonly folder: string;
  /** @default any free one */
  readonly port?: number;
}): Promise<SandboxProcess> {
  const configPath = join(options.folder, 'craftsync.yaml');
  const main = await built('sandbox/main.js');
  const state = join(options.folder, 'sandbox.json');
  const args = [main, '--state', state, '--port', String(options.port ?? 0), '--configuration', configPath];
  const program = startProgram({ command: process.execPath, args });
  const { url } = JSON.parse(await program.waitForLine(/^\{"url":/)) as { readonly url: string };
  return { ...program, url, configPath };
}
