/** What needs a person, and what to do about it (design 7, `status`). Pure. */
import { REASON_TEXTS } from '../../domain/reasons.js';
import type { ItemLink } from '../../domain/link.js';
import { isFinal } from '../../domain/phases.js';

export interface Attention {
  readonly link: ItemLink;
  /** Short: `blocked (missing-field)`, `drift`. */
  readonly what: string;
  readonly why: string;
  readonly advice: string;
}

/** One entry for each thing that needs a person: an item may be blocked and a duplicate at the same time. */
export function attentionOf(link: ItemLink): readonly Attention[] {
  const needs: Attention[] = [];
  const add = (what: string, why: string, advice: string): void => void needs.push({ link, what, why, advice });
  const { phase, blockedBy, lastError } = link;
  if (phase === 'blocked' || phase === 'paused') {
    const why = lastError ?? (blockedBy === null ? 'no reason was noted' : REASON_TEXTS[blockedBy].words);
    add(`${phase}${blockedBy === null ? '' : ` (${blockedBy})`}`, why, REASON_TEXTS[blockedBy ?? 'unexpected'].advice);
  }
  if (isRefusedAlone(link))
    add(`${phase} (refused)`, lastError ?? REASON_TEXTS.refused.words, REASON_TEXTS.refused.advice);
  if (phase === 'orphaned') {
    add(
      'orphaned',
      lastError ?? `${link.devItemKey ?? link.devItemId ?? 'the dev item'} no longer exists in ${link.devTool}`,
      'Decide: `craftsync recreate`, `craftsync relink` with another dev item, or `craftsync release`.',
    );
  }
  // Set by a push: the dev item was dropped in the tool, or Craft.io refuses an optional field.
  if (phase === 'following' && blockedBy === null && lastError !== null) {
    add(
      'following, flagged',
      lastError,
      'Look at the item on both sides; `craftsync release` ends the link if it is over.',
    );
  }
  if (link.drift && phase !== 'released') {
    add(
      'drift',
      `changed in Craft.io since the hand-over: ${link.driftFields.join(', ')}`,
      'Change it back in Craft.io, or accept it: `craftsync resync --accept-drift`.',
    );
  }
  if (link.duplicate && phase !== 'released') {
    add('duplicate', `further dev items: ${link.duplicateDevItems.join(', ')}`, REASON_TEXTS.duplicate.advice);
  }
  return needs;
}

/** A step keeps failing, or waits for a connection. Nobody has to act yet, but the overview shows it. */
export function isInTrouble({ phase, blockedBy }: Pick<ItemLink, 'phase' | 'blockedBy'>): boolean {
  return phase !== 'blocked' && phase !== 'paused' && blockedBy !== null;
}

/** The step is still repeated, but fails on this item alone, so that only a change of the item helps. */
function isRefusedAlone(link: ItemLink): boolean {
  const { phase, blockedBy } = link;
  if (phase === 'blocked' || phase === 'paused' || phase === 'orphaned' || isFinal(phase)) return false;
  return blockedBy === 'refused' && !waitsForComparison(link);
}

/** What was refused is the comparison of the pipeline's markers: that is told once, for all who wait for it. */
function waitsForComparison({ blockedUntil, devItemId, sentAt }: ItemLink): boolean {
  return blockedUntil !== null && devItemId === null && sentAt === null;
}
