/**
 * Third step of a delivery: what was stored is told to the items, at once from memory, and what stays unmarked in the
 * inbox by a loop (design 4, Inbox).
 *
 * Memory is only a short cut. What it holds is also in the inbox, so losing it, by a crash or because it is full, costs
 * only the time until the inbox is looked through. News that names no item starts the progress sweep of its tool; many
 * pieces of news start one sweep.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { StoredDelivery } from '../ledger/ledger.js';
import { DELIVERIES_AT_ONCE, UNMARKED_FOR_MS, wakeItems, type DeliveriesTold, type InboxDeps } from './wakeItems.js';

export interface WakeQueue {
  add(delivery: StoredDelivery): void;
  /** How long the loop has shown no sign of life. */
  silentMs(): number;
  /** Ends the loop, and waits a little for what is under way; the rest stays in the inbox. */
  stop(): Promise<void>;
}

export interface WakeQueueOptions {
  readonly deps: InboxDeps;
  readonly client: Pick<Client, 'withDeadline'>;
  /** False: one is already running. */
  readonly startProgressSweep: (devTool: string) => Promise<boolean>;
  readonly logger: Logger;
  /** Called for each delivery whose items were woken out of memory, with the time since it was stored. */
  readonly onWoken: (devTool: string, seconds: number) => void;
}

/** Deliveries beyond this number are held in the inbox alone. */
const MOST_HELD = 5_000;
const LOOK_EVERY_MS = 5_000;
/** Sweeps that news asks for start at least this far apart: changes in every second must not use up the budget. */
const SWEEP_GAP_MS = 10_000;
const ASK_AGAIN_MS = 2_000;
/** The time that Temporal has for one batch of signals. */
const TEMPORAL_ANSWERS_WITHIN_MS = 15_000;
const KEEP_MS = 30 * 24 * 3_600_000;
const PRUNE_EVERY_MS = 3_600_000;
const STOPS_WITHIN_MS = 5_000;
const WARN_EVERY_MS = 60_000;

interface Held {
  readonly delivery: StoredDelivery;
  readonly sinceMs: number;
}

export function startWakeQueue(options: WakeQueueOptions): WakeQueue {
  const { logger } = options;
  const stopping = new AbortController();
  const sweeps = createSweepStarts(options.startProgressSweep);
  const held: Held[] = [];
  let draining: Promise<void> | null = null;
  let seenAtMs = performance.now();

  const drain = async (): Promise<void> => {
    while (held.length > 0 && !stopping.signal.aborted) {
      const batch = held.splice(0, DELIVERIES_AT_ONCE);
      const early = await wakeForHeld(options, sweeps, batch);
      if (early.length > 0) askAgain(early);
    }
  };
  const drainSoon = (): void => {
    draining ??= drain()
      .catch((error: unknown) => logger.warn({ why: wordsOf(error) }, 'the items of webhooks are woken later'))
      .finally(() => {
        draining = null;
        if (held.length > 0 && !stopping.signal.aborted) drainSoon();
      });
  };
  const hold = (more: readonly Held[]): void => {
    held.push(...more.slice(0, MOST_HELD - held.length));
    drainSoon();
  };
  const askAgain = (early: readonly Held[]): void => {
    setTimeout(() => hold(early), ASK_AGAIN_MS).unref();
  };
  const looking = lookForever(options, sweeps, stopping.signal, () => (seenAtMs = performance.now()));
  return {
    add: (delivery) => hold([{ delivery, sinceMs: performance.now() }]),
    silentMs: () => performance.now() - seenAtMs,
    stop: async () => {
      stopping.abort();
      await Promise.race([Promise.all([draining, looking]), sleep(STOPS_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

/** At most one sweep of a tool in `SWEEP_GAP_MS`. */
function createSweepStarts(start: (devTool: string) => Promise<boolean>): (devTool: string) => Promise<boolean> {
  const startedAtMs = new Map<string, number>();
  return async (devTool) => {
    const before = startedAtMs.get(devTool);
    if (before !== undefined && performance.now() - before < SWEEP_GAP_MS) return false;
    const isStarted = await start(devTool);
    if (isStarted) startedAtMs.set(devTool, performance.now());
    return isStarted;
  };
}

/** Returns the deliveries to try again soon because no sweep could start; what failed is left to the inbox's loop. */
async function wakeForHeld(
  options: WakeQueueOptions,
  startSweep: (devTool: string) => Promise<boolean>,
  batch: readonly Held[],
): Promise<readonly Held[]> {
  const early: Held[] = [];
  for (const [devTool, own] of byTool(batch, ({ delivery }) => delivery.devTool)) {
    const deliveries = own.map(({ delivery }) => delivery);
    const left = (await wakeOrLeave(options, startSweep, devTool, deliveries))?.left ?? deliveries;
    for (const one of own) {
      if (!left.includes(one.delivery)) options.onWoken(devTool, (performance.now() - one.sinceMs) / 1_000);
      else if (one.delivery.devItemIds === null) early.push(one);
    }
  }
  return early;
}

/** Null: nothing could be done now, and the next look finds them in the inbox; other tools' items are woken (I6). */
async function wakeOrLeave(...given: Parameters<typeof wakeWithin>): Promise<DeliveriesTold | null> {
  const [{ logger }, , devTool] = given;
  try {
    return await wakeWithin(...given);
  } catch (error) {
    logger.warn({ devTool, why: wordsOf(error) }, 'the items of webhooks are woken later');
    return null;
  }
}

function wakeWithin(
  { deps, client, logger }: WakeQueueOptions,
  startSweep: (devTool: string) => Promise<boolean>,
  devTool: string,
  deliveries: readonly StoredDelivery[],
) {
  const requestFeedRead = async (): Promise<boolean> => {
    try {
      return await startSweep(devTool);
    } catch (error) {
      logger.warn({ devTool, why: wordsOf(error) }, 'the progress sweep that a webhook asks for is started later');
      return false;
    }
  };
  return client.withDeadline(Date.now() + TEMPORAL_ANSWERS_WITHIN_MS, () =>
    wakeItems(deps, devTool, deliveries, requestFeedRead),
  );
}

async function lookForever(
  options: WakeQueueOptions,
  startSweep: (devTool: string) => Promise<boolean>,
  stopping: AbortSignal,
  onLooked: () => void,
): Promise<void> {
  const { inbox } = options.deps.ledger;
  let prunedAtMs = Number.NEGATIVE_INFINITY;
  let warnedAtMs = Number.NEGATIVE_INFINITY;
  while (!stopping.aborted) {
    try {
      const waiting = await inbox.takeWaiting({ unmarkedForMs: UNMARKED_FOR_MS, limit: DELIVERIES_AT_ONCE });
      for (const [devTool, own] of byTool(waiting, (one) => one.devTool)) {
        const marked = (await wakeOrLeave(options, startSweep, devTool, own))?.marked ?? 0;
        options.logger.info({ devTool, found: own.length, marked }, 'took webhooks whose items nobody had woken');
      }
      if (performance.now() - prunedAtMs > PRUNE_EVERY_MS) {
        await inbox.prune(KEEP_MS);
        prunedAtMs = performance.now();
      }
    } catch (error) {
      if (performance.now() - warnedAtMs > WARN_EVERY_MS) {
        options.logger.warn({ why: wordsOf(error) }, 'the inbox cannot be looked through now');
        warnedAtMs = performance.now();
      }
    }
    onLooked();
    await sleep(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

function byTool<T>(all: readonly T[], toolOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(toolOf(one), [...(groups.get(toolOf(one)) ?? []), one]);
  return groups;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
