/** The judges of how a run ended: I2, and that Craft.io shows the present state of what is followed. */
import { marker } from '../../../../domain/ids.js';
import { statusWord, type ToolItem } from '../outside/devTool.js';
import type { Plan } from '../plan/events.js';
import type { Parts } from '../running/acts.js';
import { LOCKED, LOCK_FIELD, PIPELINE, PROGRESS_FIELD, READY } from '../running/settings.js';
import type { Wrong } from './checks.js';

interface Row {
  readonly craft_item_id: string;
  readonly phase: string;
  readonly blocked_by: string | null;
  readonly last_error: string | null;
  readonly dev_item_id: string | null;
  readonly generation: number;
  readonly drift: boolean;
  readonly dismissed_dev_items: readonly string[];
  readonly duplicate_dev_items: readonly string[];
  /** Beside the row, for a `recreate` of a released item. */
  readonly noted_dev_items: readonly string[];
}

export async function judgeEnd(parts: Parts, plan: Plan): Promise<readonly Wrong[]> {
  const rows = await parts.database.sql<Row>(
    `select l.*, d.*, array(
       select unnest(dev_item_ids) from sent_create s
       where s.pipeline_id = l.pipeline_id and s.craft_item_id = l.craft_item_id
     ) as noted_dev_items
     from item_link l join item_detail d using (pipeline_id, craft_item_id) where l.pipeline_id = $1`,
    [PIPELINE],
  );
  const items = [...parts.craft.keys()].filter((id) => id !== 'other');
  return items.flatMap((id) =>
    judgeItem(
      parts,
      plan,
      id,
      rows.find((row) => row.craft_item_id === id),
    ),
  );
}

function judgeItem(parts: Parts, plan: Plan, id: string, row: Row | undefined): readonly Wrong[] {
  const wrong = (check: Wrong['check'], what: string): Wrong => ({
    check,
    what: `${id} (${row?.phase ?? 'no row'}${row?.blocked_by == null ? '' : `, ${row.blocked_by}`}): ${what}`,
  });
  const own = [...parts.tool.items.values()].filter((item) => isOf(item, id) && !item.isDeleted);
  if (row === undefined) {
    const isLost = isUntouched(plan, id) && !isForgotten(parts, plan, id);
    return [
      ...(isLost ? [wrong('lost', 'nothing was done to it, and it has no row')] : []),
      ...own.map(({ id: devId }) => wrong('lost', `${devId} is known to nobody`)),
    ];
  }
  const wrongs: Wrong[] = [];
  wrongs.push(...judgeRelinked(parts, row, wrong));
  const noted = row.phase === 'released' ? row.noted_dev_items : [];
  const known = [row.dev_item_id, ...row.dismissed_dev_items, ...row.duplicate_dev_items, ...noted];
  for (const item of own) {
    const isFormer = generationOf(item, id) < row.generation;
    if (!known.includes(item.id) && !isFormer && !isSearchedFor(row))
      wrongs.push(wrong('lost', `${item.id} was created and is linked nowhere`));
  }
  if (['checking', 'creating', 'locking'].includes(row.phase))
    wrongs.push(wrong('lost', `nothing goes on: ${row.last_error ?? ''}`));
  if (row.phase === 'blocked' && row.last_error === null)
    wrongs.push(wrong('lost', 'it is blocked and does not say why'));
  if (row.phase === 'blocked' && !MAY_BLOCK.includes(row.blocked_by ?? '') && !isRefusedAlone(plan, row))
    wrongs.push(wrong('lost', `nothing is wrong any more, and it is blocked: ${row.last_error ?? ''}`));
  if (row.phase === 'paused' && row.blocked_by !== 'mass-deletion')
    wrongs.push(wrong('lost', `it was resumed, and is paused: ${row.last_error ?? ''}`));
  if (row.phase === 'not-ready' && isUntouched(plan, id)) wrongs.push(wrong('lost', 'it is ready and was let go'));
  if (row.phase === 'released' && !mayBeReleased(plan, id))
    wrongs.push(wrong('lost', `nobody released it: ${row.last_error ?? ''}`));
  if (row.phase === 'orphaned' && !actsOn(plan, id, ['delete-dev-item']))
    wrongs.push(wrong('lost', 'its dev item was not deleted'));
  if (['following', 'settling', 'done'].includes(row.phase)) wrongs.push(...judgeFollowed(parts, plan, row, wrong));
  return wrongs;
}

/** The dev item that an operator has chosen stays the item's, as long as it exists and nobody decides otherwise. */
function judgeRelinked(
  { record, tool }: Parts,
  row: Row,
  wrong: (check: Wrong['check'], what: string) => Wrong,
): readonly Wrong[] {
  const decisions = record.orders.filter(
    ({ what, craftItemId }) =>
      craftItemId === row.craft_item_id && (what === 'relinked' || what === 'recreated' || what === 'restored'),
  );
  const chosen = decisions.at(-1)?.devItemId;
  if (chosen === undefined || chosen === row.dev_item_id || tool.items.get(chosen)?.isDeleted !== false) return [];
  return [wrong('not asked for', `it was relinked to ${chosen}, and holds ${row.dev_item_id ?? 'nothing'}`)];
}

/** What only a person can end; everything else ends by itself once nothing is wrong any more. */
const MAY_BLOCK: readonly string[] = ['bad-answer', 'duplicate'];

/** Refused while the key may do the same to others: a person has to look, and the next news of the item does, too. */
function isRefusedAlone(plan: Plan, { blocked_by: reason }: Row): boolean {
  return reason === 'refused' && plan.events.some((event) => event.do === 'wire' && event.how === '403');
}

/** A dev item that is known and cannot be told from a deleted one waits for a person; the row says so. */
function isSearchedFor({ phase, blocked_by: reason }: Row): boolean {
  return phase === 'blocked' && (reason === 'bad-answer' || reason === 'duplicate');
}

function judgeFollowed(
  parts: Parts,
  plan: Plan,
  row: Row,
  wrong: (check: Wrong['check'], what: string) => Wrong,
): readonly Wrong[] {
  const craft = parts.craft.get(row.craft_item_id);
  const dev = row.dev_item_id === null ? undefined : parts.tool.items.get(row.dev_item_id);
  if (dev === undefined) return [wrong('lost', `it follows ${row.dev_item_id ?? 'nothing'}, which never existed`)];
  const wrongs: Wrong[] = [];
  if (dev.description.endsWith('-copy')) wrongs.push(wrong('not asked for', `${dev.id} bears only a similar marker`));
  if (craft === undefined || craft.isDeleted)
    return row.phase === 'done'
      ? wrongs
      : [...wrongs, wrong('wrong progress', 'its Craft item was deleted, which nobody noticed')];
  if (dev.isDeleted)
    return row.phase === 'done'
      ? wrongs
      : [...wrongs, wrong('wrong progress', `${dev.id} was deleted, which nobody noticed`)];
  if (craft.fields[LOCK_FIELD] !== LOCKED && !row.drift && !isUnlocked(plan, row))
    wrongs.push(wrong('not locked', `${dev.id} is linked, and people may edit the Craft item`));
  const shows = craft.fields[PROGRESS_FIELD] ?? 'nothing';
  if (shows !== statusWord(dev))
    wrongs.push(wrong('wrong progress', `Craft.io shows "${shows}", and it is "${statusWord(dev)}"`));
  return wrongs;
}

/**
 * Under `forward`, and where an operator accepts it, what people changed is taken over, an unlocked item as well. A
 * release that was terminated by hand may have unlocked it, and its order is lost with the run.
 */
function isUnlocked(plan: Plan, { craft_item_id: id }: Row): boolean {
  const isOn = (event: { readonly item: number }): boolean => isItem(plan, event.item, id);
  const isAccepted = plan.events.some((event) => event.do === 'verb' && event.verb === 'accept-drift' && isOn(event));
  const isReleased = plan.events.some((event) => event.do === 'verb' && event.verb === 'release' && isOn(event));
  const isTerminated = plan.events.some((event) => event.do === 'terminate' && isOn(event));
  const isOpen = actsOn(plan, id, ['unlock']) || (isReleased && isTerminated);
  return (plan.onDrift === 'forward' || isAccepted) && isOpen;
}

/** Whether it was created for this Craft item; a decoy's marker is longer. */
function isOf({ description }: ToolItem, craftItemId: string): boolean {
  return description.includes(`craftsync:${PIPELINE}/${craftItemId}/`) && !description.startsWith('Copied');
}

/** Of the marker that it bears. */
function generationOf({ description }: ToolItem, craftItemId: string): number {
  const [, after = ''] = description.split(marker({ pipeline: PIPELINE, craftItemId }, 0).slice(0, -1));
  return Number.parseInt(after, 10);
}

/** Nothing that people or operators did to the item lets craftsync leave it alone. */
function isUntouched(plan: Plan, id: string): boolean {
  return !actsOn(plan, id, ['unready', 'delete-craft-item', 'move-craft-item']) && !mayBeReleased(plan, id);
}

/**
 * It was handed over, its dev item was deleted, and the ledger was put back to a time before: nothing tells of it but
 * the lock, and no sweep lists it.
 */
function isForgotten({ record, craft }: Parts, plan: Plan, id: string): boolean {
  const isRestored = record.orders.some(({ what, craftItemId }) => what === 'restored' && craftItemId === id);
  return isRestored && craft.get(id)?.status !== READY && actsOn(plan, id, ['delete-dev-item']);
}

function mayBeReleased(plan: Plan, id: string): boolean {
  const isVerb = plan.events.some(
    (event) => event.do === 'verb' && event.verb === 'release' && isItem(plan, event.item, id),
  );
  return (
    isVerb ||
    actsOn(plan, id, ['delete-craft-item']) ||
    (plan.onDevItemDeleted === 'release' && actsOn(plan, id, ['delete-dev-item']))
  );
}

function actsOn(plan: Plan, id: string, whats: readonly string[]): boolean {
  return plan.events.some(
    (event) => event.do === 'people' && whats.includes(event.what) && isItem(plan, event.item, id),
  );
}

function isItem(plan: Plan, index: number, id: string): boolean {
  return `c${(index % plan.items) + 1}` === id;
}
