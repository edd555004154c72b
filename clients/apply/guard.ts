/** Changes of the configuration that `apply` makes only when somebody says that they are meant (design 7). */
import type { Applied } from '../../domain/applied.js';
import type { ItemRef } from '../../domain/ids.js';
import { FINAL_PHASES, PHASES } from '../../domain/phases.js';
import type { Ledger } from '../../ledger/ledger.js';
import { CommandFailure } from '../failure.js';
import { counted } from '../tables.js';
import type { ConfigurationChanges } from './changes.js';

export interface GuardedChange {
  readonly changes: ConfigurationChanges;
  readonly before: Applied | null;
  readonly now: Applied;
  readonly accept: boolean;
}

const OPEN_PHASES = PHASES.filter((phase) => !(FINAL_PHASES as readonly string[]).includes(phase));

/** @throws CommandFailure that names the change and how to say that it is meant. Nothing has been changed by then. */
export async function refuseUnmeant(ledger: Ledger, { changes, before, now, accept }: GuardedChange): Promise<void> {
  const [suspected] = changes.suspected;
  if (suspected !== undefined && !accept) {
    const { from, to } = suspected;
    throw new CommandFailure(
      `pipeline ${from} is gone and ${to} has the same source and dev tool: run apply --rename ${from}=${to} to move its ` +
        `links along, or apply --accept where ${to} begins anew and the items of ${from} are to pause`,
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
          `give the new route a name of its own beside ${pipeline}, or release these items first`,
      );
    }
    if (accept) continue;
    throw new CommandFailure(
      `pipelines.${pipeline}.target changed while ${counted(open, 'item')} of it ${isAre(open)} linked; they stay where they are ` +
        'and only new ones go to the new target: run apply --accept if that is meant, else put the old target back',
    );
  }
}

/**
 * A create whose outcome is not known is found again by its marker, which carries the pipeline's old name. Looked at
 * before anything is ended; the ledger looks once more in the transaction that moves the rows.
 */
async function refuseWhileCreating(ledger: Ledger, from: string, to: string): Promise<void> {
  const links = await ledger.links.list({ pipeline: from });
  const open = links.filter((link) => link.sentAt !== null && link.devItemId === null);
  if (open.length > 0) throw new CommandFailure(stillCreating(from, to, open));
}

export function stillCreating(from: string, to: string, items: readonly ItemRef[]): string {
  return (
    `${counted(items.length, 'item')} of ${from} (${idsOf(items)}) wait for the outcome of a create, and are found again ` +
    `under the old name only: put ${from} back instead of ${to}, run apply, and rename once they are linked`
  );
}

const MOST_IDS = 5;

export function idsOf(items: readonly ItemRef[]): string {
  const shown = items.slice(0, MOST_IDS).map(({ craftItemId }) => craftItemId);
  return items.length > MOST_IDS ? `${shown.join(', ')} and ${items.length - MOST_IDS} more` : shown.join(', ');
}

/** Rows that hold a dev item, or may be about to get one, and are not closed. */
async function openLinks(ledger: Ledger, pipeline: string): Promise<number> {
  const links = await ledger.links.list({ pipeline, phases: OPEN_PHASES });
  return links.filter((link) => link.devItemId !== null || link.sentAt !== null).length;
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
