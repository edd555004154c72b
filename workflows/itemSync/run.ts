/** The state of one run of `itemSync`: what its row said last, what operators asked for, and what it was woken with. */
import type { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { DevItemSnapshot } from '../../domain/devItem.js';
import type { ItemRef } from '../../domain/ids.js';
import type { ItemState, Wait } from '../../domain/itemState.js';
import type { RelinkInput, ReasonInput, ResyncInput, VerbResult } from '../../domain/messages.js';

export type Verb =
  | { readonly verb: 'pause' | 'resume' | 'release' | 'recreate'; readonly input: ReasonInput }
  | { readonly verb: 'resync'; readonly input: ResyncInput }
  | { readonly verb: 'relink'; readonly input: RelinkInput };

/** A verb in the queue; `result` or `failure` is set by the main loop, which alone calls activities. */
export interface Command {
  readonly order: Verb;
  result?: VerbResult;
  failure?: ApplicationFailure;
}

/** News of the dev item; without a snapshot it is read. */
export interface DevItemNews {
  readonly snapshot?: DevItemSnapshot;
}

export interface Run {
  readonly item: ItemRef;
  state: ItemState | null;
  readonly commands: Command[];
  devItemNews: DevItemNews | null;
  craftItemNews: boolean;
  /** The dev item was not found once: it is looked for again before anything else. */
  suspectGone: boolean;
  /** A release that could not be done yet: its reason. It is done before anything else. */
  releaseWhenKnown: string | null;
  /** That release was ordered of a paused item: the pause does not hold it up. One that came after the release does. */
  releaseInPause: boolean;
  wait: Wait | null;
  /** News has come, or an operator resumed: ends one rest of a blocked item, however long the news has to be kept. */
  woken: boolean;
  /** The Craft item's present values count as handed over with the next comparison. */
  acceptDrift: boolean;
  /** Whether anything was written to Craft.io since this was last reset. */
  pushed: boolean;
  /** The scope of the activity that is under way; a verb cancels it. */
  scope: CancellationScope | null;
}

/** What survives continue-as-new: one plain object. */
export interface Carried {
  readonly devItemNews: DevItemNews | null;
  readonly craftItemNews: boolean;
  readonly suspectGone: boolean;
  readonly releaseWhenKnown: string | null;
  /** Absent in old histories. */
  readonly releaseInPause?: boolean;
  readonly acceptDrift: boolean;
}

export function newRun(item: ItemRef, carried?: Carried): Run {
  return {
    item,
    state: null,
    commands: [],
    devItemNews: carried?.devItemNews ?? null,
    craftItemNews: carried?.craftItemNews ?? false,
    suspectGone: carried?.suspectGone ?? false,
    releaseWhenKnown: carried?.releaseWhenKnown ?? null,
    releaseInPause: carried?.releaseInPause ?? false,
    wait: null,
    woken: false,
    acceptDrift: carried?.acceptDrift ?? false,
    pushed: false,
    scope: null,
  };
}

export function carriedOf(run: Run): Carried {
  const { devItemNews, craftItemNews, suspectGone, releaseWhenKnown, releaseInPause, acceptDrift } = run;
  return { devItemNews, craftItemNews, suspectGone, releaseWhenKnown, releaseInPause, acceptDrift };
}

export function hasNews(run: Run): boolean {
  return run.devItemNews !== null || run.craftItemNews;
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
