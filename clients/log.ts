/**
 * `log` (design 7): the sync log from the ledger, newest last; `--follow` keeps printing new entries. Never asks
 * Temporal.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ItemRef } from '../domain/ids.js';
import type { Ledger, LogEntry } from '../ledger/ledger.js';
import { CommandFailure, oneLine } from './failure.js';
import { requirePipeline, withLedger, type CommandContext, type OpenedLedger } from './resources.js';
import { renderTable } from './tables.js';
import type { Terminal } from './terminal.js';

export interface LogTarget {
  readonly pipeline: string | undefined;
  readonly item: string | undefined;
}

type Entry = LogEntry & { readonly id: string };

/** How many entries are printed, and with `--follow` printed first. */
const SHOWN = 200;
const PAGE = 1_000;
const LOOK_EVERY_MS = 1_000;

export async function log(
  context: CommandContext,
  target: LogTarget,
  options: { readonly follow: boolean; readonly json: boolean },
): Promise<void> {
  await withLedger(context, async (opened) => {
    const filter = await filterOf(opened, target);
    const entries = await opened.ledger.log.read({ ...filter, limit: SHOWN });
    if (options.follow) await follow(context.terminal, opened.ledger, filter, entries, options.json);
    else if (options.json) context.terminal.json(entries.map(publicOf));
    else context.terminal.print(renderLog(context.terminal, entries, await shortIdsOf(opened.ledger, entries)));
  });
}

async function filterOf({ ledger, settings }: OpenedLedger, { pipeline, item }: LogTarget) {
  if (pipeline === undefined) return {};
  if (item === undefined) {
    const isKnown = (await ledger.log.read({ pipeline, limit: 1 })).length > 0;
    if (!isKnown) requirePipeline(settings, pipeline);
    return { pipeline };
  }
  const row = await ledger.links.find(pipeline, item);
  if (row !== null) return { pipeline, craftItemId: row.craftItemId };
  if ((await ledger.log.read({ pipeline, craftItemId: item, limit: 1 })).length > 0)
    return { pipeline, craftItemId: item };
  requirePipeline(settings, pipeline);
  throw new CommandFailure(
    `the ledger has no item ${item} in ${pipeline}: craftsync resync ${pipeline} ${item} starts it if it is ready`,
  );
}

/** Runs until Ctrl-C, or until the reader closes the pipe. One line for each entry; with `--json` one object a line. */
async function follow(
  terminal: Terminal,
  ledger: Ledger,
  filter: { readonly pipeline?: string; readonly craftItemId?: string },
  shown: readonly Entry[],
  json: boolean,
): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    let entries = shown;
    let afterId = entries.at(-1)?.id ?? '0';
    for (;;) {
      for (const entry of entries) {
        if (json) terminal.json(publicOf(entry));
        else terminal.print(lineOf(entry));
      }
      afterId = entries.at(-1)?.id ?? afterId;
      if (stopping.signal.aborted) return;
      if (entries.length < PAGE)
        await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      entries = await ledger.log.read({ ...filter, afterId, limit: PAGE });
    }
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

/** The columns of `sync_log` (design 7, Tables) in our spelling. */
function publicOf({ at, pipeline, craftItemId, step, outcome, attempt, detail, workflowId, runId }: Entry): LogEntry {
  return { at, pipeline, craftItemId, step, outcome, attempt, detail, workflowId, runId };
}

/** People know items by their short ids, the log by the ids that last. */
async function shortIdsOf(ledger: Ledger, entries: readonly Entry[]): Promise<ReadonlyMap<string, string>> {
  const items = new Map<string, ItemRef>();
  for (const { pipeline, craftItemId } of entries) {
    if (craftItemId !== null) items.set(craftItemId, { pipeline, craftItemId });
  }
  const links = await Promise.all([...items.values()].map((item) => ledger.links.get(item)));
  const known = links.filter((link) => link !== null);
  return new Map(known.map(({ craftItemId, craftShortId }) => [craftItemId, craftShortId ?? craftItemId]));
}

function renderLog(terminal: Terminal, entries: readonly Entry[], shortIds: ReadonlyMap<string, string>): string {
  if (entries.length === 0) return 'the log has no entries yet';
  const rows = entries.map((entry) => [
    timeOf(entry.at),
    entry.pipeline,
    entry.craftItemId === null ? null : (shortIds.get(entry.craftItemId) ?? entry.craftItemId),
    entry.step,
    attemptOf(entry),
    entry.detail,
  ]);
  return renderTable(terminal, ['time (UTC)', 'pipeline', 'item', 'step', 'outcome', 'detail'], rows);
}

function lineOf(entry: Entry): string {
  const parts = [
    timeOf(entry.at),
    entry.pipeline,
    entry.craftItemId ?? '-',
    entry.step,
    attemptOf(entry),
    oneLine(entry.detail ?? ''),
  ];
  return parts.join('  ').trimEnd();
}

function attemptOf({ outcome, attempt }: Entry): string {
  return attempt > 1 ? `${outcome} (attempt ${attempt})` : outcome;
}

export function timeOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
