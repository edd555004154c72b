/**
 * The sandbox as a child of `up`: a process of its own, so that neither side's crash or load is the other's, on a port
 * that stays the same from one `up` to the next. Its configuration is written anew each time, for the port it has.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sandboxConfiguration } from '../../local/sandbox/configuration.js';
import { StackError } from '../../local/stackError.js';
import { endLeftChild, startChild } from './children.js';
import { rememberedPort } from './rememberedPorts.js';
import type { ServerOptions } from './servers.js';
import { supervise } from './supervise.js';
import type { Part } from './supervise.js';

export interface SandboxPlan {
  /** Where its configuration goes. */
  readonly configPath: string;
  readonly env: NodeJS.ProcessEnv;
}

const SERVES_WITHIN_MS = 30_000;
const GRACE_MS = 5_000;

/** Resolves with the address of its page, once that answers. */
export async function serveSandbox(plan: SandboxPlan, options: ServerOptions): Promise<string> {
  const { stateDir, output } = options;
  await endLeftChild({ program: 'sandbox', stateDir, graceMs: GRACE_MS });
  const port = await rememberedPort(stateDir, 'sandbox');
  const url = `http://127.0.0.1:${port}`;
  const args = [join(stateDir, 'sandbox'), String(port)];
  const onLine = output.lineWriter('sandbox', { shown: true });
  const start = async (): Promise<Part> => {
    const child = await startChild({ program: 'sandbox', args, stateDir, env: plan.env, graceMs: GRACE_MS, onLine });
    await untilServing(url, child, options.signal);
    return child;
  };
  options.onStarted(await supervise({ name: 'the sandbox', start, say: output.say }));
  writeFileSync(plan.configPath, sandboxConfiguration({ url }), { mode: 0o600 });
  chmodSync(plan.configPath, 0o600);
  return `${url}/`;
}

async function untilServing(url: string, child: Part, signal: AbortSignal): Promise<void> {
  let ended: string | null = null;
  void child.ended.then(({ words }) => (ended = words));
  const endedNow = (): string | null => ended;
  const deadline = performance.now() + SERVES_WITHIN_MS;
  try {
    for (;;) {
      signal.throwIfAborted();
      const words = endedNow();
      if (words !== null) throw new StackError(`the sandbox did not come up (${words}); its lines above say why`);
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      if (answer !== null) return;
      if (performance.now() > deadline) {
        throw new StackError(`the sandbox did not answer on ${url} within ${SERVES_WITHIN_MS / 1_000} s; see its log, and run up again`);
      }
      await sleep(100);
    }
  } catch (error) {
    await child.stop();
    throw error;
  }
}
