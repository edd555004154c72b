/**
 * The one order of everything in a run. Whoever would await the outside (a statement, a request, an answer, a signal, a
 * start) passes a gate; the scheduler opens one gate at a time, and the next one only when nothing moves any more. So
 * the order is a matter of the plan alone, however fast the database answers. Time is virtual: it passes when nobody
 * can go on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { seededRandom } from '../../../../sandbox/world/random.js';

/** A process of workers; Temporal, the wire and people are processes that never stop. */
export interface Process {
  readonly name: string;
  /** By how much its wall clock is wrong. */
  readonly skewMs: number;
  isDead: boolean;
  /** Stopped (SIGSTOP) until then. */
  heldUntilMs: number;
}

/** One line of work in a process: an attempt, a workflow run, a request on the wire. */
export interface Actor {
  readonly name: string;
  readonly process: Process;
  readonly scheduler: Scheduler;
  /** Slow by itself until then, while its process goes on. */
  heldUntilMs: number;
  /** Of a workflow run's code; see temporal/workflowApi.ts. */
  readonly run?: object;
}

interface Gate {
  readonly actor: Actor;
  readonly label: string;
  readonly readyAtMs: number;
  readonly open: () => void;
}

interface Timer {
  readonly actor: Actor;
  readonly atMs: number;
  readonly seq: number;
  readonly fire: () => void;
}

export interface Scheduler {
  nowMs(): number;
  /** How many gates were opened. */
  steps(): number;
  /** Resolves when the plan lets `actor` go on, `inMs` from now at the earliest; never where its process is killed. */
  pass(actor: Actor, label: string, inMs?: number, signal?: AbortSignal): Promise<void>;
  /** Returns the function that cancels the timer. */
  later(actor: Actor, ms: number, fire: () => void): () => void;
  /** Keeps the next gate closed until what the database does is over. */
  inFlight<T>(work: Promise<T>): Promise<T>;
  /** Called when nothing moves; true: something moves again. */
  onIdle(check: () => boolean): void;
  /** Lets everything happen that is due until then. */
  run(untilMs: number): Promise<void>;
  /** Until nobody can go on, and whoever waits does so for longer than this. */
  settle(quietMs: number): Promise<void>;
}

export interface SchedulerOptions {
  readonly startMs: number;
  /** 0: whoever goes on does so until it waits; else the seed by which the next one is drawn. */
  readonly mix: number;
  /** Before each gate is opened. */
  readonly onStep: (step: number, actor: Actor, label: string) => Promise<void> | void;
  /** More steps than this mean that the run never comes to rest. */
  readonly maxSteps: number;
}

export const actors = new AsyncLocalStorage<Actor | undefined>();

/** A statement takes less than a millisecond; and the database is told only of times that differ. */
const STEPS_OF_A_MS = 4;
const realImmediate = setImmediate;

export class NeverAtRest extends Error {
  override readonly name = 'NeverAtRest';
}

export function createScheduler({ startMs, mix, onStep, maxSteps }: SchedulerOptions): Scheduler {
  let nowMs = startMs;
  let steps = 0;
  let seq = 0;
  let gates: Gate[] = [];
  let timers: Timer[] = [];
  let last: Actor | null = null;
  const random = seededRandom(mix);
  const flights = new Set<Promise<unknown>>();
  const checks: (() => boolean)[] = [];

  const heldUntil = ({ heldUntilMs, process }: Actor): number => Math.max(heldUntilMs, process.heldUntilMs);
  const dueAt = (gate: Gate): number => Math.max(gate.readyAtMs, heldUntil(gate.actor));

  const drain = async (): Promise<void> => {
    for (;;) {
      await new Promise<void>((resolve) => void realImmediate(resolve));
      if (flights.size > 0) await Promise.allSettled(flights);
      else if (!checks.some((check) => check())) return;
    }
  };

  const dropDead = (): void => {
    if (gates.some(({ actor }) => actor.process.isDead)) gates = gates.filter(({ actor }) => !actor.process.isDead);
    if (timers.some(({ actor }) => actor.process.isDead)) timers = timers.filter(({ actor }) => !actor.process.isDead);
  };

  const next = (): Gate | null => {
    const eligible = gates.filter((gate) => dueAt(gate) <= nowMs);
    if (eligible.length === 0) return null;
    if (mix !== 0) return eligible[Math.floor(random() * eligible.length)] ?? null;
    return eligible.find(({ actor }) => actor === last) ?? eligible[0] ?? null;
  };

  const openNext = async (): Promise<boolean> => {
    dropDead();
    const gate = next();
    if (gate === null) return false;
    steps += 1;
    if (steps > maxSteps) throw new NeverAtRest(`the run does not come to rest: ${gate.actor.name} at ${gate.label}`);
    if (steps % STEPS_OF_A_MS === 0) nowMs += 1;
    last = gate.actor;
    await onStep(steps, gate.actor, gate.label);
    if (gate.actor.process.isDead || dueAt(gate) > nowMs) return true;
    gates = gates.filter((other) => other !== gate);
    gate.open();
    await drain();
    return true;
  };

  /** When the next thing happens by itself; infinity: nothing does. */
  const nextMs = (): number => {
    const dueOf = ({ actor, atMs }: Timer): number => Math.max(atMs, actor.process.heldUntilMs);
    return Math.min(...gates.map(dueAt), ...timers.map(dueOf), Number.POSITIVE_INFINITY);
  };

  const fireTimers = async (): Promise<boolean> => {
    dropDead();
    const due = timers
      .filter(({ actor, atMs }) => atMs <= nowMs && actor.process.heldUntilMs <= nowMs)
      .sort((a, b) => a.atMs - b.atMs || a.seq - b.seq)[0];
    if (due === undefined) return false;
    timers = timers.filter((timer) => timer !== due);
    actors.run(due.actor, due.fire);
    await drain();
    return true;
  };

  const runWhile = async (mayPassTo: (ms: number) => boolean): Promise<void> => {
    await drain();
    for (;;) {
      if (await fireTimers()) continue;
      if (await openNext()) continue;
      const ms = nextMs();
      if (!Number.isFinite(ms) || !mayPassTo(ms)) return;
      nowMs = Math.max(nowMs, ms);
    }
  };

  return {
    nowMs: () => nowMs,
    steps: () => steps,
    pass: (actor, label, inMs = 0, signal) =>
      new Promise<void>((resolve, reject) => {
        const gate: Gate = { actor, label, readyAtMs: nowMs + inMs, open: resolve };
        const abort = (): void => {
          gates = gates.filter((other) => other !== gate);
          reject(signal?.reason as Error);
        };
        if (signal?.aborted === true) return abort();
        signal?.addEventListener('abort', abort, { once: true });
        gates.push(gate);
      }),
    later(actor, ms, fire) {
      const timer: Timer = { actor, atMs: nowMs + Math.max(1, ms), seq: (seq += 1), fire };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    inFlight(work) {
      flights.add(work);
      const over = (): void => void flights.delete(work);
      work.then(over, over);
      return work;
    },
    onIdle: (check) => void checks.push(check),
    async run(untilMs) {
      await runWhile((ms) => ms <= untilMs);
      nowMs = Math.max(nowMs, untilMs);
    },
    settle: (quietMs) => runWhile((ms) => ms <= nowMs + quietMs),
  };
}
