/**
 * The sandbox as a child of `up`: a process of its own, so that neither side's crash or load is the other's, on a port
 * that stays the same from one `up` to the next. It writes its configuration itself, since it alone knows its keys.
 */
import { join } from 'node:path';

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

/** How the child's line begins that says where it serves, by when its configuration is written. */
export const SERVES = 'the sandbox serves ';
/** Slowly enough to watch. */
const TEAM_EVERY_MS = 6_000;
const SERVES_WITHIN_MS = 30_000;
const GRACE_MS = 5_000;

/** Resolves with the address of its page, when that serves and the configuration is written. */
export async function serveSandbox(plan: SandboxPlan, options: ServerOptions): Promise<string> {
  const { stateDir, output } = options;
  await endLeftChild({ program: 'sandbox', stateDir, graceMs: GRACE_MS });
  const port = await rememberedPort(stateDir, 'sandbox');
  const write = output.lineWriter('sandbox', { shown: true });
  const start = async (): Promise<Part> => {
    let nowServes: () => void = () => undefined;
    const serves = new Promise<void>((resolve) => (nowServes = resolve));
    const child = await startChild({
      program: 'sandbox',
      args: [join(stateDir, 'sandbox.json'), String(port), plan.configPath, String(TEAM_EVERY_MS)],
      stateDir,
      env: plan.env,
      graceMs: GRACE_MS,
      onLine: (line) => {
        if (line.startsWith(SERVES)) nowServes();
        else write(line);
      },
    });
    await untilServing(serves, child, options.signal);
    return child;
  };
  options.onStarted(await supervise({ name: 'the sandbox', start, say: output.say }));
  return `http://127.0.0.1:${port}/`;
}

async function untilServing(serves: Promise<void>, child: Part, signal: AbortSignal): Promise<void> {
  const tooLong = AbortSignal.timeout(SERVES_WITHIN_MS);
  const given = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => {
      reject(
        tooLong.aborted
          ? new StackError(`the sandbox does not serve after ${SERVES_WITHIN_MS / 1_000} s; see its log`)
          : asError(signal.reason),
      );
    };
    AbortSignal.any([tooLong, signal]).addEventListener('abort', onAbort, { once: true });
  });
  const gone = child.ended.then(({ words }) => {
    throw new StackError(`the sandbox did not come up (${words}); its lines above say why`);
  });
  try {
    signal.throwIfAborted();
    await Promise.race([serves, gone, given]);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    gone.catch(() => undefined);
    given.catch(() => undefined);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new StackError(String(reason));
}
