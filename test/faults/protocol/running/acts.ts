/** Carries out the acts of a plan: faults, people, operators, restored ledgers. */
import { itemSyncWorkflowId, marker, type ItemRef } from '../../../../domain/ids.js';
import type { VerbResult } from '../../../../domain/messages.js';
import type { CraftWorld, CraftWorldItem } from '../outside/craft.js';
import type { ToolItem, ToolWorld } from '../outside/devTool.js';
import type { StruckFault } from '../outside/network.js';
import type { Order, RunRecord, Side } from '../outside/record.js';
import type { ConfigChange, PeopleDo, PlannedEvent, SweepName, VerbName } from '../plan/events.js';
import { actors, type Actor, type Scheduler } from '../time/scheduler.js';
import type { BrokenStatement, VirtualDatabase } from './database.js';
import { PIPELINE, READY, LOCK_FIELD, PROGRESS_FIELD } from './settings.js';
import type { System } from './system.js';

/** Everything that a run consists of. */
export interface Parts {
  readonly scheduler: Scheduler;
  readonly people: Actor;
  readonly system: System;
  readonly database: VirtualDatabase;
  readonly craft: CraftWorld;
  readonly tool: ToolWorld;
  readonly record: RunRecord;
  readonly changes: Set<ConfigChange>;
  readonly wireFaults: { readonly side: Side; readonly of: 'read' | 'write'; readonly fault: StruckFault }[];
  readonly brokenStatements: BrokenStatement[];
  /** What is wrong already, for the judges. */
  readonly wrongs: string[];
  readonly memory: {
    copy: string;
    copiedAtMs: number;
    isMissed: boolean;
    callsThatFail: number;
    /** Of processes, at the gates with these labels. */
    stops: { readonly label: string; readonly ms: number }[];
  };
}

/** A copy that is younger is no backup: nobody restores a ledger within seconds. */
const BACKUP_AFTER_MS = 30_000;

export async function act(parts: Parts, event: PlannedEvent, actor: Actor | null): Promise<void> {
  const { scheduler, system, record, tool } = parts;
  switch (event.do) {
    case 'wire':
      parts.wireFaults.push({ side: event.side, of: event.of, fault: { how: event.how, share: event.share } });
      return;
    case 'statement':
      parts.brokenStatements.push(event.how);
      return;
    case 'temporal-away':
      parts.memory.callsThatFail += 1;
      return;
    case 'kill':
      return system.kill(system.workers[event.process]?.process ?? never());
    case 'kill-here':
      return actor === null ? undefined : system.kill(actor.process);
    case 'stop-here':
      if (actor !== null && system.workers.some(({ process }) => process === actor.process))
        system.stop(actor.process, event.ms);
      return;
    case 'stop-calling':
      parts.memory.stops.push({ label: event.call.replace(': ', `: ${event.moment} `), ms: event.ms });
      return;
    case 'slow-here':
      if (actor !== null && actor.run === undefined) actor.heldUntilMs = scheduler.nowMs() + event.ms;
      return;
    case 'people':
      return people(parts, event.what, event.item);
    case 'verb':
      return verb(parts, event.verb, itemOf(parts, event.item));
    case 'sweep':
      return sweep(parts, event.sweep);
    case 'missed-by-id': {
      const until = scheduler.nowMs() + event.ms;
      if (event.side === 'craft') (craftItem(parts, event.item) ?? never()).missedUntilMs = until;
      // Two such answers at a distance are believed, by contract: one of them only.
      else if (!parts.memory.isMissed)
        for (const item of tool.items.values()) Object.assign(item, { missedUntilMs: until });
      if (event.side === 'tool') parts.memory.isMissed = true;
      return;
    }
    case 'blind-search':
      tool.blindSearches += 1;
      return;
    case 'row-lost':
      await parts.database.sql('delete from item_link where pipeline_id = $1 and craft_item_id = $2', [
        PIPELINE,
        itemOf(parts, event.item).craftItemId,
      ]);
      order(parts, 'restored', itemOf(parts, event.item).craftItemId);
      return;
    case 'copy-ledger':
      parts.memory.copy = await parts.database.copy();
      parts.memory.copiedAtMs = scheduler.nowMs();
      return;
    case 'restore-ledger':
      return restore(parts);
    case 'terminate':
      return system.runs.terminate(itemSyncWorkflowId(itemOf(parts, event.item)));
    case 'configure':
      if (parts.changes.has(event.change)) parts.changes.delete(event.change);
      else parts.changes.add(event.change);
      return;
    case 'ask':
      return ask(parts);
    case 'wait':
      record.timeline.push('time passes');
      return;
  }
}

/** Carries out `stop-calling` where `actor` is at such a moment. */
export function stopCalling({ memory, system }: Parts, actor: Actor, label: string): void {
  const at = memory.stops.findIndex((stop) => stop.label === label);
  if (at === -1) return;
  for (const { ms } of memory.stops.splice(at, 1)) system.stop(actor.process, ms);
}

function never(): never {
  throw new Error('the plan names what does not exist');
}

export function itemOf({ craft }: Parts, index: number): ItemRef {
  return { pipeline: PIPELINE, craftItemId: `c${(index % (craft.size - 1)) + 1}` };
}

function craftItem(parts: Parts, index: number): CraftWorldItem | undefined {
  return parts.craft.get(itemOf(parts, index).craftItemId);
}

/** The dev item that people think of as that of the Craft item: the newest with its marker. */
function devItemOf(parts: Parts, index: number): ToolItem | undefined {
  const start = `craftsync:${PIPELINE}/${itemOf(parts, index).craftItemId}/`;
  return [...parts.tool.items.values()].filter((item) => !item.isDeleted && item.description.includes(start)).at(-1);
}

function people(parts: Parts, what: PeopleDo, index: number): void {
  const { tool, scheduler } = parts;
  const craft = craftItem(parts, index) ?? never();
  const dev = devItemOf(parts, index);
  const touched = { updatedAtMs: scheduler.nowMs() };
  switch (what) {
    case 'status':
      if (dev !== undefined) tool.touch(dev, { version: dev.version + 1, isClosed: false });
      return;
    case 'close':
      if (dev !== undefined) tool.touch(dev, { version: dev.version + 1, isClosed: true });
      return;
    case 'delete-dev-item':
      if (dev !== undefined) tool.touch(dev, { isDeleted: true });
      return;
    case 'edit-craft-item':
      return void Object.assign(craft, touched, { title: `${craft.title}!` });
    case 'unready':
      if (craft.status === READY) Object.assign(craft, touched, { status: 'Backlog' });
      return;
    case 'delete-craft-item':
      return void Object.assign(craft, touched, { isDeleted: true });
    case 'move-craft-item':
      return void Object.assign(craft, touched, { isMoved: true });
    case 'unlock':
      craft.fields[LOCK_FIELD] = '';
      return;
    case 'write-progress':
      craft.fields[PROGRESS_FIELD] = 'written by a person';
      return;
    case 'decoy':
      return void tool.add(`Copied by a person\n\n${marker(itemOf(parts, index), 1)}-copy`);
  }
}

function order({ record, scheduler }: Parts, what: Order['what'], craftItemId: string, devItemId?: string): void {
  record.orders.push({ step: scheduler.steps(), what, craftItemId, ...(devItemId !== undefined && { devItemId }) });
}

/** As `craftsync <verb>` does: a signal, or an update that starts the run where there is none. */
export function verb(parts: Parts, name: VerbName, item: ItemRef): void {
  const { runs } = parts.system;
  const workflowId = itemSyncWorkflowId(item);
  const startItem = (): void => {
    if (!runs.isRunning(workflowId)) runs.start('itemSync', workflowId, [item]);
  };
  const update = (what: string, input: unknown, meant: Order['what'] | null): void => {
    startItem();
    const answered = (result: unknown): void => {
      const { outcome } = result as VerbResult;
      parts.record.timeline.push(`${name} of ${item.craftItemId}: ${outcome}`);
      const devItemId = (input as { readonly devItemId?: string } | undefined)?.devItemId;
      if (meant !== null && (meant !== 'released' || outcome === 'released'))
        order(parts, meant, item.craftItemId, devItemId);
    };
    const refused = (error: unknown): void =>
      void parts.record.timeline.push(`${name} of ${item.craftItemId} refused: ${String(error)}`);
    void runs.update(workflowId, what, input).then(answered, refused);
  };
  switch (name) {
    case 'pause':
    case 'resume':
      startItem();
      runs.signal(workflowId, name, {});
      if (name === 'resume') order(parts, 'resumed', item.craftItemId);
      return;
    case 'release':
      return update('release', {}, 'released');
    case 'recreate':
      return update('recreate', {}, 'recreated');
    case 'resync':
      return update('resyncNow', {}, null);
    case 'accept-drift':
      return update('resyncNow', { acceptDrift: true }, null);
    case 'relink': {
      const other = parts.tool.add('Made by a person');
      return update('relink', { devItemId: other.id }, 'relinked');
    }
    case 'relink-back': {
      const start = `craftsync:${PIPELINE}/${item.craftItemId}/`;
      const own = [...parts.tool.items.values()].find(
        ({ description, isDeleted }) => !isDeleted && description.includes(start),
      );
      if (own === undefined) return;
      return update('relink', { devItemId: own.id }, 'relinked');
    }
  }
}

/** A scheduled sweep; one that is still running is left alone. */
export function sweep(parts: Parts, name: SweepName): void {
  const { runs } = parts.system;
  const [workflow, input] = {
    ready: ['readySweep', { pipeline: PIPELINE }],
    progress: ['progressSweep', { devTool: 'km' }],
    drift: ['driftSweep', { pipeline: PIPELINE }],
  }[name] as [string, object];
  if (!runs.isRunning(workflow)) runs.start(workflow, workflow, [input]);
}

/** What `status`, `log` and `audit` ask of the ledger (I8). */
async function ask({ system, database, record, wrongs }: Parts): Promise<void> {
  const ledger = system.workers[0]?.ledger ?? never();
  const before = await database.copy();
  const { length } = record.effects;
  await actors.run(undefined, async () => {
    await ledger.links.countByPhase(undefined);
    await ledger.links.listTroubled(undefined);
    await ledger.links.listShown(undefined);
    await ledger.connections.listPaused();
    await ledger.connections.sweeps();
    await ledger.silences.list();
    await ledger.submissions.listOpen();
    await ledger.continuity.openComparisons();
    await ledger.log.read({ limit: 100 });
    await ledger.live.liveScopes('km');
  });
  const isSame = (await database.copy()) === before && record.effects.length === length;
  if (!isSame) wrongs.push('read-only wrote: status changed the ledger or the other side');
}

/** Puts the ledger back to the copy that was made last, or to the empty one that it began with. */
function restore(parts: Parts): void {
  const { memory, scheduler, database, craft, system, record, people } = parts;
  const { copy, copiedAtMs } = memory;
  const waitMs = Math.max(1, copiedAtMs + BACKUP_AFTER_MS - scheduler.nowMs());
  const now = async (): Promise<void> => {
    // Processes have said until now that the ledger is in use.
    await system.beat();
    await database.restore(copy);
    record.timeline.push(
      `step ${scheduler.steps()}: the ledger is what it was at ${new Date(copiedAtMs).toISOString()}`,
    );
    for (const craftItemId of craft.keys()) order(parts, 'restored', craftItemId);
  };
  scheduler.later(people, waitMs, () => void scheduler.inFlight(actors.run(undefined, now)));
}
