import { describe, expect, it } from 'vitest';
import { marker } from '../../../../domain/ids.js';
import type { Plan } from '../plan/events.js';
import type { Parts } from '../running/acts.js';
import { LOCKED, LOCK_FIELD, PIPELINE } from '../running/settings.js';
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
  readonly row: object;
  /** The generation in the marker of each dev item: d1, d2, … */
  readonly made?: readonly number[];
}

/** What `judgeEnd` reads of a run, with one item. */
function endOf({ row, made = [] }: End): Parts {
  const fresh = { phase: 'following', blocked_by: null, last_error: null, dev_item_id: null, generation: 1 };
  const lists = { drift: false, dismissed_dev_items: [], duplicate_dev_items: [] };
  const items = made.map((generation, at) => ({
    id: `d${at + 1}`,
    description: `A text.\n\n${marker(ITEM, generation)}`,
    isDeleted: false,
    version: 0,
    isClosed: false,
  }));
  const craft = { isDeleted: false, fields: { [LOCK_FIELD]: LOCKED, dev_status: 'd1 open 0' } };
  return {
    craft: new Map([['c1', craft]]),
    tool: { items: new Map(items.map((item) => [item.id, item])) },
    database: { sql: () => Promise.resolve([{ craft_item_id: 'c1', ...fresh, ...lists, ...row }]) },
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

  it('what was resumed is not paused any more', async () => {
    expect(await checksOf({ row: { phase: 'paused', blocked_by: 'operator' } })).toHaveLength(1);
    expect(await checksOf({ row: { phase: 'paused', blocked_by: 'mass-deletion' } })).toEqual([]);
  });
});
