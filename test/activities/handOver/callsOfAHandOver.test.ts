/** What a hand-over costs: one create and one write, in both dialects of Craft.io (decision 31). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { checkReadiness } from '../../../activities/handOver/checkReadiness.js';
import { createDevItem } from '../../../activities/handOver/createDevItem.js';
import { lockCraftItem } from '../../../activities/handOver/lockCraftItem.js';
import { asks } from '../../../activities/step/step.js';
import type { ItemRef } from '../../../domain/ids.js';
import { lock, progress } from '../../fixtures/craftItems.js';
import { openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems, type MemorySystems } from '../../fixtures/memorySystems.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { WORKSPACE } from '../../connectors/craft/craftServer.js';
import { DEVELOPING, idOf, item as itemJson, open, read, type SetUp } from '../../connectors/craft/setUp.js';

const source = { workspace: WORKSPACE };
const names = ['dev_status', 'dev_lock', 'dev_link', 'dev_key', 'dev_state', 'team'];
const fields = names.map((name, n) => ({ id: `230584301017219000${n}`, name }));
const team = { id: fields[5]?.id ?? '', value: 'mobile' };

describe.each(['guide', 'swagger'] as const)(
  'activities/handOver/callsOfAHandOver (%s)',
  { timeout: 60_000 },
  (dialect) => {
    let db: LedgerFixture;
    let systems: MemorySystems;
    let made: SetUp;
    beforeAll(async () => {
      db = await openLedger();
    });
    afterAll(() => db.close());
    beforeEach(async () => {
      for (const table of ['item_link', 'item_snapshot', 'sent_create']) await db.sql(`delete from ${table}`);
      const items = [1, 2, 3].map((n) => itemJson(n, { customFields: [team] }));
      made = await open({ dialect, items: [...items, itemJson(9, { status: DEVELOPING })], fields, replaces: true });
      systems = memorySystems(db);
      const ready = { status: 'Ready for Development', types: null, where: [] };
      const pipeline = { ...pipelineOf('mobile', { source }), ready, lock, progress };
      systems.settings = settingsOf([pipeline]);
      const { current } = systems.deps;
      Object.assign(systems.deps, { current: async () => ({ ...(await current()), craft: made.craft }) });
      await sweep();
      await handOver(1);
      made.server.requests.length = 0;
      systems.created.length = 0;
    });

    const sweep = async () => {
      for await (const page of made.craft.listAll(source, read)) {
        await db.ledger.snapshots.collect('mobile', 'sweep-1', page.items);
      }
    };
    const refOf = (n: number): ItemRef => ({ pipeline: 'mobile', craftItemId: idOf(n) });
    const create = async (n: number) => {
      await db.ledger.links.begin(refOf(n), { devTool: 'km', craftShortId: null, craftUrl: null });
      await systems.step(refOf(n), asks('check', checkReadiness));
      await systems.step(refOf(n), asks('create', createDevItem));
    };
    const handOver = async (n: number) => {
      await create(n);
      expect((await systems.step(refOf(n), asks('lock', lockCraftItem))).state.phase).toBe('following');
    };
    const methods = () => made.server.requests.map(({ method }) => method);
    const held = (n: number) => (made.server.item(idOf(n)).customFields ?? []).find(({ id }) => id === team.id)?.value;

    it('an item that the sweep has just read takes one create and one PUT, and keeps its other fields', async () => {
      await handOver(2);
      expect([systems.created.length, methods()]).toEqual([1, ['PUT']]);
      expect(held(2)).toBe('mobile');
    });

    it('an item that the sweep read too long ago is read for its create, and not once more for its lock', async () => {
      await db.sql(`update item_snapshot set read_at = read_at - interval '61 seconds'`);
      await handOver(2);
      const singly = methods().filter((method) => method === 'GET').length;
      expect(methods().slice(singly)).toEqual(['PUT']);
      expect(singly).toBe(2);
      expect(held(2)).toBe('mobile');
    });

    it('with `freshFor: 0 seconds` the fields are read right before the PUT, and an edit meanwhile stays', async () => {
      const { craft, ...rest } = systems.settings;
      systems.settings = { ...rest, craft: { ...craft, freshForMs: 0 } };
      await create(2);
      (made.server.options.items ?? [])[1] = itemJson(2, { customFields: [{ ...team, value: 'edited' }] });
      made.server.requests.length = 0;
      await systems.step(refOf(2), asks('lock', lockCraftItem));
      expect([methods(), held(2)]).toEqual([['GET', 'PUT'], 'edited']);
    });

    it.each([
      ['words were written to the item before', `update item_link set last_progress = '{"dev_state": "Waiting"}'`],
      [
        'a PUT of it is not answered',
        `update item_detail set unanswered = '{"customFields":{},"status":null,"until":"2026-01-01T00:00:00Z"}'`,
      ],
      ['it was linked by hand', `update item_detail set sent_target = null`],
      ['it is created again', `update item_link set generation = 2`],
      [
        'another pipeline has it, too',
        `insert into item_link (pipeline_id, craft_item_id, dev_tool, phase) values ('other', '${idOf(2)}', 'km', 'released')`,
      ],
      ['the sweep read it too long ago', `update item_snapshot set read_at = read_at - interval '61 seconds'`],
    ])('the fields are read right before the PUT where %s', async (_when, change) => {
      await create(2);
      await db.sql(change);
      made.server.requests.length = 0;
      await systems.step(refOf(2), lockCraftItem);
      expect(methods().filter((method) => method === 'GET').length).toBeGreaterThan(0);
      expect([methods().at(-1), held(2)]).toEqual(['PUT', 'mobile']);
    });
  },
);
