/**
 * The first attempt of a step is made within the workflow task, as a local activity (decision 30). It hands on to an
 * ordinary activity before it would have to wait: Temporal's UI shows an operator nothing of it, and while it runs, the
 * workflow task stays open.
 *
 *  FA1. Nothing was sent when it hands on, so the ordinary activity begins the step anew.
 *  FA2. From the first lease on nothing but a verb ends it, and not even a verb a create that was sent (rule C5 of
 *      createDevItem.ts).
 *  FA3. Only so many are made at a time in one process: workflow tasks are left for verbs and queries.
 */
import { activityInfo } from '@temporalio/activity';

/** Whatever the step waits for, a place in the budget or a slow answer: the ordinary activity is to show it. */
const HANDS_ON_AFTER_MS = 3_000;
/** From its turn in the budget on, which is given up to five seconds ahead: whoever hands on then may lose it. */
const HANDS_ON_AFTER_TURN_MS = 6_000;
/** Fewer than the worker's workflow tasks at a time (workers/main.ts). */
export const FIRST_ATTEMPTS_AT_ONCE = 60;

/** Thrown, by itself or in place of what an aborted call throws, to leave the step to an ordinary activity. */
export class HandedOn extends Error {
  override readonly name = 'HandedOn';
}

export interface FirstAttempt {
  /** Aborted when the time is over and nothing was sent. */
  readonly signal: AbortSignal;
  /** Leaves the step to an ordinary activity. */
  handOn(why: string): never;
  /** Throws if the time is over. */
  assertInTime(): void;
  /** To be called when it has its turn in the budget: throws if the time is over, which else begins anew. */
  hasTurn(): void;
  /** To be called before the right to send is taken: throws if the time is over, which from then on it never is. */
  sends(): void;
  end(): void;
}

let underWay = 0;

/** Null in an ordinary activity. To be ended. */
export function beginFirstAttempt(): FirstAttempt | null {
  if (!activityInfo().isLocal) return null;
  const controller = new AbortController();
  const startTimer = (ms: number): NodeJS.Timeout =>
    setTimeout(() => controller.abort(new HandedOn('it takes longer')), ms);
  let timer = startTimer(HANDS_ON_AFTER_MS);
  underWay += 1;
  if (underWay > FIRST_ATTEMPTS_AT_ONCE) controller.abort(new HandedOn('many steps are under way'));
  const { signal } = controller;
  return {
    signal,
    handOn(why) {
      throw new HandedOn(why);
    },
    assertInTime: () => signal.throwIfAborted(),
    hasTurn() {
      signal.throwIfAborted();
      clearTimeout(timer);
      timer = startTimer(HANDS_ON_AFTER_TURN_MS);
    },
    sends() {
      signal.throwIfAborted();
      clearTimeout(timer);
    },
    end() {
      clearTimeout(timer);
      underWay -= 1;
    },
  };
}
