/**
 * Lists that lag behind: lists and feeds show a write only some time later, while a read by id shows it at once. Holds
 * the states before the writes that are not visible yet; empty while there is no lag.
 */

interface Hidden<T> {
  readonly visibleAtMs: number;
  /** What lists still show; null: nothing, the record was created by this write. */
  readonly before: T | null;
}

export class ListLag<T> {
  private lagMs = 0;
  private readonly hidden = new Map<string, Hidden<T>[]>();

  constructor(private readonly nowMs: () => number) {}

  /** From now on lists show writes `lagMs` later; 0 shows everything at once. */
  set(lagMs: number): void {
    this.lagMs = lagMs;
    if (lagMs === 0) this.hidden.clear();
  }

  remember(id: string, before: T | null): void {
    if (this.lagMs === 0) return;
    const entry = { visibleAtMs: this.nowMs() + this.lagMs, before };
    this.hidden.set(id, [...(this.hidden.get(id) ?? []), entry]);
  }

  /** What a list shows of a record now; null: not there yet. */
  see(id: string, current: T): T | null {
    if (this.hidden.size === 0) return current;
    const entries = this.hidden.get(id);
    if (entries === undefined) return current;
    const nowMs = this.nowMs();
    const waiting = entries.filter((entry) => entry.visibleAtMs > nowMs);
    const first = waiting[0];
    if (first === undefined) {
      this.hidden.delete(id);
      return current;
    }
    if (waiting.length < entries.length) this.hidden.set(id, waiting);
    return first.before;
  }
}
