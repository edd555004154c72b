/**
 * Tells a tool that fails on one item from a tool that is down. An old database that cannot store an emoji, a plug-in
 * that stumbles over a value: the tool answers 500 to this item for ever and works for all others, and nothing but a
 * person who changes the item helps.
 */
import type { ToolError } from '../../domain/errors.js';
import type { ItemRef } from '../../domain/ids.js';
import type { Needs } from '../ports.js';

/** So many failures in a row may still be an outage that the others were spared by chance. */
const SUSPECT_AFTER = 3;

/** What the log says of an item whose write was accepted. */
const ACCEPTED_BY_CRAFT = ['locked', 'pushed', 'written-again', 'reverted'];
const ACCEPTED_BY_TOOL = ['created', 'comment-posted'];

/**
 * What to say, with the error, when the tool itself failed `failures` times in a row on this item while it accepted
 * writes of other items of the pipeline; else null.
 */
export async function suspicion(
  { deps, item }: { readonly deps: Needs<'log'>; readonly item: ItemRef },
  error: ToolError,
  failures: number,
): Promise<string | null> {
  const failedByItself = (error.details.status ?? 0) >= 500;
  if (!failedByItself || failures < SUSPECT_AFTER) return null;
  const accepted = error.details.connection === 'craft' ? ACCEPTED_BY_CRAFT : ACCEPTED_BY_TOOL;
  if (!(await deps.ledger.log.othersPassed(item, { failures, accepted }))) return null;
  const words = 'It fails on this item alone, while others pass: look at its title and description, e.g. for an emoji';
  return `${error.message}. ${words}`;
}
