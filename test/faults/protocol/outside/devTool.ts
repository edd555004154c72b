/**
 * A dev tool in memory, by the docstrings of connectors/port/devTool.ts: strict where they promise nothing (what is not
 * old enough is invisible; what was created before `createdSince` is not looked for), and with people in it.
 */
import { hasMarkerLine, markerLines } from '../../../../connectors/text/marker.js';
import type { ReadCall, WriteCall } from '../../../../connectors/port/calls.js';
import type { DevToolConnector } from '../../../../connectors/port/devTool.js';
import type { DevItem, DevItemDraft } from '../../../../domain/devItem.js';
import { ToolError } from '../../../../domain/errors.js';
import type { Scheduler } from '../time/scheduler.js';
import type { Network } from './network.js';
import type { RunRecord } from './record.js';

export interface ToolItem {
  readonly id: string;
  description: string;
  scope: string;
  /** How often people changed the status: the word of each is another one. */
  version: number;
  isClosed: boolean;
  isDeleted: boolean;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** Reads by id do not find it until then, although it is there. */
  missedUntilMs: number;
  readonly comments: { readonly text: string; readonly atMs: number }[];
}

export interface ToolWorld {
  readonly items: Map<string, ToolItem>;
  /** How long what was created stays invisible. */
  lagMs: number;
  /** Searches that cannot tell. */
  blindSearches: number;
  /** Of people, or of a create. */
  add(description: string, scope?: string): ToolItem;
  touch(item: ToolItem, change: Partial<ToolItem>): void;
}

export const SCOPE = 'space-1';
const CLOSED_VERSIONS = 10;

export function createToolWorld(scheduler: Scheduler): ToolWorld {
  const items = new Map<string, ToolItem>();
  const world: ToolWorld = {
    items,
    lagMs: 0,
    blindSearches: 0,
    add(description, scope = SCOPE) {
      const now = scheduler.nowMs();
      const born = { version: 0, isClosed: false, isDeleted: false, missedUntilMs: 0, comments: [] };
      const item: ToolItem = {
        id: `d${items.size + 1}`,
        description,
        scope,
        createdAtMs: now,
        updatedAtMs: now,
        ...born,
      };
      items.set(item.id, item);
      return item;
    },
    touch(item, change) {
      Object.assign(item, change, { updatedAtMs: Math.max(scheduler.nowMs(), item.updatedAtMs + 1) });
    },
  };
  return world;
}

/** Each state of each item has a word of its own, so that what Craft.io shows tells which one it is. */
export function statusWord({ id, version, isClosed }: Pick<ToolItem, 'id' | 'version' | 'isClosed'>): string {
  return `${id} ${isClosed ? 'closed' : 'open'} ${version}`;
}

/** Which state a word tells; null: it is no such word. */
export function readStatusWord(word: string): { readonly id: string; readonly version: number } | null {
  const match = /^(d\d+) (?:open|closed) (\d+)$/.exec(word);
  return match?.[1] === undefined ? null : { id: match[1], version: Number(match[2]) };
}

/** The words that mean done, for the pipeline's `doneWhen`. */
export function closedWords(): readonly string[] {
  const ids = Array.from({ length: 10 }, (_, n) => `d${n + 1}`);
  return ids.flatMap((id) =>
    Array.from({ length: CLOSED_VERSIONS }, (_, version) => statusWord({ id, version, isClosed: true })),
  );
}

export function createToolConnector(
  world: ToolWorld,
  {
    network,
    scheduler,
    record,
  }: { readonly network: Network; readonly scheduler: Scheduler; readonly record: RunRecord },
): DevToolConnector {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const shown = (item: ToolItem): DevItem => ({
    id: item.id,
    key: `KM-${item.id}`,
    url: `https://km.example/${item.id}`,
    scope: item.scope,
    status: statusWord(item),
    updatedAt: iso(item.updatedAtMs),
    createdAt: iso(item.createdAtMs),
  });
  const visible = (): ToolItem[] =>
    [...world.items.values()].filter((item) => !item.isDeleted && item.createdAtMs + world.lagMs <= scheduler.nowMs());
  const byId = (id: string): ToolItem | null => {
    const item = world.items.get(id);
    const isThere = item !== undefined && !item.isDeleted && item.createdAtMs + world.lagMs <= scheduler.nowMs();
    return isThere && item.missedUntilMs <= scheduler.nowMs() ? item : null;
  };
  // The time is by the clock of the process that asks; connectors know by the tool's `Date` how wrong that is.
  const since = (items: ToolItem[], createdSince: string | null): ToolItem[] =>
    createdSince === null
      ? items
      : items.filter((item) => item.createdAtMs >= Date.parse(createdSince) - (Date.now() - scheduler.nowMs()));
  const read = <T>(op: string, call: ReadCall, apply: () => T, isById = false): Promise<T> =>
    network.send({ side: 'tool', op, call: readOnly(call), apply, byId: isById });
  const blind = (): boolean => {
    if (world.blindSearches <= 0) return false;
    world.blindSearches -= 1;
    return true;
  };

  return {
    name: 'km',
    type: 'kitemaker',
    check: () => Promise.resolve([]),
    describe: ({ title, description, marker }) => ({ title, text: `${description}\n${marker}`, notes: [] }),
    createItem: (draft, call) =>
      network.send({
        side: 'tool',
        op: 'create',
        call,
        apply: (askedAtStep) => {
          const item = world.add(`${draft.description}\n\n${draft.marker}`, scopeIn(draft.target));
          const effect = {
            op: 'create',
            craftItemId: itemOf(draft),
            devItemId: item.id,
            marker: draft.marker,
            values: {},
          };
          record.effects.push({
            step: scheduler.steps(),
            atMs: scheduler.nowMs(),
            side: 'tool',
            askedAtStep,
            ...effect,
          });
          return { item: shown(item), showsMarker: true };
        },
      }),
    findByMarker: ({ target, marker, createdSince }, call) =>
      read('search for a marker', call, () => {
        if (blind()) return { answer: 'unknown', why: 'the list ends too early' } as const;
        const items = since(visible(), createdSince).filter(
          ({ scope, description }) => scope === scopeIn(target) && hasMarkerLine(description, marker),
        );
        return items.length === 0 ? ({ answer: 'absent' } as const) : { answer: 'found', items: items.map(shown) };
      }),
    listMarked: ({ start, createdSince }, call) =>
      read('listing of markers', call, () => {
        if (blind()) return { answer: 'unknown', why: 'the list ends too early' } as const;
        const marked = since(visible(), createdSince).flatMap((item) =>
          markerLines(item.description, start).map((marker) => ({ marker, item: shown(item) })),
        );
        return { answer: 'listed', marked };
      }),
    readItems: (ids, call) =>
      read(
        'read by id',
        call,
        () => {
          const found = ids.map(byId).filter((item) => item !== null);
          return { found: found.map(shown), missing: ids.filter((id) => byId(id) === null) };
        },
        true,
      ),
    readMarked: (id, marker, call) =>
      read(
        'read by id',
        call,
        () => {
          const item = byId(id);
          return item === null ? null : { item: shown(item), showsMarker: hasMarkerLine(item.description, marker) };
        },
        true,
      ),
    readFeed: (scope, from, call) =>
      read('feed', call, () => {
        const fromMs = from === null ? 0 : Date.parse(from);
        const items = visible().filter((item) => item.scope === scope && item.updatedAtMs >= fromMs);
        const newest = items.reduce((most, item) => Math.max(most, item.updatedAtMs), 0);
        return {
          items: items.map(shown),
          complete: true,
          everything: from === null,
          newest: newest === 0 ? null : iso(newest),
          toolTime: iso(scheduler.nowMs()),
        };
      }),
    listIds: (scope, call) =>
      read('ids', call, () =>
        visible()
          .filter((item) => item.scope === scope)
          .map(({ id }) => id),
      ),
    scopeOf: (target) => Promise.resolve(scopeIn(target)),
    seesScope: (_scope, call) => read('scope', call, () => true),
    comments: {
      post: (devItem, { text, marker }, call) =>
        network.send({
          side: 'tool',
          op: 'comment',
          call,
          apply: (askedAtStep) => {
            const item = byId(devItem.id);
            if (item === null)
              throw new ToolError('not-found', 'km: comment was refused with status 404', {
                connection: 'km',
                status: 404,
                write: true,
              });
            item.comments.push({ text: `${text}\n${marker}`, atMs: scheduler.nowMs() });
            const effect = { op: 'comment', craftItemId: '', devItemId: item.id, marker, values: {} };
            record.effects.push({
              step: scheduler.steps(),
              atMs: scheduler.nowMs(),
              side: 'tool',
              askedAtStep,
              ...effect,
            });
          },
        }),
      find: (devItem, marker, call) =>
        read('comments', call, () => {
          const comments = world.items.get(devItem.id)?.comments ?? [];
          const seen = comments.filter(({ atMs }) => atMs + world.lagMs <= scheduler.nowMs());
          return seen.some(({ text }) => hasMarkerLine(text, marker)) ? 'found' : 'absent';
        }),
    },
  };
}

function scopeIn(target: unknown): string {
  return (target as { readonly spaceId: string }).spaceId;
}

/** A look-up that belongs to a write takes no lease. */
function readOnly(call: ReadCall | WriteCall): ReadCall {
  const { callClass, signal } = call;
  return { callClass, ...(signal !== undefined && { signal }) };
}

function itemOf({ marker }: DevItemDraft): string {
  return marker.split('/').at(-2) ?? '';
}
