/**
 * The sandbox as a child of `up`: a process of its own, so that a crash or load of one side does not reach the other.
 * Its port stays the same from one `up` to the next. It writes its configuration itself, since only it knows its keys.
 */
import { join } from 'node:path';

import { plainEnvironment } from '../../config/childEnvironment.js';
import { endLeftChild, startChild } from './children.js';
import { rememberedPort } from './rememberedPorts.js';
import type { ServerOptions } from './servers.js';
import { supervise } from './supervise.js';
import type { Part } from './supervise.js';
import { untilServing } from './untilServing.js';

export interface SandboxPlan {
  /** Where its configuration goes. */
  readonly configPath: string;
  /** The dev tools that it shows and feeds. */
  readonly tools: 'kitemaker' | 'all';
  readonly env: NodeJS.ProcessEnv;
  /** Of the listener, which its webhooks go to. */
  readonly listenUrl: string;
}

/**
 * How the child's line begins that says that it serves and has written its configuration. It holds the keys: never
 * logged.
 */
const SERVES = '{"url":';
/** Slowly enough to watch. */
const TEAM_EVERY_MS = 6_000;
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
      args: [
        ['--state', join(stateDir, 'sandbox.json')],
        ['--port', String(port)],
        ['--tools', plan.tools],
        ['--configuration', plan.configPath],
        ['--team-every', String(TEAM_EVERY_MS)],
        ['--webhooks-to', plan.listenUrl],
      ].flat(),
      stateDir,
      env: plainEnvironment(plan.env),
      graceMs: GRACE_MS,
      onLine: (line) => {
        if (line.startsWith(SERVES)) nowServes();
        else write(line);
      },
    });
    await untilServing('the sandbox', serves, child, options.signal);
    return child;
  };
  options.onStarted(await supervise({ name: 'the sandbox', start, say: output.say }));
  return `http://127.0.0.1:${port}/`;
}
