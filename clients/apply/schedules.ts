/**
 * The schedules of the sweeps (design 2): which ones there should be, what differs from those that Temporal has, and
 * the calls that bring them in line. Only schedules whose memo says `craftsync` are ever changed or deleted, and what
 * an operator did to one (paused, note) is kept.
 *
 * An update cannot change a schedule's memo, so the schedule itself is compared, as Temporal describes it.
 */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import {
  driftSweepScheduleId,
  intakeScheduleId,
  progressSweepScheduleId,
  readySweepScheduleId,
  TASK_QUEUE,
} from '../../domain/ids.js';
import {
  DRIFT_SWEEP_WORKFLOW,
  INTAKE_SWEEP_WORKFLOW,
  PROGRESS_SWEEP_WORKFLOW,
  READY_SWEEP_WORKFLOW,
} from '../../domain/messages.js';
import type { DriftSweepInput, IntakeSweepInput, ProgressSweepInput, ReadySweepInput } from '../../domain/messages.js';
import type { Applied } from '../../domain/applied.js';
import { SEARCH_ATTRIBUTES } from '../../domain/searchAttributes.js';
import type { Settings } from '../../domain/settings.js';
import { plainSchedules } from '../../runtime/temporal/encryption.js';
import { canonical } from './canonical.js';
import { devToolsInUse } from './changes.js';

/** In the memo of every schedule that `apply` made. */
const CREATED_BY = 'craftsync';

/** Everything about a schedule that the configuration decides; plain data. */
export interface ScheduleFacts {
  readonly id: string;
  readonly workflowType: string;
  readonly input: ReadySweepInput | ProgressSweepInput | DriftSweepInput | IntakeSweepInput;
  readonly taskQueue: string;
  readonly workflowId: string;
  readonly everyMs: number;
  /** Search attribute → value: the Temporal UI filters the runs of a sweep by it. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly overlap: string;
  readonly catchupMs: number;
}

export interface ExistingSchedule {
  readonly facts: ScheduleFacts;
  /** Made by `apply`. */
  readonly isOurs: boolean;
}

export type ScheduleChange =
  | { readonly action: 'create'; readonly facts: ScheduleFacts }
  | { readonly action: 'update'; readonly facts: ScheduleFacts; readonly before: ScheduleFacts }
  | { readonly action: 'delete'; readonly id: string }
  /** Somebody else's schedule has the id that one of ours needs. */
  | { readonly action: 'foreign'; readonly id: string };

/** A run that was missed within this window is made up for. One run sweeps everything, so one is enough. */
const LONGEST_CATCHUP_MS = 60 * 60_000;
const SHORTEST_CATCHUP_MS = 60_000;

export function wantedSchedules(settings: Settings): readonly ScheduleFacts[] {
  const pipelines = Object.values(settings.pipelines).flatMap(({ name, sweepEveryMs, driftEveryMs }) => {
    const attributes = { [SEARCH_ATTRIBUTES.pipeline.name]: name };
    const input = { pipeline: name };
    return [
      factsOf(readySweepScheduleId(name), READY_SWEEP_WORKFLOW, { input, everyMs: sweepEveryMs, attributes }),
      factsOf(driftSweepScheduleId(name), DRIFT_SWEEP_WORKFLOW, { input, everyMs: driftEveryMs, attributes }),
    ];
  });
  const devTools = devToolsInUse(settings).flatMap((name) => {
    const everyMs = settings.devTools[name]?.progressEveryMs;
    if (everyMs === undefined) return [];
    const attributes = { [SEARCH_ATTRIBUTES.devTool.name]: name };
    const input = { devTool: name };
    return [factsOf(progressSweepScheduleId(name), PROGRESS_SWEEP_WORKFLOW, { input, everyMs, attributes })];
  });
  const intakes = Object.values(settings.intakes).map(({ name, devTool, everyMs }) =>
    factsOf(intakeScheduleId(name), INTAKE_SWEEP_WORKFLOW, {
      input: { intake: name },
      everyMs,
      attributes: { [SEARCH_ATTRIBUTES.devTool.name]: devTool },
    }),
  );
  return [...pipelines, ...devTools, ...intakes].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function factsOf(
  id: string,
  workflowType: string,
  own: Pick<ScheduleFacts, 'input' | 'everyMs' | 'attributes'>,
): ScheduleFacts {
  const catchupMs = Math.min(LONGEST_CATCHUP_MS, Math.max(SHORTEST_CATCHUP_MS, own.everyMs));
  return {
    id,
    workflowType,
    taskQueue: TASK_QUEUE,
    workflowId: id,
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupMs,
    ...own,
  };
}

/** The changes that turn `existing` into `wanted`. Pure. */
export function scheduleChanges(
  wanted: readonly ScheduleFacts[],
  existing: readonly ExistingSchedule[],
): readonly ScheduleChange[] {
  const byId = new Map(existing.map((schedule) => [schedule.facts.id, schedule]));
  const kept = wanted.flatMap((facts): ScheduleChange[] => {
    const found = byId.get(facts.id);
    if (found === undefined) return [{ action: 'create', facts }];
    if (!found.isOurs) return [{ action: 'foreign', id: facts.id }];
    return canonical(found.facts) === canonical(facts) ? [] : [{ action: 'update', facts, before: found.facts }];
  });
  const wantedIds = new Set(wanted.map(({ id }) => id));
  const surplus = existing.filter(({ facts, isOurs }) => isOurs && !wantedIds.has(facts.id));
  return [...kept, ...surplus.map(({ facts }): ScheduleChange => ({ action: 'delete', id: facts.id }))];
}

/** The schedules of an earlier configuration: the listing may not show yet what was created a moment ago. */
export function scheduleIdsOf(applied: Applied): readonly string[] {
  const pipelines = Object.keys(applied.pipelines);
  return [
    ...pipelines.map(readySweepScheduleId),
    ...pipelines.map(driftSweepScheduleId),
    ...applied.devTools.map(progressSweepScheduleId),
    ...(applied.intakes ?? []).map(intakeScheduleId),
  ];
}

/** Describes each of `ids` that exists, and every schedule with our memo that the listing shows. */
export async function existingSchedules(client: Client, ids: readonly string[]): Promise<readonly ExistingSchedule[]> {
  const all = new Set(ids);
  const schedules = plainSchedules(client);
  for await (const listed of schedules.list()) {
    if (listed.memo?.['createdBy'] === CREATED_BY) all.add(listed.scheduleId);
  }
  const found: ExistingSchedule[] = [];
  for (const id of [...all].sort()) {
    const description = await describe(schedules.getHandle(id));
    if (description !== null) found.push(existingOf(description));
  }
  return found;
}

async function describe(handle: ScheduleHandle): Promise<ScheduleDescription | null> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

function existingOf({ scheduleId, spec, action, policies, memo }: ScheduleDescription): ExistingSchedule {
  const [interval, ...others] = spec.intervals ?? [];
  // Ours have one interval and nothing else: a calendar or an offset makes a schedule differ from all of them.
  const isPlain = others.length === 0 && (spec.calendars ?? []).length === 0 && (interval?.offset ?? 0) === 0;
  const attributes = action.typedSearchAttributes;
  const pairs = attributes instanceof TypedSearchAttributes ? attributes.getAll() : (attributes ?? []);
  return {
    isOurs: memo?.['createdBy'] === CREATED_BY,
    facts: {
      id: scheduleId,
      workflowType: action.workflowType,
      input: (action.args?.[0] ?? null) as ScheduleFacts['input'],
      taskQueue: action.taskQueue,
      workflowId: action.workflowId ?? '',
      everyMs: isPlain ? (interval?.every ?? 0) : 0,
      attributes: Object.fromEntries(pairs.map(({ key, value }) => [key.name, String(value)])),
      overlap: policies.overlap ?? '',
      catchupMs: policies.catchupWindow,
    },
  };
}

/** Makes one change; reporting a `foreign` one is left to the caller. */
export async function changeSchedule(
  client: Client,
  change: Exclude<ScheduleChange, { action: 'foreign' }>,
): Promise<void> {
  const schedules = plainSchedules(client);
  if (change.action === 'delete') {
    await deleteSchedule(schedules.getHandle(change.id));
    return;
  }
  const options = optionsOf(change.facts);
  if (change.action === 'create') {
    try {
      await schedules.create({ scheduleId: change.facts.id, ...options, memo: { createdBy: CREATED_BY } });
    } catch (error) {
      // Another `apply` was faster; the next run compares what it created.
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
    return;
  }
  // Keeps the state: a new one would resume what an operator paused.
  await schedules.getHandle(change.facts.id).update(({ state }) => ({ ...options, state }));
}

async function deleteSchedule(handle: ScheduleHandle): Promise<void> {
  try {
    await handle.delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function optionsOf(facts: ScheduleFacts) {
  return {
    spec: { intervals: [{ every: facts.everyMs }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: facts.workflowType,
      taskQueue: facts.taskQueue,
      workflowId: facts.workflowId,
      args: [facts.input],
      typedSearchAttributes: attributePairs(facts.attributes),
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: facts.catchupMs },
  };
}

function attributePairs(attributes: Readonly<Record<string, string>>): SearchAttributePair[] {
  return [SEARCH_ATTRIBUTES.pipeline, SEARCH_ATTRIBUTES.devTool].flatMap((key) => {
    const value = attributes[key.name];
    return value === undefined ? [] : [{ key, value }];
  });
}
