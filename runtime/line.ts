/**
 * Who goes next, where calls wait for the budget of one connection (decision 21).
 *
 *  Y1. First come, first served; a class has a head start over the next lower one, so that nobody waits for ever.
 *  Y2. Whoever is told to come back keeps the place that its first question gave it, by its name. The place holds
 *      nobody up: a slot goes to the first of those who are here. Once 30 seconds late, it is not reckoned with.
 *  Y3. Whoever was served goes on first with its next calls, so that a step or a long read comes to its end, but only
 *      with every fourth slot while others wait.
 *  Y4. A turn that was given and not used yet counts before the next one is given, for 30 seconds.
 */
import { CALL_CLASSES, type CallClass } from '../connectors/port/calls.js';

const HEAD_START_MS = 60_000;
const LATE_MS = 30_000;
/** A place is known this long after its time, for whoever was held up by another connection meanwhile. */
const REMEMBERED_MS = 10 * 60_000;
/** Calls that follow later than this line up anew. */
const GOES_ON_WITHIN_MS = 30_000;
const SLOTS_APART = 4;
const MOST_APART_MS = 30_000;

export interface Place {
  readonly waiter: string | null;
  /** Decides between two that came at the same moment. */
  readonly number: number;
  /** When it asked first, and later for each class below the highest. */
  rankMs: number;
  /** Away: when it is expected back. */
  expectedMs: number;
  /** When its last call was granted; null: none since it lined up. */
  servedMs: number | null;
  /** Until when a turn of its own counts; null: it has none. */
  turnCountsUntilMs: number | null;
}

/** In this order; within a stage, by time (Y1, Y3). */
const STAGES = { goesOn: 0, isNew: 1, justServed: 2 } as const;

export class Line {
  readonly #places = new Set<Place>();
  /** Those of them that wait here. */
  readonly #here = new Set<Place>();
  readonly #byWaiter = new Map<string, Place>();
  readonly #apartMs: number;
  #entered = 0;

  constructor(intervalMs: number) {
    this.#apartMs = Math.min(SLOTS_APART * intervalMs, MOST_APART_MS);
  }

  enter({ callClass, waiter }: { readonly callClass: CallClass; readonly waiter?: string }, nowMs: number): Place {
    for (const place of this.#places) if (!this.#here.has(place) && isOver(place, nowMs)) this.#forget(place);
    const rankMs = nowMs + CALL_CLASSES.indexOf(callClass) * HEAD_START_MS;
    const known = waiter === undefined ? undefined : this.#byWaiter.get(waiter);
    if (known !== undefined && !this.#here.has(known)) {
      // A verb may ask in a higher class than the step that lined up.
      known.rankMs = Math.min(known.rankMs, rankMs);
      this.#here.add(known);
      return known;
    }
    this.#entered += 1;
    const fresh = { expectedMs: nowMs, servedMs: null, turnCountsUntilMs: null };
    const place: Place = { waiter: waiter ?? null, number: this.#entered, rankMs, ...fresh };
    this.#places.add(place);
    this.#here.add(place);
    if (waiter !== undefined && known === undefined) this.#byWaiter.set(waiter, place);
    return place;
  }

  /** How many of those that are here go before it. */
  hereBefore(place: Place, nowMs: number): number {
    const stage = this.#stageOf(place, nowMs);
    return countOthers(this.#here, place, (other) => this.#goesBefore(other, place, stage, nowMs));
  }

  /** How many go before it, of those that are here and those that are expected back. */
  before(place: Place, nowMs: number): number {
    // The time of one that was just served comes soon, before those who are new.
    const stage = this.#stageOf(place, nowMs) === STAGES.isNew ? STAGES.isNew : STAGES.goesOn;
    const isCounted = (other: Place): boolean => this.#here.has(other) || isExpected(other, nowMs);
    return countOthers(
      this.#places,
      place,
      (other) => isCounted(other) && this.#goesBefore(other, place, stage, nowMs),
    );
  }

  /** Turns of others that are given and not used. */
  heldByOthers(place: Place, nowMs: number): number {
    return countOthers(
      this.#places,
      place,
      ({ turnCountsUntilMs }) => turnCountsUntilMs !== null && turnCountsUntilMs > nowMs,
    );
  }

  serve(place: Place, nowMs: number): void {
    this.#here.delete(place);
    Object.assign(place, { servedMs: nowMs, turnCountsUntilMs: null });
  }

  giveTurn(place: Place, nowMs: number): void {
    this.#here.delete(place);
    Object.assign(place, { servedMs: nowMs - this.#apartMs, turnCountsUntilMs: nowMs + LATE_MS });
  }

  /** A turn that was not used keeps its place. */
  takeBackTurn(place: Place, nowMs: number): void {
    if (place.turnCountsUntilMs === null) return;
    Object.assign(place, { servedMs: null, turnCountsUntilMs: null, expectedMs: nowMs });
  }

  /** Does nothing for one that is not here. It waits elsewhere; without a name it cannot come back to its place. */
  leave(place: Place, expectedMs: number): void {
    if (!this.#here.delete(place)) return;
    place.expectedMs = expectedMs;
    if (place.waiter === null) this.#forget(place);
  }

  #forget(place: Place): void {
    this.#places.delete(place);
    if (place.waiter !== null && this.#byWaiter.get(place.waiter) === place) this.#byWaiter.delete(place.waiter);
  }

  #stageOf({ servedMs }: Place, nowMs: number): number {
    if (servedMs === null) return STAGES.isNew;
    return nowMs >= servedMs + this.#apartMs ? STAGES.goesOn : STAGES.justServed;
  }

  #goesBefore(other: Place, place: Place, stage: number, nowMs: number): boolean {
    const itsStage = this.#stageOf(other, nowMs);
    if (itsStage !== stage) return itsStage < stage;
    const laterMs = this.#timeOf(other) - this.#timeOf(place);
    return laterMs === 0 ? other.number < place.number : laterMs < 0;
  }

  #timeOf({ servedMs, rankMs }: Place): number {
    return servedMs === null ? rankMs : servedMs + this.#apartMs;
  }
}

function countOthers(places: Iterable<Place>, place: Place, isCounted: (other: Place) => boolean): number {
  let counted = 0;
  for (const other of places) if (other !== place && isCounted(other)) counted += 1;
  return counted;
}

/** For a place whose holder is away. */
function isOver({ waiter, servedMs, expectedMs, turnCountsUntilMs }: Place, nowMs: number): boolean {
  if (turnCountsUntilMs !== null) return false;
  if (servedMs !== null) return nowMs > servedMs + GOES_ON_WITHIN_MS;
  return waiter === null || nowMs > expectedMs + REMEMBERED_MS;
}

function isExpected({ waiter, servedMs, expectedMs }: Place, nowMs: number): boolean {
  return waiter !== null && servedMs === null && nowMs <= expectedMs + LATE_MS;
}
