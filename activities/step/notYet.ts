/** Thrown where a step can conclude nothing before a wait is over; nothing was sent. `step.ts` puts the item off. */
import type { Wait } from '../../domain/itemState.js';

export class NotYet extends Error {
  override readonly name = 'NotYet';

  constructor(readonly wait: Wait) {
    super(wait.why);
  }
}
