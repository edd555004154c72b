/**
 * Keeps open pages up to date over server-sent events: the whole view at first, then the cards that changed.
 *
 * Changes are collected for a moment, so that a sweep over a thousand items is a few messages and not thousands. A page
 * that does not keep up is cut off; its browser connects again and gets the whole view.
 */
import type { ServerResponse } from 'node:http';
import type { World } from '../world.js';
import { craftCard, devCard, newsOf, viewOf, type ChangedCards, type News } from './view.js';

export interface Live {
  /** Takes over an answer whose head has not been sent; it ends with the connection. */
  join(response: ServerResponse): void;
  close(): void;
}

const COLLECT_MS = 150;
/** Proxies and browsers drop a connection on which nothing comes. */
const HEARTBEAT_MS = 15_000;
const MOST_UNSENT_BYTES = 16 * 1024 * 1024;
const MOST_NEWS = 20;

export function createLive(world: World): Live {
  const pages = new Set<ServerResponse>();
  const changed = createCollector(world, () => void (timer ??= setTimeout(flush, COLLECT_MS).unref()));
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
      send(response, message('view', viewOf(world)));
    },
    close: () => {
      clearInterval(heartbeat);
      if (timer !== null) clearTimeout(timer);
      for (const page of pages) page.destroy();
    },
  };
}

interface Collector {
  /** The message that says what has changed since the last one. */
  take(): string;
}

function createCollector(world: World, onChange: () => void): Collector {
  const craft = new Set<string>();
  const dev = new Set<string>();
  let news: News[] = [];

  world.base.observe(({ table, id, record }) => {
    if (table === 'craft.items') craft.add(id);
    else if (table === 'kitemaker.workItems') dev.add(id);
    else if (table === 'kitemaker.comments') {
      const comment = record as { readonly workItemId: string } | null;
      if (comment !== null) dev.add(comment.workItemId);
    } else return;
    onChange();
  });
  world.onChange((change) => {
    news = [...news, newsOf(world, change)].slice(-MOST_NEWS);
    onChange();
  });

  return {
    take: () => {
      const text = message('change', cards(world, craft, dev, news));
      craft.clear();
      dev.clear();
      news = [];
      return text;
    },
  };
}

function cards(
  world: World,
  craft: ReadonlySet<string>,
  dev: ReadonlySet<string>,
  news: readonly News[],
): ChangedCards {
  const craftCards = [...craft].map((id) => {
    const item = world.craft.items.get(id);
    return [id, item === undefined ? null : craftCard(world, item)] as const;
  });
  const devCards = [...dev].map((id) => {
    const item = world.kitemaker.workItems.get(id);
    return [id, item === undefined ? null : devCard(world, item)] as const;
  });
  return { craft: Object.fromEntries(craftCards), dev: Object.fromEntries(devCards), news };
}

/** JSON has no line breaks of its own, so one `data:` line holds it. */
function message(event: 'view' | 'change', data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
