import { describe, expect, it } from 'vitest';
import { marker } from '../../../../domain/ids.js';
import type { Plan } from '../plan/events.js';
import type { Order } from '../outside/record.js';
import type { Parts } from '../running/acts.js';
import { LOCKED, LOCK_FIELD, PIPELINE, READY } from '../running/settings.js';
import { judgeEnd } from './end.js';

const ITEM = { pipeline: PIPELINE, craftItemId: 'c1' };
const PLAN: Plan = {
  items: 1,
  mix: 0,
  skews: [0, 0],
  lagMs: 0,
  onDevItemDeleted: 'flag',
  onDrift: 'flag',
  events: [],
};
const RELEASED: Plan = { ...PLAN, events: [{ after: 1, do: 'verb', verb: 'release', item: 0 }] };

interface End {
  /** Null: there is none. */
  readonly row: object | null;
  /** The generation in the marker of each dev item: d1, d2, … */
  readonly made?: readonly number[];
  readonly orders?: readonly Partial<Order>[];
  /** Of the Craft item. */
  readonly status?: string;
}

/** What `judgeEnd` reads of a run, with one item. */
function endOf({ row, made = [], orders = [], status = 'In Development' }: End): Parts {
  const fresh = { phase: 'following', blocked_by: null, last_error: null, dev_item_id: null, generation: 1 };
  const lists = { drift: false, dismissed_dev_items: [], duplicate_dev_items: [], noted_dev_items: [] };
  const items = made.map((generation, at) => ({
    id: `d${at + 1}`,
    description: `A text.\n\n${marker(ITEM, generation)}`,
    isDeleted: false,
    version: 0,
    isClosed: false,
  }));
  const craft = { isDeleted: false, status, fields: { [LOCK_FIELD]: LOCKED, dev_status: 'd1 open 0' } };
  return {
    craft: new Map([['c1', craft]]),
    tool: { items: new Map(items.map((item) => [item.id, item])) },
    record: { orders: orders.map((order) => ({ craftItemId: 'c1', ...order })) },
    database: {
      sql: () => Promise.resolve(row === null ? [] : [{ craft_item_id: 'c1', ...fresh, ...lists, ...row }]),
    },
  } as unknown as Parts;
}

const checksOf = async (end: End, plan = PLAN): Promise<readonly string[]> =>
  (await judgeEnd(endOf(end), plan)).map(({ check, what }) => `${check}: ${what}`);

describe('faults/protocol/judges/end', () => {
  it('an item that is followed and shown as it is breaks nothing', async () => {
    expect(await checksOf({ row: { dev_item_id: 'd1' }, made: [1] })).toEqual([]);
    expect(await checksOf({ row: { phase: 'released', dev_item_id: 'd1' }, made: [1] }, RELEASED)).toEqual([]);
  });

  it('a dev item that the row does not name is lost, unless it is of an older generation', async () => {
    const row = { dev_item_id: 'd1' };
    expect(await checksOf({ row, made: [1, 1] })).toEqual([
      'lost: c1 (following): d2 was created and is linked nowhere',
    ]);
    expect(await checksOf({ row: { ...row, generation: 2 }, made: [2, 1] })).toEqual([]);
    expect(await checksOf({ row, made: [1, 2] })).toHaveLength(1);
  });

  it('a release is no reason for a dev item that nobody knows', async () => {
    expect(await checksOf({ row: { phase: 'released' }, made: [1] }, RELEASED)).toEqual([
      'lost: c1 (released): d1 was created and is linked nowhere',
    ]);
  });

  it('once nothing is wrong any more, an item is blocked only for what a person has to decide', async () => {
    const row = { phase: 'blocked', last_error: 'why' };
    expect(await checksOf({ row: { ...row, blocked_by: 'bad-answer' } })).toEqual([]);
    expect(await checksOf({ row: { ...row, blocked_by: 'tool-down' } })).toEqual([
      'lost: c1 (blocked, tool-down): nothing is wrong any more, and it is blocked: why',
    ]);
  });

  it('an item without a row is lost, unless all that told of it was deleted and the ledger put back', async () => {
    const deleted: Plan = { ...PLAN, events: [{ after: 1, do: 'people', what: 'delete-dev-item', item: 0 }] };
    const orders = [{ what: 'restored' } as const];
    expect(await checksOf({ row: null })).toHaveLength(1);
    expect(await checksOf({ row: null }, deleted)).toHaveLength(1);
    expect(await checksOf({ row: null, orders })).toHaveLength(1);
    expect(await checksOf({ row: null, orders, status: READY }, deleted)).toHaveLength(1);
    expect(await checksOf({ row: null, orders }, deleted)).toEqual([]);
    expect(await checksOf({ row: null, orders, made: [1] }, deleted)).toEqual([
      'lost: c1 (no row): d1 is known to nobody',
    ]);
  });

  it('an item holds the dev item that it was relinked to last', async () => {
    const row = { dev_item_id: 'd1', dismissed_dev_items: ['d2'] };
    const to = (devItemId: string) => ({ what: 'relinked', devItemId }) as const;
    expect(await checksOf({ row, made: [1, 1], orders: [to('d1'), to('d2')] })).toEqual([
      'not asked for: c1 (following): it was relinked to d2, and holds d1',
    ]);
    expect(await checksOf({ row, made: [1, 1], orders: [to('d2'), to('d1')] })).toEqual([]);
    expect(await checksOf({ row, made: [1, 1], orders: [to('d2'), { what: 'restored' }] })).toEqual([]);
  });

  it('what was resumed is not paused any more', async () => {
    expect(await checksOf({ row: { phase: 'paused', blocked_by: 'operator' } })).toHaveLength(1);
    expect(await checksOf({ row: { phase: 'paused', blocked_by: 'mass-deletion' } })).toEqual([]);
  });
});
