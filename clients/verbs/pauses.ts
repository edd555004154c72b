/**
 * `pause` and `resume` (design 3, Verbs). To an item they are signals, so the command waits a moment until the row
 * shows their effect. `resume <connection>` ends the pause of a connection, for example after mass deletions (design 3,
 * Gone), and `resume <pipeline>` that of a pipeline whose items were refused (design 3, A refused pipeline).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import { pipelinePauseKey } from '../../domain/ids.js';
import { progressOf, statusOf } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import { ITEM_SYNC_WORKFLOW, pauseSignal, resumeSignal, type ReasonInput } from '../../domain/messages.js';
import { isFinal, isLetGo } from '../../domain/phases.js';
import type { Settings } from '../../domain/settings.js';
import type { ConnectionPause, Ledger } from '../../ledger/ledger.js';
import { CommandFailure, wrongUsage } from '../failure.js';
import { withEverything, type CommandContext, type OpenedLedger, type OpenedTemporal } from '../resources.js';
import { inBatches } from '../inBatches.js';
import { counted } from '../tables.js';
import { noWorker } from '../workerPresence.js';
import { addresseeOf, askOf, reasonOf, requireRow, startOptionsOf, type OrderOptions } from './orders.js';

/** `first` is a pipeline if `item` is given, otherwise what to pause or resume as a whole. */
export interface PauseTarget {
  readonly first: string;
  readonly item: string | undefined;
}

const SHOWN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 200;

export async function pause(context: CommandContext, target: PauseTarget, options: OrderOptions): Promise<void> {
  await withEverything(context, async (opened) => {
    const { first, item } = target;
    if (item === undefined) throw wholePause(opened.settings, first);
    const row = await requireRow(opened.ledger, opened.settings, { pipeline: first, item });
    if (isFinal(row.phase)) throw new CommandFailure(`${item} is ${row.phase}: nothing is written for it anyway`);
    const after = await signalAndWatch(opened, row, pauseSignal, options, (link) => link.phase === 'paused');
    show(context, opened.settings, after, options, {
      done: after.phase === 'paused',
      words: 'paused',
      later: 'it pauses when the current step has ended',
    });
  });
}

export async function resume(context: CommandContext, target: PauseTarget, options: OrderOptions): Promise<void> {
  await withEverything(context, async (opened) => {
    const { first, item } = target;
    if (item === undefined) {
      await resumeWhole(context, opened, first, options);
      return;
    }
    const row = await requireRow(opened.ledger, opened.settings, { pipeline: first, item });
    if (row.phase !== 'paused')
      throw new CommandFailure(`${item} is ${row.phase}, not paused: there is nothing to resume`);
    if (row.blockedBy === 'pipeline-removed') {
      throw new CommandFailure(`the pipeline ${first} is no longer configured: put it back and run craftsync apply`);
    }
    const after = await signalAndWatch(opened, row, resumeSignal, options, (link) => link.phase !== 'paused');
    show(context, opened.settings, after, options, {
      done: after.phase !== 'paused',
      words: 'resumed',
      later: 'it resumes when the current step has ended',
    });
  });
}

async function signalAndWatch(
  { client, ledger, presence }: OpenedLedger & OpenedTemporal,
  row: ItemLink,
  signal: SignalDefinition<[ReasonInput?]>,
  options: OrderOptions,
  isShown: (link: ItemLink) => boolean,
): Promise<ItemLink> {
  await send(client, row, signal, reasonOf(options));
  const giveUpAt = performance.now() + SHOWN_WITHIN_MS;
  for (;;) {
    const link = (await ledger.links.get(row)) ?? row;
    if (isShown(link)) return link;
    if (performance.now() >= giveUpAt) {
      if (!(await presence.isAnswered(askOf(row)))) throw noWorker();
      return link;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function send(
  client: Client,
  row: ItemLink,
  signal: SignalDefinition<[ReasonInput?]>,
  input: ReasonInput,
): Promise<void> {
  await client.workflow.signalWithStart(ITEM_SYNC_WORKFLOW, {
    ...startOptionsOf(addresseeOf(row)),
    signal,
    signalArgs: [input],
  });
}

function show(
  { terminal }: CommandContext,
  settings: Settings,
  link: ItemLink,
  { json }: OrderOptions,
  outcome: { readonly done: boolean; readonly words: string; readonly later: string },
): void {
  const rule = settings.pipelines[link.pipeline]?.progress ?? null;
  const status = statusOf(link, progressOf(link, rule));
  if (json) terminal.json({ outcome: outcome.done ? outcome.words : 'waiting', status });
  else
    terminal.print(
      `${status.shortId ?? status.craftItemId}: ${outcome.done ? outcome.words : outcome.later}; now ${link.phase}`,
    );
}

/** A connection, or a pipeline; a connection goes first, since it may hold the pipeline up. */
async function resumeWhole(
  { terminal }: CommandContext,
  { client, ledger, settings }: OpenedLedger & OpenedTemporal,
  name: string,
  { json }: OrderOptions,
): Promise<void> {
  const { connections } = ledger;
  const paused = (await connections.paused(name)) ?? (await connections.paused(pipelinePauseKey(name)));
  if (paused === null) throw await nothingToResume(ledger, settings, name);
  await connections.resume(paused.connection);
  const woken = await wakeWaiting(client, ledger, paused);
  const what = paused.refused === undefined ? { connection: name } : { pipeline: name };
  if (json) terminal.json({ ...what, outcome: 'resumed', woken });
  else terminal.print(`${name} is resumed (it was paused: ${paused.reason}); ${counted(woken, 'waiting item')} woken`);
}

/** Items wait with long timers, which a signal ends. Those that a pipeline was paused for look again, too. */
export async function wakeWaiting(client: Client, ledger: Ledger, pause: ConnectionPause): Promise<number> {
  const { connection, reason, refused } = pause;
  const links = await ledger.links.list(heldUpBy(pause));
  const waiting = links.filter(
    (link) => !isLetGo(link.phase) && (link.blockedBy === reason || refused?.items.includes(link.craftItemId) === true),
  );
  const input = { reason: `${refused?.pipeline ?? connection} was resumed` };
  await inBatches(waiting, (link) => send(client, link, resumeSignal, input));
  return waiting.length;
}

function heldUpBy({ connection, refused }: ConnectionPause): Parameters<Ledger['links']['list']>[0] {
  if (refused !== undefined) return { pipeline: refused.pipeline };
  return connection === 'craft' ? {} : { devTool: connection };
}

async function nothingToResume(ledger: Ledger, settings: Settings, name: string): Promise<CommandFailure> {
  const isConnection = name === settings.craft.name || Object.hasOwn(settings.devTools, name);
  const isPipeline = Object.hasOwn(settings.pipelines, name);
  if (!isConnection && !isPipeline) return wholePause(settings, name);
  const others = (await ledger.connections.listPaused()).map(
    ({ connection, refused }) => refused?.pipeline ?? connection,
  );
  const hint =
    others.length === 0 ? `no ${isConnection ? 'connection' : 'pipeline'} is paused` : `paused: ${others.join(', ')}`;
  const what = isConnection ? 'connection' : 'pipeline';
  const more = isConnection ? '' : `: write craftsync resume ${name} <item> to resume an item`;
  return new CommandFailure(`the ${what} ${name} is not paused, so there is nothing to resume (${hint})${more}`);
}

/** Operators cannot pause whole pipelines and connections in this release: the error names what comes close. */
function wholePause(settings: Settings, name: string): CommandFailure {
  if (Object.hasOwn(settings.pipelines, name)) {
    return new CommandFailure(
      `a whole pipeline cannot be paused in this release: name an item of ${name} after it, ` +
        `or pause the schedules ready-sweep:${name} and drift-sweep:${name} in the Temporal UI`,
    );
  }
  if (name === settings.craft.name || Object.hasOwn(settings.devTools, name)) {
    return new CommandFailure(
      `a whole connection cannot be paused in this release: pause single items, or the schedules of ${name} in the Temporal UI`,
    );
  }
  return wrongUsage(
    `the configuration has neither a pipeline nor a connection named ${name}: write craftsync resume <pipeline> <item>, or a connection or a pipeline alone`,
  );
}
