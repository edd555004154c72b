/**
 * One kind of record of the sandbox's world: a map by id whose records are never changed in place.
 *
 * Records are replaced as a whole, so code that needs the past may keep an old one (the lag of lists, the tests).
 */

export interface RecordChange {
  /** Its name. */
  readonly table: string;
  readonly id: string;
  /** As it is now; null: removed. */
  readonly record: unknown;
}

/** Called for each record that was put or removed. */
export type TableObserver = (change: RecordChange) => void;

export interface Row {
  readonly id: string;
}

export class Table<T extends Row> {
  private readonly rows = new Map<string, T>();

  constructor(
    readonly name: string,
    private readonly observe: TableObserver,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  get(id: string): T | undefined {
    return this.rows.get(id);
  }

  /** In order of creation. */
  values(): IterableIterator<T> {
    return this.rows.values();
  }

  put(record: T): T {
    this.rows.set(record.id, record);
    this.observe({ table: this.name, id: record.id, record });
    return record;
  }

  remove(id: string): void {
    if (this.rows.delete(id)) this.observe({ table: this.name, id, record: null });
  }

  /** Puts back what was persisted, without telling observers. */
  restore(id: string, record: T | null): void {
    if (record === null) this.rows.delete(id);
    else this.rows.set(id, record);
  }
}
