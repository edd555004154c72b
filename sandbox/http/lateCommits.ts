/** Requests that will be applied after their client is gone. They end with the sandbox, as they would with a server. */
export class LateCommits {
  private readonly timers = new Set<NodeJS.Timeout>();

  get waiting(): number {
    return this.timers.size;
  }

  after(ms: number, apply: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      apply();
    }, ms);
    this.timers.add(timer);
  }

  cancel(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
