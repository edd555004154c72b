/**
 * The seeded plan of faults: which request meets which one. This file only decides; `deliver.ts` carries it out.
 *
 * A rule has a scope (which requests), a trigger (how many of them) and a fault (what happens). Of the rules that match
 * a request, all latencies add up and the first other one is taken. The same seed and the same order of requests give
 * the same faults.
 */
import type { MountName } from './mount.js';
import { FULL_SIGHT, type Sight } from './visibility.js';
import { seededRandom, type Random } from '../world/random.js';
import { SYSTEMS, type System, systemOf } from '../world/systems.js';

/** Which requests; an absent part matches all. */
export interface FaultScope {
  readonly mounts?: readonly MountName[];
  readonly methods?: readonly string[];
  /** As in records: `/workitem`, `/item/:id`. */
  readonly routes?: readonly string[];
  /** True: writes only, false: reads only (a GraphQL query is a read). */
  readonly write?: boolean;
  /** A part of the record's operation: `createWorkItem`. */
  readonly operation?: string;
  /** A part of the path, query or body: an item's id, a title. */
  readonly mentions?: string;
}

export interface FaultTrigger {
  /** 0 to 1; default 1. */
  readonly share?: number;
  /** Let this many matching requests pass first. */
  readonly skip?: number;
  /** Stops after this many faults. */
  readonly next?: number;
  /** Stops this long after the rule was added. */
  readonly forMs?: number;
}

/** How the client finds out that there is no answer: the connection is reset, closed, or held until it gives up. */
export type Silence = 'reset' | 'close' | 'hang';

export type Fault =
  /** The request is applied and answered after a wait. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** Never answered; `applied` says whether the request takes effect. */
  | { readonly kind: 'lose-answer'; readonly applied: boolean; readonly silence: Silence }
  /** Never answered; applied `afterMs` after it arrived, or after the client was gone. */
  | {
      readonly kind: 'late-commit';
      readonly afterMs: number;
      readonly from: 'arrival' | 'client-gone';
      readonly silence: Silence;
    }
  /** The right answer, a few bytes at a time. */
  | { readonly kind: 'slow-drip'; readonly bytesPerSecond: number }
  /** An error of the system: 500, 502, 503, 401, 403…; `applied`: the request takes effect all the same. */
  | { readonly kind: 'status'; readonly status: number; readonly applied?: boolean }
  | {
      readonly kind: 'rate-limit';
      readonly retryAfter: 'seconds' | 'date' | 'absent' | 'absurd';
      readonly seconds?: number;
    }
  /** A sign-in page, with 200 unless `status` says otherwise. */
  | { readonly kind: 'html'; readonly status?: number; readonly applied?: boolean }
  /** The answer ends half-way through its announced length. */
  | { readonly kind: 'truncated'; readonly applied?: boolean }
  | { readonly kind: 'huge'; readonly bytes: number; readonly applied?: boolean }
  | { readonly kind: 'wrong-content-type'; readonly contentType: string; readonly applied?: boolean }
  /** Changes the objects of the answer that have this `id` (or any): adds, replaces or removes fields. */
  | {
      readonly kind: 'alter';
      readonly id?: string;
      readonly set?: Readonly<Record<string, unknown>>;
      /** By id: different properties for several objects. */
      readonly byId?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      readonly remove?: readonly string[];
    }
  /** A real limit: more than `calls` in any window of `windowMs` are answered with 429. */
  | { readonly kind: 'limit'; readonly calls: number; readonly windowMs: number };

export type FaultRule = FaultScope & FaultTrigger & { readonly fault: Fault };

/** A rule, and what it has done so far. */
export interface LiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly sinceMs: number;
  seen: number;
  struck: number;
}

/** What a key no longer sees: ids of spaces or workspaces. */
export interface LostSight {
  readonly scopes: readonly string[];
  readonly as: 'missing' | 'empty';
}

export interface FaultPlan {
  readonly rules?: readonly FaultRule[];
  /** How long writes stay invisible to lists, per system. */
  readonly listLagMs?: Readonly<Partial<Record<System, number>>>;
  readonly lostSight?: Readonly<Partial<Record<System, LostSight>>>;
}

export interface FaultSubject {
  readonly mount: MountName;
  readonly method: string;
  readonly route: string | null;
  readonly write: boolean;
  readonly operation: string | null;
  readonly text: () => string;
}

export interface Decision {
  readonly delayMs: number;
  readonly fault: Exclude<Fault, { kind: 'latency' }> | null;
}

/** Called when the lag of a system's lists changes. */
export type LagSetter = (system: System, lagMs: number) => void;

export class Faults {
  private rules: LiveRule[] = [];
  private nextId = 1;
  private random: Random;
  private readonly windows = new Map<number, number[]>();
  private readonly sights = new Map<System, LostSight>();

  constructor(
    private readonly seed: number,
    private readonly nowMs: () => number,
    private readonly setLag: LagSetter,
  ) {
    this.random = seededRandom(seed);
  }

  /** Adds a plan to those in force; returns the ids of its rules. */
  add(plan: FaultPlan): number[] {
    for (const system of SYSTEMS) {
      const lagMs = plan.listLagMs?.[system];
      if (lagMs !== undefined) this.setLag(system, lagMs);
      const lost = plan.lostSight?.[system];
      if (lost !== undefined) this.sights.set(system, lost);
    }
    return (plan.rules ?? []).map((rule) => this.addRule(rule));
  }

  addRule(rule: FaultRule): number {
    const id = this.nextId++;
    this.rules.push({ id, rule, sinceMs: this.nowMs(), seen: 0, struck: 0 });
    return id;
  }

  remove(id: number): void {
    this.rules = this.rules.filter((live) => live.id !== id);
    this.windows.delete(id);
  }

  /** Everything works again; the random numbers start again from the seed. */
  clear(): void {
    this.rules = [];
    this.windows.clear();
    this.sights.clear();
    for (const system of SYSTEMS) this.setLag(system, 0);
    this.random = seededRandom(this.seed);
  }

  list(): readonly LiveRule[] {
    return this.rules;
  }

  sight(mount: MountName): Sight {
    const lost = this.sights.get(systemOf(mount));
    if (lost === undefined) return FULL_SIGHT;
    return { of: (scopeId) => (lost.scopes.includes(scopeId) ? lost.as : 'full') };
  }

  decide(subject: FaultSubject): Decision {
    let delayMs = 0;
    let chosen: Decision['fault'] = null;
    for (const live of this.rules) {
      const { fault } = live.rule;
      if (fault.kind !== 'latency' && chosen !== null) continue;
      if (!matches(live.rule, subject) || !this.strikes(live)) continue;
      if (fault.kind === 'latency') delayMs += fault.ms + Math.floor(this.random() * (fault.jitterMs ?? 0));
      else chosen = fault;
    }
    return { delayMs, fault: chosen };
  }

  private strikes(live: LiveRule): boolean {
    const { share = 1, skip = 0, next = Infinity, forMs = Infinity, fault } = live.rule;
    if (live.struck >= next || this.nowMs() - live.sinceMs >= forMs) return false;
    live.seen++;
    if (live.seen <= skip || this.random() >= share) return false;
    if (fault.kind === 'limit' && !this.overLimit(live.id, fault.calls, fault.windowMs)) return false;
    live.struck++;
    return true;
  }

  /** Counts only the calls that it lets through, as servers do. */
  private overLimit(ruleId: number, calls: number, windowMs: number): boolean {
    const nowMs = this.nowMs();
    const within = (this.windows.get(ruleId) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    const over = within.length >= calls;
    if (!over) within.push(nowMs);
    this.windows.set(ruleId, within);
    return over;
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  if (rule.mounts !== undefined && !rule.mounts.includes(subject.mount)) return false;
  if (rule.methods !== undefined && !rule.methods.includes(subject.method)) return false;
  if (rule.routes !== undefined && !(subject.route !== null && rule.routes.includes(subject.route))) return false;
  if (rule.write !== undefined && rule.write !== subject.write) return false;
  if (rule.operation !== undefined && !(subject.operation ?? '').includes(rule.operation)) return false;
  return rule.mentions === undefined || subject.text().includes(rule.mentions);
}
