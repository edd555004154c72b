/**
 * What is noted in the shared state beside the calls: those that went out without asking, since nothing limits their
 * connection, and what a tool says about its month. One statement does for all of some seconds, and none is made for a
 * single call; what a process that is killed had not noted yet is lost.
 */
import type { ToldMonth } from '../../connectors/port/calls.js';
import type { Clock } from './clock.js';
import { counted, type CountedCall, toldOfMonth } from './month/usedCalls.js';
import type { SharedState } from './shared.js';
import type { BudgetState } from './state.js';

const COUNT_EVERY_MS = 5_000;
/** The calls that follow are counted anyway. */
const TELL_EVERY_MS = 60_000;

export class Notes {
  readonly #shared: Pick<SharedState, 'change'>;
  readonly #clock: Clock;
  #calls = new Map<string, { readonly call: CountedCall; count: number }>();
  #told: ToldMonth | null = null;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(shared: Pick<SharedState, 'change'>, clock: Clock) {
    this.#shared = shared;
    this.#clock = clock;
  }

  /** `calls`: one less for a call that was not made. */
  count({ callClass, sweep }: CountedCall, calls: 1 | -1): void {
    this.#add({ callClass, ...(sweep !== undefined && { sweep }) }, calls);
    this.#writeIn(COUNT_EVERY_MS);
  }

  tell(month: ToldMonth): void {
    this.#told = month;
    this.#writeIn(Math.max(COUNT_EVERY_MS, this.#toldAtMs + TELL_EVERY_MS - this.#clock.nowMs()));
  }

  #add(call: CountedCall, count: number): void {
    const key = JSON.stringify([call.callClass, call.sweep]);
    const known = this.#calls.get(key);
    if (known === undefined) this.#calls.set(key, { call, count });
    else known.count += count;
  }

  #writeIn(ms: number): void {
    const dueMs = this.#clock.nowMs() + ms;
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#clock.later(ms, () => {
      if (this.#dueMs === dueMs) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const calls = [...this.#calls.values()];
    const told = this.#told;
    this.#calls = new Map();
    this.#told = null;
    if (told !== null) this.#toldAtMs = this.#clock.nowMs();
    const work = (state: BudgetState, nowMs: number) => {
      const all = calls.reduce((sum, { call, count }) => counted(sum, call, count, nowMs), state);
      return { state: told === null ? all : toldOfMonth(all, told, nowMs), result: undefined };
    };
    // Where they cannot be stored, they are noted with the next ones.
    await this.#shared.change(work).catch(() => {
      for (const { call, count } of calls) this.#add(call, count);
      this.#told ??= told;
    });
  }
}
