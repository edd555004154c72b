/**
 * What all processes share about the budget of one connection (design 5), kept in the ledger as JSON. Every time is in
 * milliseconds of the database's clock, since no two processes agree on theirs.
 */
import { z } from 'zod';
import { CALL_CLASSES, type CallClass } from '../../connectors/port/calls.js';

const PerClass = z.partialRecord(z.enum(CALL_CLASSES), z.number());
export type PerClass = Partial<Record<CallClass, number>>;

const State = z.object({
  /** When the next call is due at an even pace; calls may run ahead of it by the burst. */
  dueMs: z.number().default(0),
  /** No call goes out before it ends: a 429 said so, or the month is spent (`month`: its end as the tool says). */
  closed: z.object({ sinceMs: z.number(), untilMs: z.number(), month: z.string().optional() }).nullable().default(null),
  /** Trouble, since when calls are answered again, and the slot of the last probe if none came after; see `calm.ts`. */
  calm: z
    .object({ sinceMs: z.number(), answeredMs: z.number().nullable(), probeMs: z.number().nullable().default(null) })
    .nullable()
    .default(null),
  /** Slots that were reserved and given back before their time. */
  givenBack: z.array(z.number()).default([]),
  /** How much each class was served, in the measure of its share; see `schedule.ts`. */
  served: PerClass.default({}),
  /** For each process that waits: how long this is true, its oldest waiter of each class, and how many there are. */
  asking: z.record(z.string(), z.object({ untilMs: z.number(), oldest: PerClass, count: PerClass })).default({}),
  /** Somebody who was sent away may have a place until then. */
  placesUntilMs: z.number().default(0),
  /** The limit that refusals taught, where none is configured. */
  learned: z.object({ perMinute: z.number(), atMs: z.number() }).nullable().default(null),
  /** Calls of a clock minute, which began so many minutes after 1970, and of the one before it. */
  minute: z
    .object({ at: z.number(), used: z.number(), before: z.number().default(0) })
    .default({ at: 0, used: 0, before: 0 }),
  /** Calls of this month (UTC), by class; `sweeps`: those of them that sweeps made. */
  month: z
    .object({ name: z.string(), used: PerClass, sweeps: z.number().default(0) })
    .default({ name: '', used: {}, sweeps: 0 }),
  /** What the tool's headers said last about its own month, and how many calls were counted by then. */
  told: z
    .object({ atMs: z.number(), left: z.number(), limit: z.number().nullable(), counted: z.number() })
    .nullable()
    .default(null),
  /** By schedule id: the last run that began, the calls it made, and what the runs before it made on average. */
  sweeps: z
    .record(
      z.string(),
      z.object({ run: z.string(), beganMs: z.number(), calls: z.number(), average: z.number().nullable() }),
    )
    .default({}),
});

export type BudgetState = z.infer<typeof State>;
export type Asking = BudgetState['asking'][string];

/** Of JSON that another release may have written; what cannot be read begins anew. */
export function readState(stored: unknown): BudgetState {
  const read = State.safeParse(stored);
  return read.success ? read.data : State.parse({});
}
