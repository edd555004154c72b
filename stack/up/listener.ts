/**
 * The listener as a child of `up`. Its port stays the same from one `up` to the next, because dev tools know its
 * address, and is chosen before anything starts, because the sandbox sends its webhooks there. It is started after
 * `apply`.
 */
import { randomUUID } from 'node:crypto';

import type { Environment } from '../../config/environment.js';
import { claimPort } from '../ports.js';
import { endLeftChild, startChild } from './children.js';
import type { Output } from './output.js';
import { FIRST_CHOICE, rememberedPort } from './rememberedPorts.js';
import { supervise, type Part, type Supervised } from './supervise.js';
import { untilAnswers, untilServing } from './untilServing.js';

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
}

export interface ListenWishes {
  /** `--listen-port`; 0: any free one. */
  readonly port: number | null;
  /** CRAFTSYNC_LISTEN. */
  readonly listen: Environment['listen'];
}

const LOOPBACK = '127.0.0.1';
/** It answers the requests that it has begun to read. */
const GRACE_MS = 10_000;

/** A port that a flag or CRAFTSYNC_LISTEN names must be free; otherwise the port of last time, or any free one. */
export async function chooseListenPlace(stateDir: string, wishes: ListenWishes): Promise<ListenPlace> {
  await endLeftChild({ program: 'listener', stateDir, graceMs: GRACE_MS });
  const { host } = wishes.listen;
  const named = wishes.port ?? (wishes.listen.port === FIRST_CHOICE.listener ? null : wishes.listen.port);
  const port =
    named === null
      ? await rememberedPort(stateDir, 'listener')
      : await claimPort(named, { what: 'the listener', flag: '--listen-port' }, host);
  return { host, port, url: `http://${urlHost(host)}:${port}` };
}

/** The host by which this machine reaches a listener that is bound to `host`. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return host.includes(':') ? `[${host}]` : host;
}

export interface ListenerOptions {
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly place: ListenPlace;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Resolves when it serves. */
export async function serveListener({ stateDir, env, place, output, signal }: ListenerOptions): Promise<Supervised> {
  const write = output.lineWriter('listener', { shown: true });
  const start = async (): Promise<Part> => {
    const startedAs = randomUUID();
    const child = await startChild({
      program: 'listener',
      args: ['--host', place.host, '--listen-port', String(place.port)],
      stateDir,
      env: { ...env, CRAFTSYNC_STARTED_AS: startedAs },
      graceMs: GRACE_MS,
      onLine: write,
    });
    const over = new AbortController();
    const serves = untilAnswers({ url: `${place.url}/healthz`, startedAs }, over.signal);
    try {
      await untilServing('the listener', serves, child, signal);
    } finally {
      serves.catch(() => undefined);
      over.abort();
    }
    return child;
  };
  return supervise({ name: 'the listener', start, say: output.say });
}
