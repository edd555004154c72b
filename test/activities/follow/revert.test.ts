/**
 * `onDrift: revert` with a real ledger, the real connector and a Craft.io that accepts only what its document names.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { checkDrift } from '../../../activities/follow/checkDrift.js';
import type { ActivityDeps, Current } from '../../../activities/ports.js';
import { runStep } from '../../../activities/step/step.js';
import type { HandedOver } from '../../../domain/link.js';
import { handedOverOf } from '../../../domain/rules/drift.js';
import type { PipelineSettings } from '../../../domain/settings.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import type { CraftServerOptions } from '../../connectors/craft/craftServer.js';
import type { ItemJson } from '../../fixtures/craftBodies.js';
import { WORKSPACE } from '../../connectors/craft/craftServer.js';
import { DEVELOPING, item, idOf, open, read, type SetUp } from '../../connectors/craft/setUp.js';
import { linked, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

const source = { workspace: WORKSPACE };
const fields = [
  { id: '11', name: 'dev_status' },
  { id: '12', name: 'dev_lock' },
  { id: '13', name: 'team' },
  { id: '14', name: 'platforms', several: true },
];
const [HIGH, LOW] = [
  { id: '21', name: 'High' },
  { id: '22', name: 'Low' },
];
const drawnOn = ['title', 'effort', 'labels', 'importance', 'customFields.team', 'customFields.platforms'];

function pipelineFor(paths: readonly string[]): PipelineSettings {
  const drawn = Object.fromEntries(paths.map((from) => [from, { from, values: null, required: false }]));
  const lock = { status: 'In Development', field: 'dev_lock', value: 'View only', released: '', releasedStatus: null };
  return { ...pipelineOf('mobile', { source }), fields: drawn, lock: { ...lock, onDrift: 'revert' } };
}

const own = [
  { id: '11', value: 'To do' },
  { id: '12', value: 'View only' },
];
const handedOverItem = (more: Partial<ItemJson> = {}): ItemJson =>
  item(1, {
    status: DEVELOPING,
    effort: 3,
    labels: ['a', 'b, c'],
    importance: HIGH,
    customFields: [...own, { id: '13', value: 'mobile' }, { id: '14', values: ['ios', 'android'] }],
    ...more,
  });

describe.each(['guide', 'swagger'] as const)('activities/follow/revert (%s)', (dialect) => {
  let db: LedgerFixture;
  beforeAll(async () => {
    db = await openLedger();
  }, 60_000);
  afterAll(() => db.close());
  beforeEach(() => db.sql('delete from item_link'));

  const row = () => db.ledger.links.get({ pipeline: 'mobile', craftItemId: idOf(1) });
  const puts = ({ server }: SetUp) => server.requests.filter(({ method }) => method === 'PUT').map(({ body }) => body);

  /** An item that was handed over as `then` and is `now`; `kept` changes what its row says about it. */
  async function drifted(
    paths: readonly string[],
    { then = handedOverItem(), now }: { readonly then?: ItemJson; readonly now: Partial<ItemJson> },
    kept: (handedOver: HandedOver) => HandedOver = (handedOver) => handedOver,
  ): Promise<SetUp & { sweep(): Promise<unknown> }> {
    const options: CraftServerOptions = {
      dialect,
      items: [then, item(2, { importance: LOW }), item(3, { importance: HIGH })],
      fields,
    };
    const made = await open(options);
    const pipeline = pipelineFor(paths);
    const asItWas = await made.craft.readItem(source, idOf(1), read);
    if (asItWas === null) throw new Error('no item');
    const { item: ref } = await linked(db.ledger, idOf(1));
    const { token } = await db.ledger.leases.take(ref, 5_000);
    const handedOver = kept(handedOverOf(asItWas, pipeline));
    await db.ledger.pushes.storeLock(ref, token, {
      handedOver,
      fingerprint: 'f',
      lastProgress: { dev_status: 'To do' },
    });
    options.items?.splice(0, 1, { ...then, ...now });
    made.server.requests.length = 0;
    const current = { settings: settingsOf([pipeline]), craft: made.craft, devTool: () => ({}) } as unknown as Current;
    const deps = {
      ledger: db.ledger,
      current: () => Promise.resolve(current),
      alerts: { send: () => Promise.resolve() },
    } as unknown as ActivityDeps;
    const sweep = () => new MockActivityEnvironment().run(() => runStep(deps, ref, checkDrift({ acceptDrift: false })));
    return { ...made, sweep };
  }

  it('gives back numbers, lists, importances and fields with several values in the form that Craft.io takes', async () => {
    const customFields = [...own, { id: '13', value: 'web' }, { id: '14', values: ['web'] }];
    const now = { title: 'Mine', effort: null, labels: [], importance: LOW, customFields };
    const made = await drifted(drawnOn, { now });
    await made.sweep();
    expect(made.server.item(idOf(1))).toMatchObject({
      title: 'Title 1',
      effort: 3,
      labels: ['a', 'b, c'],
      importance: HIGH,
      customFields: expect.arrayContaining([
        { id: '13', value: 'mobile' },
        { id: '14', values: ['ios', 'android'] },
      ]) as unknown,
    });
    expect(await row()).toMatchObject({ drift: false, driftFields: [], blockedBy: null });
  });

  it('empties again what was empty', async () => {
    const then = handedOverItem({ labels: [], importance: null, description: null, customFields: own });
    const now = {
      labels: ['x'],
      importance: LOW,
      description: 'Mine',
      customFields: [...own, { id: '13', value: 'web' }, { id: '14', values: ['web'] }],
    };
    const made = await drifted([...drawnOn, 'description'], { then, now });
    await made.sweep();
    expect(made.server.item(idOf(1))).toMatchObject({ labels: [], importance: null, description: null });
    expect(made.server.item(idOf(1)).customFields).toEqual(own);
    expect(await row()).toMatchObject({ drift: false, blockedBy: null });
  });

  it('gives back what rows of older releases tell, which have only texts', async () => {
    const now = {
      effort: null,
      labels: [],
      customFields: [...own, { id: '13', value: 'mobile' }, { id: '14', values: ['web'] }],
    };
    const then = handedOverItem({ labels: ['a', 'b'] });
    const made = await drifted(drawnOn, { then, now }, ({ values, lockField, lockStatus }) => ({
      values,
      lockField,
      lockStatus,
    }));
    await made.sweep();
    expect(made.server.item(idOf(1))).toMatchObject({ effort: 3, labels: ['a', 'b'] });
    expect(made.server.item(idOf(1)).customFields).toContainEqual({ id: '14', values: ['ios', 'android'] });
  });

  it('leaves out what no write can set, gives the rest back, and keeps showing it without writing again', async () => {
    const made = await drifted(['type', 'effort'], { now: { type: 'Story', effort: 5 } });
    await made.sweep();
    await made.sweep();
    expect(puts(made)).toEqual([dialect === 'guide' ? { effort: 3 } : { id: idOf(1), effort: 3 }]);
    expect(await row()).toMatchObject({
      drift: true,
      driftFields: ['type (cannot be written back: Craft.io documents no way to write it)'],
      blockedBy: null,
      phase: 'following',
    });
  });

  it('gives the lock back where Craft.io refuses the values, and keeps showing those', async () => {
    const now = { effort: 5, customFields: own.slice(0, 1) };
    const made = await drifted(['effort'], { now });
    made.server.options.intercept = ({ method, body }) =>
      method === 'PUT' && 'effort' in (body as object) ? { status: 400, body: { message: 'Validation Failed' } } : null;
    await made.sweep();
    expect(made.server.item(idOf(1))).toMatchObject({ effort: 5, customFields: own });
    expect(await row()).toMatchObject({
      drift: true,
      driftFields: ['effort (cannot be written back: Craft.io refused it)'],
      blockedBy: null,
      phase: 'following',
    });
  });
});
