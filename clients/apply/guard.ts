/** Refuses changes that are probably mistakes, unless a flag confirms them (design 7, Changes of the configuration). */
import type { Applied } from '../../domain/applied.js';
import type { ItemRef } from '../../domain/ids.js';
import { ITEM_SYNC_WORKFLOW } from '../../domain/messages.js';
import { SEARCH_ATTRIBUTES } from '../../domain/searchAttributes.js';
import { OPEN_PHASES } from '../../domain/phases.js';
import type { Ledger } from '../../ledger/ledger.js';
import { CommandFailure } from '../failure.js';
import { cannotBeCompared, openComparisons, uncomparedAdvice, uncomparedWords } from '../status/uncompared.js';
import { counted, durationWords } from '../tables.js';
import { wakeUncreated, type Reach } from './items.js';
import type { ConfigurationChanges } from './changes.js';

export interface GuardedChange {
  readonly changes: ConfigurationChanges;
  readonly before: Applied | null;
  readonly now: Applied;
  readonly accept: boolean;
}

/** @throws CommandFailure that names the change and the flag that confirms it. Runs before anything is changed. */
export async function refuseUnconfirmed(
  ledger: Ledger,
  { changes, before, now, accept }: GuardedChange,
): Promise<void> {
  const [suspected] = changes.suspected;
  if (suspected !== undefined && !accept) {
    const { from, to } = suspected;
    throw new CommandFailure(
      `pipeline ${from} is gone and ${to} has the same source and dev tool: run apply --rename ${from}=${to} to move its ` +
        `links, or apply --accept to start ${to} fresh and pause the items of ${from}`,
    );
  }
  for (const rename of changes.renamed) await refuseWhileCreating(ledger, rename.from, rename.to);
  for (const pipeline of changes.retargeted) {
    const open = await openLinks(ledger, changes.renamed.find(({ to }) => to === pipeline)?.from ?? pipeline);
    if (open === 0) continue;
    const devTool = (before?.pipelines[pipeline] ?? before?.removed[pipeline])?.devTool;
    const isOtherTool = devTool !== undefined && devTool !== now.pipelines[pipeline]?.devTool;
    if (isOtherTool) {
      throw new CommandFailure(
        `pipelines.${pipeline}.target.devTool changed while ${counted(open, 'item')} of it ${isAre(open)} linked in ${devTool}: ` +
          `keep ${pipeline} and add the new route under a name of its own, or release these items first`,
      );
    }
    if (accept) continue;
    throw new CommandFailure(
      `pipelines.${pipeline}.target changed while ${counted(open, 'item')} of it ${isAre(open)} linked; they stay where they are ` +
        'and only new ones go to the new target: run apply --accept if you mean that, else put the old target back',
    );
  }
}

/** What the ledger may lack: refused or reported, unless `--accept` takes it as it is. */
export async function guardEmptyLedger(
  reach: Reach,
  accept: boolean,
  report: { readonly say: (line: string) => void; readonly note: (line: string) => void },
): Promise<void> {
  await refuseEmptyLedger(reach, accept);
  await reportComparisons(reach, accept, report);
}

/**
 * An empty ledger beside runs that are linked is most likely the wrong database, or a lost one. What the dev tools hold
 * is compared before anything is created (decision 18), so `--accept` may start from it.
 *
 * @throws CommandFailure that names the pipeline.
 */
async function refuseEmptyLedger({ client, ledger, settings }: Reach, accept: boolean): Promise<void> {
  if (accept) return;
  const known = new Set((await ledger.links.countByPhase()).map(({ pipeline }) => pipeline));
  for (const pipeline of Object.keys(settings.pipelines).filter((name) => !known.has(name))) {
    const query = `WorkflowType = '${ITEM_SYNC_WORKFLOW}' AND ${SEARCH_ATTRIBUTES.pipeline.name} = '${pipeline}' AND ${SEARCH_ATTRIBUTES.devItem.name} IS NOT NULL AND ExecutionStatus = 'Running'`;
    const { count } = await client.workflow.count(query);
    if (count === 0) continue;
    throw new CommandFailure(
      `the ledger has no item of pipeline ${pipeline}, but Temporal shows ${counted(count, 'run')} of it with a dev item: ` +
        'check that DATABASE_URL names the right database, or restore it from its backup. If it is lost for good, run ' +
        'apply --accept: what the dev tool holds is linked again by its markers before anything is created',
    );
  }
}

/**
 * Pipelines whose markers cannot be compared with the ledger, so that nothing is created: `--accept` overrides it, also
 * while somebody tries once more. A comparison that has not failed is left to end.
 */
async function reportComparisons(
  { client, ledger, settings }: Reach,
  accept: boolean,
  { say, note }: { readonly say: (line: string) => void; readonly note: (line: string) => void },
): Promise<void> {
  for (const comparison of await openComparisons(ledger, settings)) {
    const { pipeline, devTool, trouble, underWayMs } = comparison;
    if (trouble === null || !cannotBeCompared(comparison)) {
      const waits = trouble === null ? 'is about to be' : `waits (${trouble.why}) to be`;
      const since = underWayMs === null ? waits : `has been for ${durationWords(rounded(underWayMs))}`;
      note(
        `${pipeline}: what ${devTool} holds ${since} compared with the ledger, and items are created once that is done` +
          (accept ? '; --accept overrides only a comparison that cannot be made' : ''),
      );
    } else if (accept) {
      await ledger.continuity.dismiss(pipeline, devTool);
      say(`accepted: ${devTool} holds nothing of ${pipeline} that the ledger does not know, although ${trouble.why}`);
      const woken = await wakeUncreated({ client, ledger, settings }, pipeline);
      if (woken > 0) say(`${pipeline}: told ${counted(woken, 'item')} that waited for it`);
    } else {
      note(`${pipeline}: ${uncomparedWords(devTool, trouble.why)}: ${uncomparedAdvice(devTool)}`);
    }
  }
}

function rounded(lengthMs: number): number {
  const unitMs = lengthMs < 120_000 ? 1_000 : 60_000;
  return Math.max(1, Math.round(lengthMs / unitMs)) * unitMs;
}

/**
 * A create whose outcome is unknown is found by its marker, which carries the pipeline's old name. This is checked
 * before any run is ended; the ledger checks again in the transaction that moves the rows.
 */
async function refuseWhileCreating(ledger: Ledger, from: string, to: string): Promise<void> {
  const links = await ledger.links.list({ pipeline: from });
  const open = links.filter((link) => link.sentAt !== null && link.devItemId === null);
  if (open.length > 0) throw new CommandFailure(stillCreating(from, to, open));
}

export function stillCreating(from: string, to: string, items: readonly ItemRef[]): string {
  return (
    `${counted(items.length, 'item')} of ${from} (${idsOf(items)}) ${items.length === 1 ? 'waits' : 'wait'} for the outcome ` +
    `of a create, which can be found under the old name only: put ${from} back instead of ${to}, run apply, and rename ` +
    'once the outcome is known'
  );
}

const MOST_IDS = 5;

export function idsOf(items: readonly ItemRef[]): string {
  const shown = items.slice(0, MOST_IDS).map(({ craftItemId }) => craftItemId);
  return items.length > MOST_IDS ? `${shown.join(', ')} and ${items.length - MOST_IDS} more` : shown.join(', ');
}

/** How many live rows have a dev item or may be about to get one. */
async function openLinks(ledger: Ledger, pipeline: string): Promise<number> {
  const links = await ledger.links.list({ pipeline, phases: OPEN_PHASES });
  return links.filter((link) => link.devItemId !== null || link.sentAt !== null).length;
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
