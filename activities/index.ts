/**
 * The activities by the names that Temporal shows (design 3; design 4): one thin function per step, built from its
 * ports. Renaming one breaks running workflows. Arguments and results are JSON and may only grow.
 */
import type { DevItemSnapshot } from '../domain/devItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { ByHandInput, FeedbackIntakeInput } from '../domain/messages.js';
import type { StepResult } from '../domain/itemState.js';
import type { Reason } from '../domain/phases.js';
import { beginItem, type BeginOptions } from './handOver/beginItem.js';
import { checkDrift } from './follow/checkDrift.js';
import { compareForSweep } from './handOver/compareMarkers.js';
import { checkReadiness } from './handOver/checkReadiness.js';
import { confirmGone, suspectGone } from './follow/confirmGone.js';
import { finishItem } from './follow/finishItem.js';
import { createDevItem } from './handOver/createDevItem.js';
import { compareListing } from './sweeps/driftSweep.js';
import { collectFeedback, nextSubmissions, type SubmissionPage } from './feedback/intakeSweep.js';
import { setFeedbackAside, submitFeedback } from './feedback/submitFeedback.js';
import { lockCraftItem } from './handOver/lockCraftItem.js';
import type { ActivityDeps } from './ports.js';
import { takeInventory, type ScopeRef } from './sweeps/inventory.js';
import { listScopes, readFeed, wakeFromInbox, wakePending } from './sweeps/progressSweep.js';
import { pushProgress } from './follow/pushProgress.js';
import {
  awaitRoom,
  collectReady,
  markStarted,
  nextUnknown,
  noteSweep,
  reviveLost,
  type EndedSweep,
  type SweepRef,
} from './sweeps/readySweep.js';
import { releaseCraftItem } from './follow/releaseCraftItem.js';
import { reportState } from './follow/reportState.js';
import { setAside } from './step/setAside.js';
import { beginSweep } from './step/sweepStep.js';
import { asks, runStep, unlessHandsOff } from './step/step.js';
import { pauseItem, recreateItem, relinkItem, resumeItem } from './follow/operatorVerbs.js';

export function createActivities(deps: ActivityDeps) {
  return {
    beginItem: (item: ItemRef, options: BeginOptions) => beginItem(deps, item, options),
    checkReadiness: (item: ItemRef) => runStep(deps, item, asks('check', checkReadiness)),
    createDevItem: (item: ItemRef) => runStep(deps, item, asks('create', createDevItem)),
    lockCraftItem: (item: ItemRef) => runStep(deps, item, unlessHandsOff(lockCraftItem)),
    pushProgress: (item: ItemRef, snapshot?: DevItemSnapshot) =>
      runStep(deps, item, unlessHandsOff(pushProgress(snapshot))),
    checkDrift: (item: ItemRef, options: { acceptDrift: boolean }) =>
      runStep(deps, item, unlessHandsOff(checkDrift(options))),
    suspectGone: (item: ItemRef) => runStep(deps, item, unlessHandsOff(suspectGone)),
    confirmGone: (item: ItemRef) => runStep(deps, item, unlessHandsOff(confirmGone)),
    reportState: (item: ItemRef) => runStep(deps, item, reportState, { quiet: true }),
    releaseCraftItem: (item: ItemRef, why: string) => runStep(deps, item, releaseCraftItem(why)),
    relinkItem: (item: ItemRef, devItemId: string, seenAt?: string) => relinkItem(deps, item, devItemId, seenAt),
    recreateItem: (item: ItemRef, generation: number) => recreateItem(deps, item, generation),
    pauseItem: (item: ItemRef, pause: { reason: Reason; why: string | null; seenAt?: string | undefined }) =>
      pauseItem(deps, item, pause),
    resumeItem: (item: ItemRef, seenAt?: string): Promise<StepResult> => resumeItem(deps, item, seenAt),
    setAside: (item: ItemRef, trouble: { reason: Reason; message: string }) => setAside(deps, item, trouble),
    finishItem: (item: ItemRef) => finishItem(deps, item),

    collectReady: (sweep: SweepRef & ByHandInput) => collectReady(deps, sweep),
    nextUnknown: (page: SweepRef & { after: string | null; limit: number }) => nextUnknown(deps, page),
    markStarted: (started: SweepRef & { craftItemIds: readonly string[] }) => markStarted(deps, started),
    awaitRoom: (sweep: SweepRef & { max: number }) => awaitRoom(deps, sweep),
    reviveLost: async (pipeline: string) => {
      await compareForSweep(deps, pipeline);
      return reviveLost(deps, pipeline);
    },
    noteSweep: (record: EndedSweep) => noteSweep(deps, record),

    beginSweep: (scheduleId: string) => beginSweep(deps, scheduleId),
    listScopes: (devTool: string, start?: ByHandInput) => listScopes(deps, devTool, start),
    // The names of older releases stay: "hand on" here is to wake.
    handOnInbox: (devTool: string) => wakeFromInbox(deps, devTool),
    handOnPending: (devTool: string) => wakePending(deps, devTool),
    readFeed: (scope: ScopeRef) => readFeed(deps, scope),
    takeInventory: (scope: ScopeRef) => takeInventory(deps, scope),

    compareListing: (pipeline: string) => compareListing(deps, pipeline),

    collectFeedback: (intake: string) => collectFeedback(deps, intake),
    nextSubmissions: (page: SubmissionPage) => nextSubmissions(deps, page),
    submitFeedback: (input: FeedbackIntakeInput) => submitFeedback(deps, input),
    setFeedbackAside: (input: FeedbackIntakeInput, trouble: { reason: Reason; message: string }) =>
      setFeedbackAside(deps, input, trouble),
  };
}

export type Activities = ReturnType<typeof createActivities>;
