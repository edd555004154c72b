/** A Craft.io and a dev tool that answer from memory, over a real ledger: for what happens between two of their answers. */
import { MockActivityEnvironment } from '@temporalio/testing';

import type { ActivityDeps, Current } from '../../src/activities/ports.js';
import { runStep, type StepBody } from '../../src/activities/step.js';
import type { CreateResult, DevToolConnector, WriteCall } from '../../src/connectors/port.js';
import type { CraftWrite } from '../../src/domain/craftItem.js';
import type { DevItem, DevItemDraft } from '../../src/domain/devItem.js';
import type { ItemRef } from '../../src/domain/ids.js';
import type { StepResult } from '../../src/domain/itemState.js';
import type { Settings } from '../../src/domain/settings.js';
import { pipelineOf, settingsOf } from '../clients/settings.js';
import { lock } from '../domain/rules/items.js';
import { craftItem, devItem, type LedgerFixture } from '../ledger/fixture.js';

type MarkerQuery = Parameters<DevToolConnector['findByMarker']>[0];
type Hook = () => Promise<unknown>;

export interface MemorySystems {
  readonly deps: ActivityDeps;
  /** What the configuration says now. */
  settings: Settings;
  /** Of the Craft item. */
  title: string;
  /** Whether the dev tool shows its scope. */
  sees: boolean;
  /** Before the right to send is asked for, in either system; after it, before the answer. */
  beforeSend: Hook;
  beforeAnswer: Hook;
  /** In place of the answer to a write of that connection. */
  readonly refusals: Map<string, Error>;
  readonly created: { readonly tool: string; readonly draft: DevItemDraft }[];
  readonly searched: { readonly tool: string; readonly query: MarkerQuery }[];
  readonly written: CraftWrite[];
  /** Custom fields of the Craft item. */
  readonly held: Record<string, string | number | boolean | null>;
  readonly reads: string[];
  readonly alerts: string[];
  /** One attempt. */
  step(item: ItemRef, body: StepBody): Promise<StepResult>;
  /** One attempt that is cancelled while it waits for the right to send. */
  cancelled(item: ItemRef, body: StepBody): Promise<StepResult>;
}

const nothing: Hook = () => Promise.resolve();

export function memorySystems({ ledger }: LedgerFixture): MemorySystems {
  const systems = {
    settings: settingsOf([{ ...pipelineOf('mobile'), lock }]),
    title: 'A title',
    sees: true,
    beforeSend: nothing,
    beforeAnswer: nothing,
    refusals: new Map<string, Error>(),
    created: [] as MemorySystems['created'],
    searched: [] as MemorySystems['searched'],
    written: [] as CraftWrite[],
    held: {} as MemorySystems['held'],
    reads: [] as string[],
    alerts: [] as string[],
  };
  const send = async (connection: string, call: WriteCall): Promise<void> => {
    await systems.beforeSend();
    call.signal?.throwIfAborted();
    await call.authorise();
    const refusal = systems.refusals.get(connection);
    if (refusal !== undefined) throw refusal;
  };
  const craft = {
    readItem: (_source: unknown, id: string) =>
      Promise.resolve(
        craftItem(id, {
          title: systems.title,
          status: { id: '1', name: 'Ready' },
          customFields: Object.entries(systems.held).map(([name, value]) => ({ id: name, name, value })),
        }),
      ),
    async *listAll() {
      systems.reads.push('craft');
      yield await Promise.resolve({ items: [], malformed: [] });
    },
    async writeItem(_source: unknown, _id: string, write: CraftWrite, call: WriteCall) {
      await send('craft', call);
      systems.written.push(write);
      Object.assign(systems.held, write.customFields);
      await systems.beforeAnswer();
    },
  };
  const toolOf = (tool: string) => ({
    type: 'kitemaker',
    scopeOf: () => Promise.resolve('scope'),
    seesScope() {
      systems.reads.push(tool);
      return Promise.resolve(systems.sees);
    },
    async createItem(draft: DevItemDraft, call: WriteCall): Promise<CreateResult> {
      await send(tool, call);
      systems.created.push({ tool, draft });
      await systems.beforeAnswer();
      return { item: made(draft.marker), showsMarker: true };
    },
    findByMarker(query: MarkerQuery) {
      systems.searched.push({ tool, query });
      return Promise.resolve({ answer: 'absent' });
    },
  });
  const current = () => Promise.resolve({ settings: systems.settings, craft, devTool: toolOf } as unknown as Current);
  const deps = {
    ledger,
    current,
    itemSyncs: { craftItemChanged: nothing, devItemChanged: nothing },
    alerts: { send: (message: string) => Promise.resolve(void systems.alerts.push(message)) },
  } as unknown as ActivityDeps;
  const run = (env: MockActivityEnvironment, item: ItemRef, body: StepBody): Promise<StepResult> =>
    env.run((): Promise<StepResult> => runStep(deps, item, body));
  return Object.assign(systems, {
    deps,
    step: (item: ItemRef, body: StepBody) => run(new MockActivityEnvironment(), item, body),
    cancelled(item: ItemRef, body: StepBody) {
      const env = new MockActivityEnvironment();
      systems.beforeSend = () => Promise.resolve(env.cancel('CANCELLED'));
      return run(env, item, body);
    },
  });
}

function made(marker: string): DevItem {
  return devItem({ id: `of ${marker}`, key: null, status: 'To do' });
}
