/**
 * Keeps open pages up to date over server-sent events: the whole view at first, then the cards that changed.
 *
 * Changes are collected for a moment, so that a sweep over a thousand items is a few messages and not thousands. A page
 * that does not keep up is disconnected; its browser connects again and gets the whole view.
 */
import type { ServerResponse } from 'node:http';
import type { DevSystemName } from '../world/systems.js';
import type { World } from '../world/world.js';
import { craftCard, newsOf, shown, uidOf, viewOf, type ChangedCards, type News, type View } from './view.js';

export interface Live {
  /** Takes over an answer whose head has not been sent; it ends with the connection. */
  join(response: ServerResponse): void;
  close(): void;
}

const COLLECT_MS = 150;
/** Proxies and browsers drop a silent connection. */
const HEARTBEAT_MS = 15_000;
const MOST_UNSENT_BYTES = 16 * 1024 * 1024;
const MOST_NEWS = 20;

/** `systems`: the dev tools that the page shows. */
export function createLive(world: World, systems: readonly DevSystemName[]): Live {
  const pages = new Set<ServerResponse>();
  const changed = createCollector(world, systems, () => void (timer ??= setTimeout(flush, COLLECT_MS).unref()));
  let timer: NodeJS.Timeout | null = null;

  const send = (page: ServerResponse, text: string): void => {
    if (page.writableLength > MOST_UNSENT_BYTES) page.destroy();
    else page.write(text);
  };
  const flush = (): void => {
    timer = null;
    const text = changed.take();
    for (const page of pages) send(page, text);
  };
  const heartbeat = setInterval(() => {
    for (const page of pages) send(page, ': still here\n\n');
  }, HEARTBEAT_MS).unref();

  return {
    join: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.once('close', () => pages.delete(response));
      pages.add(response);
      send(response, message('view', viewOf(world, systems)));
    },
    close: () => {
      clearInterval(heartbeat);
      if (timer !== null) clearTimeout(timer);
      for (const page of pages) page.destroy();
    },
  };
}

interface Collector {
  /** The message with all changes since the last one. */
  take(): string;
}

function createCollector(world: World, systems: readonly DevSystemName[], onChange: () => void): Collector {
  const craft = new Set<string>();
  const dev = new Map<string, DevRef>();
  let news: News[] = [];

  world.base.observe((change) => {
    const system = systems.find((one) => change.table.startsWith(`${one}.`));
    if (change.table === 'craft.items') craft.add(change.id);
    else if (system === undefined) return;
    else {
      // A record that is on no card gives an id that the page does not know, which does no harm.
      const id = world.tools[system].side.cardIdOf(change);
      if (id !== null) dev.set(uidOf(system, id), { system, id });
    }
    onChange();
  });
  world.onChange((change) => {
    if (change.side !== 'craft' && !systems.includes(change.side)) return;
    news = [...news, newsOf(world, change)].slice(-MOST_NEWS);
    onChange();
  });

  return {
    take: () => {
      const text = message('change', { craft: craftCards(world, craft), dev: devCards(world, dev), news });
      craft.clear();
      dev.clear();
      news = [];
      return text;
    },
  };
}

interface DevRef {
  readonly system: DevSystemName;
  readonly id: string;
}

function craftCards(world: World, ids: ReadonlySet<string>): ChangedCards['craft'] {
  const cards = [...ids].map((id) => {
    const item = world.craft.items.get(id);
    return [id, item === undefined ? null : craftCard(world, item)] as const;
  });
  return Object.fromEntries(cards);
}

function devCards(world: World, refs: ReadonlyMap<string, DevRef>): ChangedCards['dev'] {
  const cards = [...refs].map(([uid, { system, id }]) => {
    const card = world.tools[system].side.card(id);
    return [uid, card === null ? null : shown(system, card)] as const;
  });
  return Object.fromEntries(cards);
}

/** JSON has no line breaks of its own, so one `data:` line holds it. */
function message(event: 'view' | 'change', data: View | ChangedCards): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
