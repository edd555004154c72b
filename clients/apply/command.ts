/**
 * `apply` (design 7): brings the ledger, the search attributes, the schedules and the live items in line with the
 * configuration. Each part compares before it changes, so that a second run changes nothing. What was applied is stored
 * last, so that the next run repeats an interrupted one in full.
 */
import { readApplied, type Applied } from '../../domain/applied.js';
import { isFinal } from '../../domain/phases.js';
import { readBudgets } from '../../runtime/budget/view.js';
import { budgetLines, isLimited } from '../budgets.js';
import { CommandFailure, wrongUsage } from '../failure.js';
import { withEverything, type CommandContext, type OpenedLedger, type OpenedTemporal } from '../resources.js';
import { counted, durationWords } from '../tables.js';
import {
  appliedOf,
  configurationChanges,
  parseRename,
  renameProblem,
  type ConfigurationChanges,
  type Rename,
} from './changes.js';
import { canonical } from './canonical.js';
import { guardEmptyLedger, idsOf, refuseUnconfirmed, stillCreating } from './guard.js';
import {
  endRefusals,
  endRuns,
  startAll,
  startLost,
  wakeRemapped,
  wakeRemoved,
  wakeRestored,
  type Reach,
} from './items.js';
import { changeSchedule, existingSchedules, scheduleChanges, scheduleIdsOf, wantedSchedules } from './schedules.js';
import type { ScheduleChange } from './schedules.js';
import { registerSearchAttributes, RegistrationRefused } from './searchAttributes.js';
import { applyWebhooks } from './webhooks.js';

export interface ApplyOptions {
  /** `old=new` */
  readonly renames: readonly string[];
  readonly accept: boolean;
}

type All = OpenedLedger & OpenedTemporal;
type OwnChange = Exclude<ScheduleChange, { action: 'foreign' }>;

export async function apply(context: CommandContext, options: ApplyOptions): Promise<void> {
  const renames = options.renames.map(readRename);
  await withEverything(context, (opened) => applyAll(context, opened, { renames, accept: options.accept }), {
    unmigrated: 'accepted',
  });
}

function readRename(text: string): Rename {
  const rename = parseRename(text);
  if (rename === null) throw wrongUsage(`--rename ${text}: write old=new, the two names of the pipeline`);
  return rename;
}

async function applyAll(
  { terminal }: CommandContext,
  opened: All,
  options: { readonly renames: readonly Rename[]; readonly accept: boolean },
): Promise<void> {
  const { client, ledger, settings, configuration } = opened;
  for (const warning of configuration.warnings) terminal.note(`warning: ${warning}`);
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    terminal.print(line);
  };
  for (const name of await ledger.migrate()) say(`ledger: applied ${name}`);
  const stored = await ledger.connections.applied();
  const before = readApplied(stored);
  const now = appliedOf(settings);
  const renames = await dueRenames(ledger, options.renames, before, now);
  const changes = configurationChanges(before, now, renames);
  await refuseUnconfirmed(ledger, { changes, before, now, accept: options.accept });

  await register(terminal.print, opened, say);
  const reach: Reach = { client, ledger, settings };
  await guardEmptyLedger(reach, options.accept, { say, note: terminal.note });
  const schedules = await dueSchedules(opened, before);
  // Schedules go before the rows move and come after: no sweep may start items under the old name again, nor under the
  // new name before the rows carry it.
  await applySchedules(
    client,
    schedules.filter(({ action }) => action === 'delete'),
    say,
  );
  for (const rename of renames) await moveItems(reach, rename, say);
  await applySchedules(
    client,
    schedules.filter(({ action }) => action !== 'delete'),
    say,
  );
  await wakeItems(reach, changes, say);
  const record = { ...now, removed: await removedWithItems(ledger, before, now) };
  if (stored === null || canonical(stored) !== canonical(record)) await ledger.connections.storeApplied(record);
  await applyWebhooks(configuration, { say, note: terminal.note });
  if (said.length === 0) terminal.print(nothingToChange(opened));
  // Beside the list of changes, which others may read.
  const limited = (await readBudgets(ledger.budgets, settings)).filter(isLimited);
  for (const line of budgetLines(limited)) terminal.note(`budget: ${line}`);
}

function nothingToChange({ access, settings, configuration }: All): string {
  return (
    `nothing to change: ${counted(wantedSchedules(settings).length, 'schedule')} and the ledger are as ` +
    `${configuration.file} says, at Temporal ${access.address}, namespace ${access.namespace}`
  );
}

/** Removed pipelines with live items: these pause, and need what is stored here to say so in Craft.io. */
async function removedWithItems(
  ledger: All['ledger'],
  before: Applied | null,
  now: Applied,
): Promise<Applied['removed']> {
  const live = new Set(
    (await ledger.links.countByPhase()).filter(({ phase }) => !isFinal(phase)).map(({ pipeline }) => pipeline),
  );
  const known = Object.entries({ ...before?.removed, ...before?.pipelines });
  return Object.fromEntries(known.filter(([name]) => !Object.hasOwn(now.pipelines, name) && live.has(name)));
}

/** Leaves out renames that were applied already, so that `--rename` may stay in a script. */
async function dueRenames(
  ledger: All['ledger'],
  renames: readonly Rename[],
  before: Applied | null,
  now: Applied,
): Promise<readonly Rename[]> {
  const due: Rename[] = [];
  for (const rename of renames) {
    const isDone =
      before !== null && !Object.hasOwn(before.pipelines, rename.from) && Object.hasOwn(before.pipelines, rename.to);
    if (isDone && (await ledger.links.list({ pipeline: rename.from })).length === 0) continue;
    const problem = renameProblem(rename, before, now);
    if (problem !== null) throw new CommandFailure(problem);
    due.push(rename);
  }
  return due;
}

async function register(print: (line: string) => void, opened: All, say: (line: string) => void): Promise<void> {
  try {
    const registered = await registerSearchAttributes(opened.client, opened.access);
    if (registered.length > 0) say(`search attributes: registered ${registered.join(', ')}`);
  } catch (error) {
    if (error instanceof RegistrationRefused) for (const command of error.commands) print(command);
    throw error;
  }
}

/** @throws CommandFailure where a schedule that `apply` did not create has an id that it needs. */
async function dueSchedules(opened: All, before: Applied | null): Promise<readonly OwnChange[]> {
  const wanted = wantedSchedules(opened.settings);
  const ids = [...wanted.map(({ id }) => id), ...(before === null ? [] : scheduleIdsOf(before))];
  const changes = scheduleChanges(wanted, await existingSchedules(opened.client, ids));
  const foreign = changes.find((change) => change.action === 'foreign');
  if (foreign === undefined) return changes.filter((change) => change.action !== 'foreign');
  throw new CommandFailure(
    `a schedule ${foreign.id} exists in namespace ${opened.access.namespace}, and apply did not create it: ` +
      'delete it in the Temporal UI, or give the pipeline another name',
  );
}

async function applySchedules(client: All['client'], changes: readonly OwnChange[], say: (line: string) => void) {
  for (const change of changes) {
    await changeSchedule(client, change);
    say(`schedule: ${describeChange(change)}`);
  }
}

export function describeChange(change: OwnChange): string {
  switch (change.action) {
    case 'create':
      return `created ${change.facts.id}, every ${durationWords(change.facts.everyMs)}`;
    case 'update': {
      const { before, facts } = change;
      if (before.everyMs === facts.everyMs) return `updated ${facts.id}`;
      const was = before.everyMs === 0 ? 'changed by hand' : `was ${durationWords(before.everyMs)}`;
      return `updated ${facts.id}: every ${durationWords(facts.everyMs)}, ${was}`;
    }
    case 'delete':
      return `deleted ${change.id}`;
  }
}

async function moveItems(reach: Reach, { from, to }: Rename, say: (line: string) => void): Promise<void> {
  const why = `pipeline ${from} is now ${to}`;
  await endRuns(reach, from, why);
  const moved = await reach.ledger.renaming.renamePipeline(from, to);
  switch (moved.status) {
    case 'creating':
      throw new CommandFailure(stillCreating(from, to, moved.items));
    case 'taken':
      throw new CommandFailure(
        `${to} has rows for items of ${from} already (${idsOf(moved.items)}): two pipelines cannot become one; ` +
          `leave --rename out and run apply --accept`,
      );
    case 'moved': {
      // News may have started a run again under the old name before the rows moved: it would rest for ever.
      await endRuns(reach, from, why, moved.items);
      const started = await startAll(reach, to);
      const entry = { pipeline: to, craftItemId: null, step: 'apply', outcome: 'renamed', attempt: 1 };
      const detail = `${counted(moved.items.length, 'link')} moved here from ${from}`;
      await reach.ledger.log.append({ ...entry, detail, workflowId: null, runId: null });
      say(
        `renamed: ${from} is now ${to}; ${counted(moved.items.length, 'link')} moved, ${started} of them running again`,
      );
    }
  }
}

async function wakeItems(reach: Reach, changes: ConfigurationChanges, say: (line: string) => void): Promise<void> {
  for (const [pipeline, count] of await wakeRemoved(reach)) {
    say(
      `removed: ${pipeline} is no longer configured; ${counted(count, 'live item')} woken, to pause as pipeline-removed`,
    );
  }
  for (const [pipeline, count] of await wakeRestored(reach)) {
    say(`restored: ${pipeline} is configured again; ${counted(count, 'item')} woken`);
  }
  for (const [pipeline, count] of await endRefusals(reach)) {
    say(`refused: the settings of ${pipeline} changed, it is tried again; ${counted(count, 'waiting item')} woken`);
  }
  for (const [pipeline, count] of await wakeRemapped(reach, changes.remapped)) {
    say(`progress: the mapping of ${pipeline} changed; ${counted(count, 'item')} woken`);
  }
  for (const [pipeline, count] of await startLost(reach)) {
    say(`started again: ${counted(count, 'item')} of ${pipeline} whose workflow was not running`);
  }
}
