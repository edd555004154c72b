/**
 * One run: a plan is carried out until nobody can go on, then everything works again and time passes until nothing
 * changes any more, then the judges look at what the other side saw and at what the ledger says.
 */
import type { Wrong } from '../judges/checks.js';
import { judgeEnd } from '../judges/end.js';
import { judge } from '../judges/judge.js';
import { leftOut } from '../judges/sweeps.js';
import { createCraftConnector, type CraftWorld } from '../outside/craft.js';
import { createToolConnector, createToolWorld } from '../outside/devTool.js';
import { createNetwork } from '../outside/network.js';
import { newRecord, type Effect, type RunRecord } from '../outside/record.js';
import { inWords, type Plan } from '../plan/events.js';
import { createScheduler, NeverAtRest, type Actor, type Process, type Scheduler } from '../time/scheduler.js';
import { act, itemOf, stopCalling, sweep, verb, type Parts } from './acts.js';
import type { VirtualDatabase } from './database.js';
import { LIMITS, LOCKED, LOCK_FIELD, PIPELINE, READY, settingsOf } from './settings.js';
import { createSystem, type SeenActivity } from './system.js';

export interface Outcome {
  readonly wrongs: readonly Wrong[];
  readonly record: RunRecord;
  /** Every step in its order: equal plans give equal traces. */
  readonly trace: readonly string[];
  readonly steps: number;
}

const START_MS = Date.parse('2026-03-02T09:00:00Z');
const MINUTE_MS = 60_000;
/** A run needs some hundreds. */
const MOST_STEPS = 12_000;
/** Whoever waits longer than this, waits while the plan goes on. */
const QUIET_MS = 100_000;
/** After the last fault: past every wait of the protocol, then past what a blocked item waits at most. */
const AFTERWARDS_MS = [4, 30, 75, 140, 25 * 60, 26 * 60].map((minutes) => minutes * MINUTE_MS);
const BEAT_EVERY_MS = 20_000;

export async function runPlan(plan: Plan, database: VirtualDatabase, { traces = false } = {}): Promise<Outcome> {
  const record = newRecord();
  const trace: string[] = [];
  const events = [...plan.events];
  const here: { parts: Parts | null } = { parts: null };
  let beatenMs = START_MS;
  let lastEventStep = 0;
  const scheduler = createScheduler({
    startMs: START_MS,
    mix: plan.mix,
    maxSteps: MOST_STEPS,
    async onStep(step, actor, label) {
      const { parts } = here;
      if (parts === null) return;
      if (traces) trace.push(`${step} ${clock(scheduler)} ${actor.name}: ${label}`);
      if (scheduler.nowMs() - beatenMs >= BEAT_EVERY_MS) {
        beatenMs = scheduler.nowMs();
        await parts.system.beat();
      }
      stopCalling(parts, actor, label);
      while (lastEventStep + (events[0]?.after ?? Number.POSITIVE_INFINITY) <= step)
        await actNext(parts, events, actor);
    },
  });
  await database.begin(scheduler);
  const parts = assemble(plan, { scheduler, database, record, note: (line) => void note(line) });
  here.parts = parts;
  const note = (line: string): void => {
    record.timeline.push(`${clock(scheduler)} step ${scheduler.steps()}: ${line}`);
    if (traces) trace.push(line);
  };
  try {
    await carryOut(parts, events);
    await calmDown(parts, plan);
  } catch (error) {
    if (!(error instanceof NeverAtRest)) throw error;
    parts.wrongs.push(error.message);
  }
  const wrongs = await judge(parts, plan);
  return { wrongs, record, trace, steps: scheduler.steps() };

  async function actNext(of: Parts, left: Plan['events'][number][], actor: Actor | null): Promise<void> {
    const event = left.shift();
    if (event === undefined) return;
    lastEventStep = scheduler.steps();
    note(`${inWords(event)}${actor === null ? '' : ` (next: ${actor.name})`}`);
    await act(of, event, actor);
  }

  async function carryOut(of: Parts, left: Plan['events'][number][]): Promise<void> {
    Object.assign(of.memory, { copy: await database.copy(), copiedAtMs: scheduler.nowMs() });
    await of.system.beat();
    sweep(of, 'ready');
    for (;;) {
      await scheduler.settle(QUIET_MS);
      const [next] = left;
      if (next === undefined) return;
      await actNext(of, left, null);
      if (next.do === 'wait') await scheduler.run(scheduler.nowMs() + next.ms);
    }
  }
}

function clock(scheduler: Scheduler): string {
  return new Date(scheduler.nowMs()).toISOString().slice(8, 23);
}

interface Given {
  readonly scheduler: Scheduler;
  readonly database: VirtualDatabase;
  readonly record: RunRecord;
  readonly note: (line: string) => void;
}

function assemble(plan: Plan, { scheduler, database, record, note }: Given): Parts {
  const outside = (name: string): Actor => {
    const process: Process = { name, skewMs: 0, isDead: false, heldUntilMs: 0 };
    return { name, process, scheduler, heldUntilMs: 0 };
  };
  const wireFaults: Parts['wireFaults'] = [];
  const brokenStatements: Parts['brokenStatements'] = [];
  const changes: Parts['changes'] = new Set();
  const memory: Parts['memory'] = { copy: '', copiedAtMs: 0, isMissed: false, callsThatFail: 0, stops: [] };
  const tool = createToolWorld(scheduler);
  tool.lagMs = plan.lagMs;
  const craft: CraftWorld = new Map();
  for (let n = 1; n <= plan.items; n += 1) craft.set(`c${n}`, freshCraftItem(`c${n}`));
  // Somebody else's, so that the listing of the source is never empty.
  craft.set('other', { ...freshCraftItem('other'), status: 'Backlog' });
  const network = createNetwork({
    scheduler,
    wire: outside('wire'),
    ...LIMITS,
    note,
    strike(side, of) {
      const at = wireFaults.findIndex((fault) => fault.side === side && fault.of === of);
      return at === -1 ? null : (wireFaults.splice(at, 1)[0]?.fault ?? null);
    },
  });
  const system = createSystem({
    scheduler,
    server: outside('temporal'),
    database,
    skews: plan.skews,
    craft: createCraftConnector(craft, { network, scheduler, record, onPut: (put) => void checkLink(put) }),
    tool: createToolConnector(tool, { network, scheduler, record }),
    settings: () => settingsOf(plan, changes),
    nextBreaks: () => brokenStatements.shift() ?? null,
    nextCallFails: () => memory.callsThatFail > 0 && (memory.callsThatFail -= 1) >= 0,
    note,
    onActivity: (seen) => noteStand({ scheduler, record }, seen),
    onEnded: (workflow, result) => wrongs.push(...leftOut({ workflow, result, craft, record, runs: system.runs })),
  });
  const wrongs: string[] = [];
  return {
    scheduler,
    people: outside('people'),
    system,
    database,
    craft,
    tool,
    record,
    changes,
    wireFaults,
    brokenStatements,
    wrongs,
    memory,
  };

  /** Nothing is locked before its dev item is in the ledger: asked at the moment at which the lock arrives. */
  async function checkLink({ craftItemId, values }: Effect): Promise<void> {
    if (values[LOCK_FIELD] !== LOCKED || wasRestored(record, craftItemId)) return;
    const [row] = await database.sql<{ id: string | null }>(
      'select dev_item_id as id from item_link where pipeline_id = $1 and craft_item_id = $2',
      [PIPELINE, craftItemId],
    );
    if (row?.id == null) wrongs.push(`locked before created: ${craftItemId} was locked while its row knew no dev item`);
  }
}

function wasRestored({ orders }: RunRecord, craftItemId: string): boolean {
  return orders.some((order) => order.what === 'restored' && order.craftItemId === craftItemId);
}

/** What the end of an activity tells of its item: from then on every attempt can know it. */
function noteStand(
  { scheduler, record }: Pick<Parts, 'scheduler' | 'record'>,
  { name, craftItemId, phase }: SeenActivity,
): void {
  const what =
    phase === null
      ? BEGINS[name]
      : phase === 'released'
        ? 'released'
        : phase === 'paused' && name === 'pauseItem'
          ? 'paused'
          : undefined;
  if (what !== undefined) record.orders.push({ step: scheduler.steps(), what, craftItemId });
}

const BEGINS: Readonly<Record<string, 'resumed' | 'relinked' | 'recreated'>> = {
  resumeItem: 'resumed',
  relinkItem: 'relinked',
  recreateItem: 'recreated',
};

function freshCraftItem(id: string): CraftWorld extends Map<string, infer Item> ? Item : never {
  return {
    id,
    title: `Item ${id}`,
    status: READY,
    isDeleted: false,
    isMoved: false,
    missedUntilMs: 0,
    updatedAtMs: START_MS,
    fields: {},
  };
}

/** No more faults; what a person paused is resumed; sweeps run as their schedules say, as far as it matters. */
async function calmDown(parts: Parts, plan: Plan): Promise<void> {
  const { scheduler, system, wireFaults, brokenStatements, tool, changes } = parts;
  wireFaults.length = 0;
  brokenStatements.length = 0;
  Object.assign(parts.memory, { callsThatFail: 0, stops: [] });
  tool.blindSearches = 0;
  changes.clear();
  for (const { process } of system.workers)
    process.heldUntilMs = Math.min(process.heldUntilMs, scheduler.nowMs() + MINUTE_MS);
  const fromMs = scheduler.nowMs();
  for (const item of pausedIn(plan)) verb(parts, 'resume', itemOf(parts, item));
  for (const ms of AFTERWARDS_MS) {
    await scheduler.run(fromMs + ms);
    await system.beat();
    const { length } = parts.record.effects;
    sweep(parts, 'ready');
    await scheduler.settle(1_000);
    sweep(parts, 'progress');
    await scheduler.settle(1_000);
    sweep(parts, 'drift');
    await scheduler.settle(QUIET_MS);
    const isStill = parts.record.effects.length === length && (await isCalm(parts));
    // What is wrong still may be noticed by what is done once in a day.
    if (isStill && (await judgeEnd(parts, plan)).length === 0) return;
  }
}

/**
 * The others are left alone: a resume reads both sides, and would make good whatever a sweep had forgotten. While their
 * pipeline was removed, all were paused.
 */
function pausedIn({ items, events }: Plan): readonly number[] {
  const all = Array.from({ length: items }, (_, n) => n);
  if (events.some((event) => event.do === 'configure' && event.change === 'remove-pipeline')) return all;
  const isPaused = (item: number): boolean =>
    events.some((event) => event.do === 'verb' && event.verb === 'pause' && event.item % items === item);
  return all.filter(isPaused);
}

/** Nobody has anything to do any more, so a later sweep finds nothing either. */
async function isCalm({ database, craft }: Parts): Promise<boolean> {
  const rows = await database.sql<{ phase: string }>(
    `select phase from item_link join item_detail using (pipeline_id, craft_item_id)
     where phase in ('following', 'done', 'released', 'not-ready', 'orphaned')
       and missing_since is null and craft_missing_since is null`,
  );
  return rows.length === craft.size - 1;
}
