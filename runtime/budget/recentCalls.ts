const SECONDS = 60;

/** How many calls went out within the last minute, by the second. */
export class RecentCalls {
  readonly #seconds = new Array<{ second: number; calls: number }>(SECONDS).fill({ second: -1, calls: 0 });

  note(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const place = ((second % SECONDS) + SECONDS) % SECONDS;
    const calls = this.#seconds[place]?.second === second ? this.#seconds[place].calls : 0;
    this.#seconds[place] = { second, calls: calls + 1 };
  }

  inLastMinute(nowMs: number): number {
    const from = Math.floor(nowMs / 1_000) - SECONDS;
    return this.#seconds.reduce((sum, { second, calls }) => (second > from ? sum + calls : sum), 0);
  }
}
