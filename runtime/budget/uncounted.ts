/**
 * Calls that went out without asking, since nothing limits their connection. All of some seconds are counted in the
 * shared state by one statement, none by a statement of its own; those of a process that is killed are not counted.
 */
import type { Clock } from './clock.js';
import { counted, type CountedCall } from './month.js';
import type { SharedState } from './shared.js';
import type { BudgetState } from './state.js';

const COUNT_EVERY_MS = 5_000;

export class Uncounted {
  readonly #shared: Pick<SharedState, 'change'>;
  readonly #clock: Pick<Clock, 'later'>;
  #calls = new Map<string, { readonly call: CountedCall; count: number }>();
  #isDue = false;

  constructor(shared: Pick<SharedState, 'change'>, clock: Pick<Clock, 'later'>) {
    this.#shared = shared;
    this.#clock = clock;
  }

  note({ callClass, sweep }: CountedCall): void {
    this.#add({ callClass, ...(sweep !== undefined && { sweep }) }, 1);
    if (this.#isDue) return;
    this.#isDue = true;
    this.#clock.later(COUNT_EVERY_MS, () => void this.#count());
  }

  #add(call: CountedCall, count: number): void {
    const key = JSON.stringify([call.callClass, call.sweep]);
    const known = this.#calls.get(key);
    if (known === undefined) this.#calls.set(key, { call, count });
    else known.count += count;
  }

  async #count(): Promise<void> {
    this.#isDue = false;
    const calls = [...this.#calls.values()];
    this.#calls = new Map();
    const work = (state: BudgetState, nowMs: number) => ({
      state: calls.reduce((sum, { call, count }) => counted(sum, call, count, nowMs), state),
      result: undefined,
    });
    // Where they cannot be stored, they are counted with the next ones.
    await this.#shared.change(work).catch(() => {
      for (const { call, count } of calls) this.#add(call, count);
    });
  }
}
