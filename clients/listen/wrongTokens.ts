/**
 * How often an address may present a wrong token: ten times, then once in six seconds. A token that is long enough is
 * found by nobody, and passes meanwhile: whoever shares an address with somebody who tries, behind one proxy, is not
 * locked out. One that is short is not even compared, so that nobody finds it by trying; then all at the address wait.
 */
import { senderOf } from '../../webhooks/places.js';

export interface WrongTokens {
  /** Seconds until one may be presented again; 0: now. */
  waitFor(address: string): number;
  note(address: string): void;
}

const MOST_AT_ONCE = 10;
const ONE_MORE_EVERY_MS = 6_000;
/** Of each address a number is kept; the one that was longest silent goes first. */
const MOST_ADDRESSES = 10_000;

interface Tried {
  readonly count: number;
  readonly atMs: number;
}

export function createWrongTokens(nowMs: () => number = () => performance.now()): WrongTokens {
  // In the order of the last attempt.
  const tried = new Map<string, Tried>();
  const countNow = (sender: string): number => {
    const known = tried.get(sender);
    return known === undefined ? 0 : Math.max(0, known.count - (nowMs() - known.atMs) / ONE_MORE_EVERY_MS);
  };
  return {
    waitFor: (address) => {
      const over = countNow(senderOf(address)) + 1 - MOST_AT_ONCE;
      return over <= 0 ? 0 : Math.ceil((over * ONE_MORE_EVERY_MS) / 1_000);
    },
    note: (address) => {
      const sender = senderOf(address);
      const count = countNow(sender) + 1;
      tried.delete(sender);
      tried.set(sender, { count, atMs: nowMs() });
      const [oldest] = tried.keys();
      if (tried.size > MOST_ADDRESSES && oldest !== undefined) tried.delete(oldest);
    },
  };
}
