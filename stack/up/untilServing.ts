/**
 * Waits for a child of `up` that serves something. What it serves is asked, or what it writes for programs is read, but
 * never its log: `LOG_LEVEL` and the redaction of secrets change that.
 */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { STARTED_AS_HEADER } from '../../runtime/processes/health.js';
import { StackError } from '../stackError.js';
import type { Part } from './supervise.js';

const SERVES_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;
const ANSWERS_WITHIN_MS = 2_000;

export interface Question {
  /** Of `/healthz`. */
  readonly url: string;
  /** The word that the child was started with: whatever else is at this address does not know it. */
  readonly startedAs: string;
}

/** Resolves when the child answers; rejects only when `signal` is aborted. */
export async function untilAnswers(question: Question, signal: AbortSignal): Promise<void> {
  while (!(await answers(question, signal))) await sleep(LOOK_EVERY_MS, undefined, { signal });
}

/** Not by `fetch`, which refuses some ports (6000, 10080) and may be told to use a proxy. */
function answers({ url, startedAs }: Question, signal: AbortSignal): Promise<boolean> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
  return new Promise((resolve) => {
    request(url, { signal: within, agent: false }, (response) => {
      response.on('error', () => undefined).resume();
      resolve(response.statusCode === 200 && response.headers[STARTED_AS_HEADER] === startedAs);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

/** Resolves with `serves`. Otherwise the child is stopped, and a `StackError` says what happened to it. */
export async function untilServing(
  name: string,
  serves: Promise<void>,
  child: Part,
  signal: AbortSignal,
): Promise<void> {
  const tooLong = AbortSignal.timeout(SERVES_WITHIN_MS);
  const given = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => {
      reject(
        tooLong.aborted
          ? new StackError(`${name} does not serve after ${SERVES_WITHIN_MS / 1_000} s; see its log`)
          : asError(signal.reason),
      );
    };
    AbortSignal.any([tooLong, signal]).addEventListener('abort', onAbort, { once: true });
  });
  const gone = child.ended.then(({ words }) => {
    throw new StackError(`${name} did not start (${words}); its lines above say why`);
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
