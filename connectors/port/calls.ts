/**
 * What a call of a connector carries, and what every connector promises of each of its methods. Dev tools
 * (`devTool.ts`, `capabilities.ts`) and Craft.io (`craft.ts`, `craftFeedback.ts`) keep the same promises; the
 * conformance suite tests them:
 *  P1. One call of a method makes no retries of its own; Temporal owns retries.
 *  P2. Each HTTP request first asks the connection's `CallBudget`, and is made once it is granted.
 *  P3. Failures are `ToolError`s; their messages name the connection and the place, never a key, title or text.
 *  P4. A write that may have reached the server and was not clearly refused fails as `ambiguous`, with
 *      `details.notSent` false; one that certainly was not sent is `unavailable` with `notSent: true`.
 *  P5. A write first gets its budget, then calls `call.authorise()` (which takes the lease), and is not sent once the
 *      deadline that this returned has `passed()`, asked when the request is about to be written. Look-ups that a write
 *      needs are made before. What `authorise` throws passes through unchanged, and nothing is sent.
 *  P6. Reads never change anything.
 */

/** In order of precedence (design 5). */
export const CALL_CLASSES = ['manual', 'hand-over', 'progress', 'sweep'] as const;
export type CallClass = (typeof CALL_CLASSES)[number];

/**
 * Grants calls to one connection, in the order in which they were asked for. `ask` and `turn` throw
 * `ToolError('rate-limited', …, { retryInMs })` when the wait is too long to sleep; who comes back after that time, by
 * its `waiter`, has kept its place.
 */
export interface CallBudget {
  /** Resolves when the call may go out, at once. One that is not made after all is given back by what this returns. */
  ask(call: ReadCall): Promise<GiveBack>;
  /**
   * Resolves shortly before the next call of this `waiter` may go out, so that what the call needs from another
   * connection is read only then. The turn lasts until that call, or until it is given back by what this returns.
   */
  turn(call: ReadCall): Promise<GiveBack>;
  /**
   * Nobody's call goes out for so many milliseconds: the tool answered 429, or the month's calls are spent. Calls that
   * are refused because of the month carry `details.monthSpent: true`, and name its end by the tool's clock.
   */
  pushBack(ms: number, monthSpentUntil?: Date): void;
  /** What the tool says about its month. It is noted beside other things: no call waits for it. */
  told(month: ToldMonth): void;
  /**
   * What became of a call: the other side answered it, or it failed by itself or could not be reached. After several
   * failures in a row calls start gently.
   */
  noteOutcome(outcome: 'answered' | 'failed'): void;
  /** From the next call on the traffic starts gently: the connection was paused. */
  startGently(): void;
}

/** Calls of the month that a tool counts itself. */
export interface ToldMonth {
  readonly left: number;
  /** Null: it does not say. */
  readonly limit: number | null;
}

/**
 * Does nothing once the turn was used, or given back. `used`: the call was tried and did not reach the other side, so
 * it is not counted, but nobody takes its place in time: others would find out the same at once, one after the other.
 */
export type GiveBack = (slot?: 'used') => void;

/** The right to send one write, ending at a moment of this process's monotonic clock (design 3). */
export interface SendDeadline {
  passed(): boolean;
}

export interface ReadCall {
  readonly callClass: CallClass;
  /** Who asks, the same in each attempt: keeps its place among those who wait for budget. */
  readonly waiter?: string;
  /** The schedule id of the sweep that asks: counted to the sweeps' share of a month. */
  readonly sweep?: string;
  readonly signal?: AbortSignal;
  /** Called between the requests of a long read. */
  readonly heartbeat?: () => void;
}

export interface WriteCall extends ReadCall {
  /**
   * Takes the right to send one write, called once for each HTTP write after its budget was granted and right before it
   * is sent: waiting for budget must not use the lease up.
   */
  readonly authorise: () => Promise<SendDeadline>;
}

/** The read that a write needs: it takes no lease. */
export function readOf({ signal, ...call }: ReadCall): ReadCall {
  return { ...uninterrupted(call), ...(signal !== undefined && { signal }) };
}

/** The same, for what nothing may interrupt. */
export function uninterrupted({ callClass, waiter, sweep, heartbeat }: ReadCall): ReadCall {
  return {
    callClass,
    ...(waiter !== undefined && { waiter }),
    ...(sweep !== undefined && { sweep }),
    ...(heartbeat !== undefined && { heartbeat }),
  };
}
