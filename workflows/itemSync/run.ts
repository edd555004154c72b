/**
 * The state of one run of `itemSync`: what its row said last, what operators asked for, and what woke it.
 * `Carried` is its serialised form. Runs of the last release wrote it, and its workers read it while a new release is
 * being rolled out: fields may be added to it, never renamed.
 */
import type { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { DevItemSnapshot } from '../../domain/devItem.js';
import type { ItemRef, StepItem } from '../../domain/ids.js';
import type { ItemState, Wait } from '../../domain/itemState.js';
import type { RelinkInput, ReasonInput, ResyncInput, VerbResult } from '../../domain/messages.js';
import { createCrowding, type Crowding } from '../crowding.js';

export type Verb =
  | { readonly verb: 'pause' | 'resume' | 'release' | 'recreate'; readonly input: ReasonInput }
  | { readonly verb: 'resync'; readonly input: ResyncInput }
  | { readonly verb: 'relink'; readonly input: RelinkInput };

/** A verb in the queue; `result` or `failure` is set by the main loop, which alone calls activities. */
export interface Command {
  readonly order: Verb;
  /** Somebody waits for the answer. */
  readonly isAwaited?: true;
  result?: VerbResult;
  failure?: ApplicationFailure;
}

/** Without a snapshot the dev item is read. */
export interface DevItemNews {
  readonly snapshot?: DevItemSnapshot;
}

/** What is to be looked at: kept until a step has dealt with it. */
export interface News {
  devItem: DevItemNews | null;
  craftItem: boolean;
}

/** A release that was ordered and is not done yet. */
export interface PendingRelease {
  readonly why: string;
  /** It was ordered while the item was paused, so that pause does not hold it up; a pause that comes later does. */
  readonly inPause: boolean;
}

export interface Run {
  item: StepItem;
  state: ItemState | null;
  readonly commands: Command[];
  readonly news: News;
  /** The dev item was not found once: it is looked for again before anything else. */
  suspectGone: boolean;
  pendingRelease: PendingRelease | null;
  wait: Wait | null;
  /** News has come, or an operator resumed: ends one rest of a blocked item, however long the news has to be kept. */
  woken: boolean;
  /** The next comparison takes the Craft item's present values as handed over. */
  acceptDrift: boolean;
  /** Whether anything was written to Craft.io since this was last reset. */
  pushed: boolean;
  /** The scope of the activity that is under way; a verb cancels it. */
  scope: CancellationScope | null;
  readonly crowding: Crowding;
}

/** What survives continue-as-new: one plain object, flat as the first release wrote it. */
export interface Carried {
  readonly devItemNews: DevItemNews | null;
  readonly craftItemNews: boolean;
  readonly suspectGone: boolean;
  /** The `why` of the pending release. */
  readonly releaseWhenKnown: string | null;
  /** Absent in old histories. */
  readonly releaseInPause?: boolean;
  readonly acceptDrift: boolean;
  /** From here on: absent in old histories, and where there is nothing to carry. */
  readonly woken?: boolean;
  /** Without the time that was sat out. */
  readonly wait?: Wait;
  /** Orders that came as signals; nobody waits for their results. */
  readonly orders?: readonly Verb[];
}

export function newRun(item: ItemRef, carried?: Carried): Run {
  const run: Run = {
    item,
    state: null,
    commands: (carried?.orders ?? []).map((order) => ({ order })),
    news: { devItem: carried?.devItemNews ?? null, craftItem: carried?.craftItemNews ?? false },
    suspectGone: carried?.suspectGone ?? false,
    pendingRelease: pendingReleaseIn(carried),
    wait: carried?.wait ?? null,
    woken: carried?.woken ?? false,
    acceptDrift: carried?.acceptDrift ?? false,
    pushed: false,
    scope: null,
    crowding: createCrowding(() => run.scope?.cancel()),
  };
  return run;
}

function pendingReleaseIn(carried?: Carried): PendingRelease | null {
  const why = carried?.releaseWhenKnown ?? null;
  return why === null ? null : { why, inPause: carried?.releaseInPause ?? false };
}

export function carriedOf(run: Run): Carried {
  const { news, suspectGone, pendingRelease, acceptDrift, woken, wait, commands } = run;
  return {
    devItemNews: news.devItem,
    craftItemNews: news.craftItem,
    suspectGone,
    releaseWhenKnown: pendingRelease?.why ?? null,
    releaseInPause: pendingRelease?.inPause ?? false,
    acceptDrift,
    ...(woken && { woken }),
    ...(wait !== null && { wait }),
    ...(commands.length > 0 && { orders: withoutRepetitions(commands.map(({ order }) => order)) }),
  };
}

/** Thousands of equal orders in a row are one. */
function withoutRepetitions(orders: readonly Verb[]): readonly Verb[] {
  return orders.filter((order, at) => JSON.stringify(order) !== JSON.stringify(orders[at - 1]));
}

export function hasNews({ news }: Run): boolean {
  return news.devItem !== null || news.craftItem;
}

/** Two pieces of news become one: the newer snapshot, or a read where it cannot be said which is newer. */
export function mergeNews(known: DevItemNews | null, incoming: DevItemNews): DevItemNews {
  if (known === null) return incoming;
  const a = known.snapshot;
  const b = incoming.snapshot;
  if (!a?.updatedAt || !b?.updatedAt || a.id !== b.id) return {};
  const aTime = Date.parse(a.updatedAt);
  const bTime = Date.parse(b.updatedAt);
  if (aTime === bTime) return {};
  return aTime > bTime ? known : incoming;
}
