/**
 * What the systems share: tables that are persisted, counters, time, chance, and news of changes.
 *
 * Everything is synchronous: a request is applied completely or not at all, in the order of arrival. Every change says
 * who made it (`By`); listeners hear of it after it was made.
 */
import type { Counter, WorldChange } from './model.js';
import { seededRandom, type Random } from './random.js';
import { Table, type Row, type TableObserver } from './table.js';

export type WorldListener = (change: WorldChange) => void;

export interface WorldBaseOptions {
  readonly seed: number;
  readonly nowMs?: () => number;
}

export class WorldBase {
  readonly seed: number;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly tables = new Map<string, Table<Row>>();
  private readonly observers = new Set<TableObserver>();
  private readonly listeners = new Set<WorldListener>();
  private readonly counters: Table<Counter>;

  constructor(options: WorldBaseOptions) {
    this.seed = options.seed;
    this.random = seededRandom(options.seed);
    this.nowMs = options.nowMs ?? Date.now;
    this.counters = this.table<Counter>('counters');
  }

  table<T extends Row>(name: string): Table<T> {
    const table = new Table<T>(name, (change) => {
      for (const observer of this.observers) observer(change);
    });
    this.tables.set(name, table);
    return table;
  }

  /** The next number of a series, never given twice. */
  next(counter: string): number {
    const value = (this.counters.get(counter)?.value ?? 0) + 1;
    this.counters.put({ id: counter, value });
    return value;
  }

  now(): string {
    return new Date(this.nowMs()).toISOString();
  }

  /** Reports every row that is put or removed, for persistence and pages. */
  observe(observer: TableObserver): void {
    this.observers.add(observer);
  }

  /** Returns the function that ends the subscription. A listener that throws does not stop the others. */
  onChange(listener: WorldListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(change: Omit<WorldChange, 'at'>): void {
    if (this.listeners.size === 0) return;
    const told = { at: this.now(), ...change };
    for (const listener of this.listeners) {
      try {
        listener(told);
      } catch {
        // A page that went away must not fail the request that caused the change.
      }
    }
  }
}
