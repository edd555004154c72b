/** One item handed over from the sandbox's Craft.io to its Kitemaker, in a real ledger: what its activities then do. */
import { MockActivityEnvironment } from '@temporalio/testing';

import { lockCraftItem } from '../../src/activities/lockCraftItem.js';
import type { ActivityDeps } from '../../src/activities/ports.js';
import { runStep, type StepBody } from '../../src/activities/step.js';
import { createCraftConnector } from '../../src/connectors/craft/index.js';
import { createHttpClient, type HttpClient } from '../../src/connectors/http/client.js';
import type { CraftConnector } from '../../src/connectors/port.js';
import type { StepResult } from '../../src/domain/itemState.js';
import type { ItemLink } from '../../src/domain/link.js';
import type { PipelineSettings } from '../../src/domain/settings.js';
import type { Fault } from '../../src/local/sandbox/faults.js';
import { lock, pipelineWith, progress } from '../domain/rules/items.js';
import { linked } from '../ledger/fixture.js';
import { followedSpace, type FollowedSpace } from './followedSpace.js';

export interface HandedOver {
  readonly space: FollowedSpace;
  readonly deps: ActivityDeps;
  readonly item: { readonly pipeline: string; readonly craftItemId: string };
  readonly devItemId: string;
  /** What the configuration says now; a test may change it. */
  pipeline: PipelineSettings;
  /** One step; with `deps` where a part of them fails. */
  step(body: StepBody, deps?: ActivityDeps): Promise<StepResult>;
  row(): Promise<ItemLink>;
  /** A dev item that nobody follows; its id. */
  anotherDevItem(): string;
  /** A custom field in Craft.io; null where it is empty. */
  field(name: string): unknown;
  /** A person edits the Craft item. */
  edit(edit: { title?: string; customFields?: Record<string, string> }): void;
  /** A person deletes a custom field in Craft.io, with its values. */
  removeField(name: string): void;
  /** What befalls the next write to the item in Craft.io. */
  strike(fault: Fault): void;
  /** No write to Craft.io may still be applied. */
  settle(): Promise<void>;
  comments(devItemId?: string): readonly string[];
  close(): Promise<void>;
}

const STATUSES = { Backlog: 'To do', 'In Progress': 'In development', Done: 'Done' };

export async function handedOver(changes: Partial<PipelineSettings> = {}): Promise<HandedOver> {
  const space = await followedSpace(10_000);
  const { sandbox, db } = space;
  const clients: HttpClient[] = [];
  const craft = craftOf(space, clients);
  const act = (what: Parameters<typeof sandbox.act>[0]): string => {
    const outcome = sandbox.act(what);
    if (outcome.status === 'refused') throw new Error(outcome.message);
    return outcome.id;
  };
  const newDevItem = (): string =>
    act({ as: 'developer', action: 'create', place: space.scope, edit: { title: 'Handed over' } });
  const craftItemId = act({ as: 'product-manager', action: 'create', edit: { title: 'Handed over' } });
  const devItemId = newDevItem();
  const item = { pipeline: 'mobile', craftItemId };
  const row = async (): Promise<ItemLink> => {
    const link = await db.ledger.links.get(item);
    if (link === null) throw new Error(`no row for ${craftItemId}`);
    return link;
  };
  const source = { workspace: sandbox.craft.workspaceId };
  const pipeline = pipelineWith({}, { source, lock, progress: { ...progress, statuses: STATUSES }, ...changes });
  const made: HandedOver = {
    space,
    deps: {
      ...space.deps,
      async current() {
        const current = await space.deps.current();
        const settings = { ...current.settings, pipelines: { mobile: made.pipeline } };
        return { ...current, settings, craft };
      },
      itemSyncs: { ...space.deps.itemSyncs, craftItemChanged: () => Promise.resolve() },
      alerts: { send: () => Promise.resolve() },
    },
    item,
    devItemId,
    pipeline,
    step: (body, deps = made.deps) =>
      new MockActivityEnvironment().run((): Promise<StepResult> => runStep(deps, item, body)),
    row,
    anotherDevItem: newDevItem,
    field: (name) => sandbox.world.craft.valueOf(sandbox.world.craft.items.get(craftItemId) ?? never(), name),
    edit: (edit) => void act({ as: 'product-manager', action: 'edit', id: craftItemId, edit }),
    removeField(name) {
      act({ as: 'product-manager', action: 'edit', id: craftItemId, edit: { customFields: { [name]: null } } });
      const { craft } = sandbox.world;
      craft.customFields.remove(craft.field(source.workspace, name)?.id ?? never());
    },
    strike: (fault) =>
      void sandbox.faults.add({
        rules: [{ mounts: ['craft-guide'], write: true, mentions: craftItemId, next: 1, fault }],
      }),
    async settle() {
      await db.sql(
        `update item_detail set unanswered = jsonb_set(unanswered, '{until}', '"2026-01-01T00:00:00.000Z"')`,
      );
    },
    comments: (id = devItemId) => sandbox.world.kitemaker.commentsOf(id).map(({ body }) => body),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await space.close();
    },
  };
  const { found } = await (await space.deps.current()).devTool('km').readItems([devItemId], { callClass: 'progress' });
  await linked(db.ledger, craftItemId, found[0] ?? never());
  // The lock takes over what Craft.io has.
  await db.ledger.links.patch(item, { handedOver: null });
  const { state } = await made.step(lockCraftItem);
  if (state.phase !== 'following') throw new Error(`the item is ${state.phase}: ${state.lastError ?? ''}`);
  return made;
}

function never(): never {
  throw new Error('the sandbox lacks the item');
}

function craftOf({ sandbox }: FollowedSpace, clients: HttpClient[]): CraftConnector {
  const { craft: access } = sandbox;
  const stored = new Map<string, string>();
  const connection = {
    baseUrl: access.guideUrl,
    timeoutMs: 1_000,
    proxy: null,
    caFile: null,
  };
  return createCraftConnector({
    settings: {
      ...connection,
      name: 'craft',
      rateLimit: { perMinute: null, burst: 1, perMonth: null },
      dialect: 'guide',
      accountId: access.accountId,
      freshForMs: 60_000,
    },
    openHttp: (speech) => {
      const client = createHttpClient({
        ...connection,
        connection: 'craft',
        authHeaders: () => speech.authHeaders(access.apiKey),
        budget: { ask: () => Promise.resolve(), pushBack: () => undefined },
        ...(speech.describeError !== undefined && { describeError: speech.describeError }),
      });
      clients.push(client);
      return client;
    },
    memory: {
      recall: (key) => Promise.resolve(stored.get(key) ?? null),
      remember: (key, value) => Promise.resolve(void stored.set(key, value)),
    },
  });
}
