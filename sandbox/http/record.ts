/**
 * The truth for fault tests: every request that reached the sandbox, what was answered, and whether it changed
 * anything.
 *
 * Memory is bounded: the newest requests are kept in full, and a counter for each route counts all of them.
 */
import type { MountName } from './mount.js';
import { systemOf } from '../world/systems.js';

export interface RequestRecord {
  /** Rises by one with each request; requests that were dropped from memory keep their numbers. */
  readonly seq: number;
  /** ISO time of arrival. */
  readonly at: string;
  readonly mount: MountName;
  readonly method: string;
  /** Without the mount's prefix, with parameters by name: `/item/:id`; null: no such route. */
  readonly route: string | null;
  /** Path and query as sent, below the mount. */
  readonly path: string;
  /** For GraphQL: its root fields, e.g. `mutation createWorkItem`, `query workItem×50`. */
  readonly operation: string | null;
  /** The parsed body of a write; null for reads. */
  readonly body: unknown;
  readonly write: boolean;
  /** The status that was sent; null: none (the connection was dropped or the client gave up). */
  status: number | null;
  /** The kind of the fault that met it. */
  fault: string | null;
  /** ISO time at which the request changed the world; null: it did not. Shows a late commit. */
  appliedAt: string | null;
  /** The item that it created or changed. */
  itemId: string | null;
  /** ISO time at which the answer ended or the connection was dropped. */
  endedAt: string | null;
}

export interface RouteCount {
  readonly mount: MountName;
  readonly method: string;
  readonly route: string;
  total: number;
  applied: number;
  readonly byStatus: Record<string, number>;
}

export interface CraftPut {
  readonly seq: number;
  readonly at: string;
  readonly body: unknown;
  readonly appliedAt: string;
}

export class Records {
  private readonly kept: RequestRecord[] = [];
  private start = 0;
  private seq = 0;
  private readonly counts = new Map<string, RouteCount>();
  private readonly puts = new Map<string, CraftPut[]>();
  private putCount = 0;

  /** `limit`: how many requests, and how many PUTs of Craft items, stay in memory. */
  constructor(private readonly limit = 50_000) {}

  begin(
    request: Pick<RequestRecord, 'at' | 'mount' | 'method' | 'route' | 'path' | 'operation' | 'body' | 'write'>,
  ): RequestRecord {
    const record: RequestRecord = {
      seq: ++this.seq,
      ...request,
      status: null,
      fault: null,
      appliedAt: null,
      itemId: null,
      endedAt: null,
    };
    this.keep(record);
    this.countOf(record).total++;
    return record;
  }

  /** The request changed the world now. */
  applied(record: RequestRecord, at: string, itemId: string | null): void {
    record.appliedAt = at;
    record.itemId = itemId;
    this.countOf(record).applied++;
    const craftPut = record.method === 'PUT' && systemOf(record.mount) === 'craft';
    if (!craftPut || itemId === null || this.putCount >= this.limit) return;
    this.putCount++;
    const puts = this.puts.get(itemId) ?? [];
    puts.push({ seq: record.seq, at: record.at, body: record.body, appliedAt: at });
    this.puts.set(itemId, puts);
  }

  ended(record: RequestRecord, at: string, status: number | null): void {
    if (record.endedAt !== null) return;
    record.endedAt = at;
    record.status = status;
    const byStatus = this.countOf(record).byStatus;
    const key = status === null ? 'unanswered' : String(status);
    byStatus[key] = (byStatus[key] ?? 0) + 1;
  }

  /** The newest requests, oldest first. */
  list(
    filter: Partial<Pick<RequestRecord, 'mount' | 'method' | 'route' | 'itemId'>> & { readonly sinceSeq?: number } = {},
  ): RequestRecord[] {
    return this.kept
      .slice(this.start)
      .filter(
        (record) =>
          record.seq > (filter.sinceSeq ?? 0) &&
          (filter.mount === undefined || record.mount === filter.mount) &&
          (filter.method === undefined || record.method === filter.method) &&
          (filter.route === undefined || record.route === filter.route) &&
          (filter.itemId === undefined || record.itemId === filter.itemId),
      );
  }

  counters(): RouteCount[] {
    return [...this.counts.values()];
  }

  /** The number of requests since the start or the last `clear`. */
  total(mount?: MountName): number {
    return this.counters().reduce(
      (sum, count) => (mount === undefined || count.mount === mount ? sum + count.total : sum),
      0,
    );
  }

  /** The applied PUTs of one Craft item in the order in which they were applied. */
  putsOf(craftItemId: string): readonly CraftPut[] {
    return this.puts.get(craftItemId) ?? [];
  }

  clear(): void {
    this.kept.length = 0;
    this.start = 0;
    this.counts.clear();
    this.puts.clear();
    this.putCount = 0;
  }

  private keep(record: RequestRecord): void {
    this.kept.push(record);
    if (this.kept.length - this.start > this.limit) this.start++;
    // The dropped part is cut off rarely, so that each request stays cheap.
    if (this.start <= this.limit) return;
    this.kept.splice(0, this.start);
    this.start = 0;
  }

  private countOf(record: RequestRecord): RouteCount {
    const route = record.route ?? '(unknown)';
    const key = `${record.mount} ${record.method} ${route}`;
    const known = this.counts.get(key);
    if (known !== undefined) return known;
    const count: RouteCount = { mount: record.mount, method: record.method, route, total: 0, applied: 0, byStatus: {} };
    this.counts.set(key, count);
    return count;
  }
}
