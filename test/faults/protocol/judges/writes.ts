/** The judges of single writes: I1 and I3, and that nothing is written for what is paused or released. */
import { readStatusWord, type ToolWorld } from '../outside/devTool.js';
import type { Effect, Order, RunRecord } from '../outside/record.js';
import type { Parts } from '../running/acts.js';
import { LOCKED, LOCK_FIELD, PROGRESS_FIELD } from '../running/settings.js';
import type { Wrong } from './checks.js';

export function judgeWrites({ record, tool }: Parts): readonly Wrong[] {
  return [
    ...createdTwice(record, tool),
    ...createdAnew(record, tool),
    ...wrongOrder(record, tool),
    ...whilePaused(record),
    ...afterRelease(record),
  ];
}

/**
 * I1: at most one dev item for each marker, which names pipeline, Craft item and generation. Where the ledger has lost
 * the item, and people have deleted its dev item, nothing anywhere tells of the first one.
 */
function createdTwice({ effects, orders }: RunRecord, { items }: ToolWorld): readonly Wrong[] {
  const created = effects.filter(({ op }) => op === 'create');
  const markers = [...new Set(created.map(({ marker }) => marker))];
  return markers.flatMap((marker): Wrong[] => {
    const same = created.filter((effect) => effect.marker === marker);
    const last = same.at(-1);
    const counted = same.filter(
      (effect) => effect === last || last === undefined || !isForgotten(effect, last, { orders, items }),
    );
    const ids = counted.map(({ devItemId }) => devItemId);
    return ids.length < 2 ? [] : [{ check: 'duplicate', what: `${marker} is on ${ids.join(', ')}` }];
  });
}

function isForgotten(
  { craftItemId, devItemId, step }: Effect,
  last: Effect,
  { orders, items }: { readonly orders: readonly Order[]; readonly items: ToolWorld['items'] },
): boolean {
  const made = items.get(devItemId ?? '');
  const isLost = orders.some(
    (order) => order.what === 'restored' && order.craftItemId === craftItemId && order.step >= step,
  );
  return isLost && made?.isDeleted === true && made.updatedAtMs <= last.atMs;
}

/** I1: a later generation is created only where an operator asked for it, or the former dev item was deleted. */
function createdAnew({ effects, orders }: RunRecord, { items }: ToolWorld): readonly Wrong[] {
  const creates = effects.filter(({ op }) => op === 'create');
  return creates.flatMap(({ craftItemId, devItemId, step }): Wrong[] => {
    const former = creates.filter((other) => other.craftItemId === craftItemId && other.step < step);
    const isOver = former.some((other) => items.get(other.devItemId ?? '')?.isDeleted !== false);
    if (former.length === 0 || isOver || isRelinked(orders, { craftItemId, step })) return [];
    const ids = former.map((other) => other.devItemId).join(', ');
    return [{ check: 'not asked for', what: `${devItemId} was created for ${craftItemId}, and ${ids} is still there` }];
  });
}

/** I3: what Craft.io is given is never an older state of the dev item than what it was given before. */
function wrongOrder({ effects, orders }: RunRecord, { items }: ToolWorld): readonly Wrong[] {
  const wrongs: Wrong[] = [];
  const newest = new Map<string, { readonly id: string; readonly version: number }>();
  for (const put of effects) {
    const shown = readStatusWord(put.values[PROGRESS_FIELD] ?? '');
    if (shown === null) continue;
    const before = newest.get(put.craftItemId);
    const what = `${put.craftItemId} showed ${before?.id} ${before?.version}, then ${shown.id} ${shown.version}`;
    if (before?.id === shown.id && shown.version < before.version) wrongs.push({ check: 'wrong progress', what });
    const isOther = before !== undefined && before.id !== shown.id && items.get(before.id)?.isDeleted !== true;
    if (isOther && !isRelinked(orders, put))
      wrongs.push({ check: 'wrong progress', what: `${what}, without a relink` });
    newest.set(put.craftItemId, shown);
  }
  return wrongs;
}

/** The item may have got another dev item, or the ledger was put back to another one. */
function isRelinked(orders: readonly Order[], { craftItemId, step }: Pick<Effect, 'craftItemId' | 'step'>): boolean {
  const isNews = ({ what }: Order): boolean => what === 'relinked' || what === 'recreated' || what === 'restored';
  return orders.some((order) => isNews(order) && order.craftItemId === craftItemId && order.step <= step);
}

function whilePaused({ effects, orders }: RunRecord): readonly Wrong[] {
  return effects.flatMap((effect): Wrong[] => {
    if (!isProgressOrCreate(effect)) return [];
    const stand = standAt(orders, effect, ['paused', 'resumed', 'relinked', 'recreated', 'restored']);
    if (stand?.what !== 'paused') return [];
    return [
      {
        check: 'written while paused',
        what: `${effect.op} of ${effect.craftItemId} at step ${effect.step}, paused at step ${stand.step}`,
      },
    ];
  });
}

function afterRelease({ effects, orders }: RunRecord): readonly Wrong[] {
  return effects.flatMap((effect): Wrong[] => {
    if (!isProgressOrCreate(effect)) return [];
    const stand = standAt(orders, effect, ['released', 'relinked', 'recreated', 'restored']);
    if (stand?.what !== 'released') return [];
    return [
      {
        check: 'written after release',
        what: `${effect.op} of ${effect.craftItemId} at step ${effect.step}, released at step ${stand.step}`,
      },
    ];
  });
}

/** The words of the state may be written of any item, and the lock be taken away. */
function isProgressOrCreate({ op, values }: Effect): boolean {
  return op === 'create' || (op === 'put' && (values[LOCK_FIELD] === LOCKED || values[PROGRESS_FIELD] !== undefined));
}

/** The last of such orders before the sender asked for the right to send; a ledger put back then forgets the others. */
function standAt(orders: readonly Order[], effect: Effect, whats: readonly Order['what'][]): Order | undefined {
  const before = orders.filter(
    ({ what, craftItemId, step }) =>
      whats.includes(what) && craftItemId === effect.craftItemId && step < effect.askedAtStep,
  );
  const last = before.at(-1);
  return before.find(({ what, step }) => what === 'restored' && step === last?.step) ?? last;
}
