/** A Craft.io in memory, by the docstrings of connectors/port/craft.ts, with people in it. */
import type { ReadCall, WriteCall } from '../../../../connectors/port/calls.js';
import type { CraftConnector, CraftPage } from '../../../../connectors/port/craft.js';
import type { CraftItem } from '../../../../domain/craftItem.js';
import { ToolError } from '../../../../domain/errors.js';
import type { Scheduler } from '../time/scheduler.js';
import type { Network } from './network.js';
import type { Effect, RunRecord } from './record.js';

export interface CraftWorldItem {
  readonly id: string;
  title: string;
  status: string;
  isDeleted: boolean;
  /** It was moved to another workspace: found by id, in no listing. */
  isMoved: boolean;
  /** Reads by id do not find it until then, although it is there. */
  missedUntilMs: number;
  updatedAtMs: number;
  readonly fields: Record<string, string>;
}

export type CraftWorld = Map<string, CraftWorldItem>;

export const WORKSPACE = '1';
const ELSEWHERE = '2';
/** So small that three items are more than a page. */
const PAGE_SIZE = 2;

interface Surroundings {
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly record: RunRecord;
  /** At the moment at which a write takes effect. */
  readonly onPut: (put: Effect) => void;
}

export function createCraftConnector(
  world: CraftWorld,
  { network, scheduler, record, onPut }: Surroundings,
): CraftConnector {
  const shown = (item: CraftWorldItem): CraftItem => ({
    id: item.id,
    shortId: `F-${item.id}`,
    type: 'Feature',
    title: item.title,
    description: 'A text.',
    webUrl: `https://craft.example/${item.id}`,
    status: { id: null, name: item.status },
    parentId: null,
    updateTime: new Date(item.updatedAtMs).toISOString(),
    customFields: Object.entries(item.fields).map(([name, value]) => ({ id: name, name, value })),
    properties: { name: item.title, workspaceId: item.isMoved ? ELSEWHERE : WORKSPACE },
  });
  const listed = (): CraftWorldItem[] => [...world.values()].filter(({ isDeleted, isMoved }) => !isDeleted && !isMoved);
  const byId = (id: string): CraftWorldItem | null => {
    const item = world.get(id);
    return item === undefined || item.isDeleted || item.missedUntilMs > scheduler.nowMs() ? null : item;
  };
  const read = <T>(op: string, { callClass, signal }: ReadCall, apply: () => T, isById = false): Promise<T> =>
    network.send({
      side: 'craft',
      op,
      byId: isById,
      apply,
      call: { callClass, ...(signal !== undefined && { signal }) },
    });
  /** By offset: what leaves the listing while its pages are read moves the rest forward. */
  const pages = async function* (
    op: string,
    call: ReadCall,
    isShown: (item: CraftWorldItem) => boolean = () => true,
  ): AsyncIterable<readonly CraftWorldItem[]> {
    for (let from = 0; ; from += PAGE_SIZE) {
      const page = await read(op, call, () => {
        const all = listed().filter(isShown);
        return { items: all.slice(from, from + PAGE_SIZE), isLast: all.length <= from + PAGE_SIZE };
      });
      yield page.items;
      if (page.isLast) return;
    }
  };
  const itemPages = async function* (...asked: Parameters<typeof pages>): AsyncIterable<CraftPage> {
    for await (const items of pages(...asked)) yield { items: items.map(shown), malformed: [] };
  };
  const none = (): Promise<never> => Promise.reject(new Error('no step asks for this'));

  return {
    listReady: (_source, rule, call) =>
      itemPages('ready items', call, ({ status }) => rule.status === null || status === rule.status),
    listAll: (_source, call) => itemPages('all items', call),
    knowsUpdates: () => false,
    async *listIds(_source, call) {
      for await (const items of pages('ids', call)) yield items.map(({ id }) => id);
    },
    readItem: (_source, id, call) =>
      read(
        'read by id',
        call,
        () => {
          const item = byId(id);
          return item === null ? null : shown(item);
        },
        true,
      ),
    findItem: none,
    writeItem: (source, id, write, call: WriteCall) =>
      network.send({
        side: 'craft',
        op: 'put',
        call,
        apply: (askedAtStep) => {
          const item = byId(id);
          const isHere = 'workspace' in source && source.workspace === (item?.isMoved === true ? ELSEWHERE : WORKSPACE);
          if (item === null || !isHere)
            throw new ToolError('not-found', 'craft: put was refused with status 404', {
              connection: 'craft',
              status: 404,
              write: true,
            });
          const fields = Object.entries(write.customFields ?? {}).map(([name, value]) => [name, String(value ?? '')]);
          const values = Object.fromEntries(fields) as Record<string, string>;
          Object.assign(item.fields, values);
          if (write.status !== undefined) item.status = write.status;
          const title = write.properties?.['name'];
          if (typeof title === 'string') item.title = title;
          item.updatedAtMs = scheduler.nowMs();
          const told = { ...values, ...(write.status !== undefined && { status: write.status }) };
          const what = { op: 'put', craftItemId: id, devItemId: null, marker: null, values: told };
          const effect: Effect = {
            step: scheduler.steps(),
            atMs: scheduler.nowMs(),
            side: 'craft',
            askedAtStep,
            ...what,
          };
          record.effects.push(effect);
          onPut(effect);
        },
      }),
    toRestore: (_item, _handedOver, paths) => ({
      customFields: {},
      properties: {},
      left: paths.map((path) => ({ path, why: 'it is left to people' })),
    }),
    customFields: none,
    feedback: { portals: none, categories: none, submit: none, findRef: none, read: none },
    check: none,
  };
}
