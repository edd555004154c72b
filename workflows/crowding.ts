/**
 * When a run has heard so much that a fresh one should go on in its place, wherever it rests. Temporal refuses every
 * further signal of a run after 10,000, an operator's `resume` among them, and ends a run whose history grows too long.
 *
 * Only what is sent to a run makes its history grow while it rests, so it is enough to look when something arrives.
 */
import { condition, workflowInfo } from '@temporalio/workflow';
import { isPatched } from './patches.js';

/** A rest ends. */
const CROWDED_AT = 1_000;
/** There is no more time: not even for an activity under way, which is cancelled as for a verb, nor for orders. */
const OVERCROWDED_AT = 5_000;

/**
 * A run cannot continue as new while it is told something: Temporal then has it decide again, with all that has come
 * since it decided last. After this much it decides to wait a moment, so that it never has to go through everything.
 */
const AT_ONCE = 100;
const MOMENT_MS = 100;

export interface Crowding {
  /** To be called by the handler of every signal and update. */
  heard(): void;
  /** The run is to continue as new, as soon as it can. */
  readonly isCrowded: boolean;
  readonly isOvercrowded: boolean;
  /** Waits for a moment in which little is heard; false: `isCalled` came to hold first. */
  lull(isCalled: () => boolean): Promise<boolean>;
}

/** `onOvercrowded` is called with everything that is heard from then on. */
export function createCrowding(onOvercrowded: () => void): Crowding {
  let count = 0;
  let countBefore = 0;
  let isCrowded = false;
  const isOvercrowded = (): boolean => isCrowded && count >= OVERCROWDED_AT;
  return {
    heard() {
      count += 1;
      if (count < CROWDED_AT && !workflowInfo().continueAsNewSuggested) return;
      // Runs of older releases rested through this.
      isCrowded ||= isPatched('continue-from-rest');
      if (isOvercrowded()) onOvercrowded();
    },
    get isCrowded() {
      return isCrowded;
    },
    get isOvercrowded() {
      return isOvercrowded();
    },
    async lull(isCalled) {
      while (!isCalled()) {
        const news = count - countBefore;
        countBefore = count;
        if (news <= AT_ONCE) return true;
        await condition(isCalled, MOMENT_MS, { summary: 'Before a fresh run goes on' });
      }
      return false;
    },
  };
}
