import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxPage } from '../../../sandbox/page/page.js';
import type { ChangedCards, View } from '../../../sandbox/page/view.js';
import type { DevDeed } from '../../../sandbox/people/devSide.js';
import { running, type Running } from '../running.js';

const SCRIPTS = ['/page/page.js', '/page/cards.js', '/page/dialogs.js'];

type Message =
  { readonly event: 'view'; readonly data: View } | { readonly event: 'change'; readonly data: ChangedCards };

/** Reads server-sent events as a browser does. */
async function openPage(url: string) {
  const request = get(`${url}/page/events`);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let unread = '';
  const messages: Message[] = [];
  const waiting: (() => void)[] = [];
  response.on('data', (text: string) => {
    unread += text;
    for (let end = unread.indexOf('\n\n'); end !== -1; end = unread.indexOf('\n\n')) {
      const lines = unread.slice(0, end).split('\n');
      unread = unread.slice(end + 2);
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7);
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
      if (data !== undefined) messages.push({ event, data: JSON.parse(data) as unknown } as Message);
    }
    for (const wake of waiting.splice(0)) wake();
  });
  const next = async (): Promise<Message> => {
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return {
    response,
    messages,
    view: async () => {
      const { event, data } = await next();
      if (event !== 'view') throw new Error(`expected a view, got a ${event}`);
      return data;
    },
    change: async () => {
      const { event, data } = await next();
      if (event !== 'change') throw new Error(`expected a change, got a ${event}`);
      return data;
    },
    close: () => request.destroy(),
  };
}

describe('sandbox/page/page', () => {
  let sandbox: Running;
  let page: Awaited<ReturnType<typeof openPage>>;

  beforeEach(async () => {
    sandbox = await running({ pages: sandboxPage() });
    page = await openPage(sandbox.url);
  });
  afterEach(async () => {
    page.close();
    await sandbox.close();
  });

  const workItem = (title = 'Given') => {
    const item = sandbox.world.tools.kitemaker.world.createWorkItem(
      { spaceId: sandbox.mobile.id, statusId: sandbox.mobile.status('To do'), title, actorId: 'a' },
      'api',
    );
    return { id: item.id, key: sandbox.world.tools.kitemaker.world.key(item) };
  };
  const craftItem = () => {
    const [item] = sandbox.world.craft.items.values();
    if (item === undefined) throw new Error('no items');
    return item;
  };

  it('is one page with its own style and scripts, and asks no other host for anything', async () => {
    const html = await (await fetch(`${sandbox.url}/`)).text();
    const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(named).toContain('/page/page.js');
    for (const address of named) expect(address).toMatch(/^(\/page\/|#|data:,$)/);
    const texts = await Promise.all(
      [...SCRIPTS, '/page/page.css'].map(async (path) => (await fetch(sandbox.url + path)).text()),
    );
    for (const text of [html, ...texts]) expect(text).not.toMatch(/https?:\/\/|@import|url\(/);
  });

  it('serves scripts and style with their types, and every module that a script imports', async () => {
    for (const path of SCRIPTS) {
      const answer = await fetch(sandbox.url + path);
      expect(answer.headers.get('content-type')).toContain('text/javascript');
      for (const [, module] of (await answer.text()).matchAll(/from '\.\/([^']+)'/g)) {
        expect((await fetch(`${sandbox.url}/page/${module ?? ''}`)).status, module).toBe(200);
      }
    }
    const style = await fetch(`${sandbox.url}/page/page.css`);
    expect(style.headers.get('content-type')).toContain('text/css');
  });

  it('forbids the browser to run or load anything that is not the page’s own', async () => {
    const answer = await fetch(`${sandbox.url}/`);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('never turns a text of an item into markup or code', async () => {
    for (const path of SCRIPTS) {
      const script = await (await fetch(sandbox.url + path)).text();
      expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|srcdoc/);
    }
  });

  it('labels every control of its markup', async () => {
    const html = await (await fetch(`${sandbox.url}/`)).text();
    expect(html).toMatch(/<html lang="en">/);
    for (const [input] of html.matchAll(/<input[^>]*>/g)) {
      expect(html, input).toContain(`<label class="find">Find ${input}</label>`);
    }
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) {
      if (id !== 'dialog-heading') expect(html, id).toContain(`id="${id ?? ''}"`);
    }
  });

  it('first shows all of both systems, with the fields that craftsync writes by name', async () => {
    const { id } = craftItem();
    const customFields = { dev_lock: 'View only', dev_status: 'In review', dev_key: 'MOB-9', dev_state: 'In sync' };
    sandbox.act({
      as: 'product-manager',
      action: 'edit',
      id,
      edit: { customFields: { ...customFields, dev_link: 'http://x/' } },
    });
    const late = await openPage(sandbox.url);
    const view = await late.view();
    late.close();
    expect(view.craft.find((card) => card.id === id)).toMatchObject({
      lock: 'View only',
      devStatus: 'In review',
      devKey: 'MOB-9',
      devLink: 'http://x/',
      devState: 'In sync',
    });
    expect(view.craft).toHaveLength(sandbox.world.craft.items.size);
    expect(view.dev).toHaveLength(sandbox.world.tools.kitemaker.world.workItems.size);
    const [kitemaker] = view.frame.tools;
    expect(view.frame.tools.map(({ system }) => system)).toEqual(['kitemaker']);
    expect(kitemaker?.places.map((place) => place.key)).toEqual(['MOB', 'WEB']);
    expect(kitemaker?.places[0]?.statuses).toContain('In Progress');
  });

  it('tells open pages about a change: only the changed card, and who did it', async () => {
    await page.view();
    const { id, shortId } = craftItem();
    sandbox.act({ as: 'product-manager', action: 'mark-ready', id });
    const change = await page.change();
    expect(Object.keys(change.craft)).toEqual([id]);
    expect(change.craft[id]).toMatchObject({ key: shortId, status: 'Ready for Development' });
    expect(change.dev).toEqual({});
    expect(change.news).toMatchObject([
      { by: 'product-manager', text: `updated Craft.io item ${shortId}, now Ready for Development` },
    ]);
  });

  it('reports moves, another space with its new key, comments and deletions', async () => {
    await page.view();
    const { id, key } = workItem();
    const uid = `kitemaker:${id}`;
    expect((await page.change()).dev[uid]).toMatchObject({ id, tool: 'kitemaker', place: 'MOB', status: 'To do' });
    sandbox.act({ as: 'developer', action: 'move', id, status: 'In Review' });
    const inReview = await page.change();
    expect(inReview.dev[uid]).toMatchObject({ status: 'In Review' });
    expect(inReview.news).toMatchObject([{ by: 'developer', text: `updated work item ${key}, now In Review` }]);
    sandbox.act({ as: 'developer', action: 'move-place', id, place: 'WEB' });
    const moved = (await page.change()).dev[uid];
    expect(moved).toMatchObject({ place: 'WEB', status: 'In Review' });
    expect(moved?.key).toMatch(/^WEB-\d+$/);
    sandbox.act({ as: 'developer', action: 'comment', id, text: 'On it' });
    const commented = await page.change();
    expect(commented.dev[uid]?.comments).toMatchObject([{ text: 'On it' }]);
    expect(commented.news).toMatchObject([{ text: `created comment on ${moved?.key ?? ''}` }]);
    sandbox.act({ as: 'developer', action: 'delete', id });
    expect((await page.change()).dev[uid]).toBeNull();
    sandbox.act({ as: 'product-manager', action: 'delete', id: craftItem().id });
    expect(Object.values((await page.change()).craft)).toEqual([null]);
  });

  it('redraws the card of the item that a comment or a task of any tool belongs to', async () => {
    const other = await running({ pages: sandboxPage(['craftnote', 'redmine']) });
    const open = await openPage(other.url);
    const { dev } = await open.view();
    const act = async (tool: 'craftnote' | 'redmine', deed: DevDeed) => {
      const outcome = other.act({ as: 'developer', tool, ...deed });
      if (outcome.status === 'refused') throw new Error(outcome.message);
      return { uid: `${tool}:${outcome.id}`, change: await open.change() };
    };
    const project = dev.find(({ tool, title }) => tool === 'craftnote' && title.startsWith('Burst pipe'))?.id ?? '';
    const chat = await act('craftnote', { action: 'comment', id: project, text: 'On it' });
    expect(chat.change.dev[chat.uid]?.comments).toMatchObject([{ text: 'On it' }]);
    const place = dev.find((card) => card.tool === 'craftnote' && card.place !== 'projects')?.place ?? '';
    const task = await act('craftnote', { action: 'create', place, edit: { title: 'Paint' } });
    expect(task.change.dev[task.uid]).toMatchObject({ uid: task.uid, title: 'Paint' });
    const issue = await act('redmine', { action: 'create', place: 'web', edit: { title: 'Slow' } });
    const note = await act('redmine', { action: 'comment', id: issue.uid.slice('redmine:'.length), text: 'Seen' });
    expect(note.change.dev[note.uid]?.comments).toMatchObject([{ text: 'Seen' }]);
    expect(note.change.news.at(-1)).toMatchObject({
      text: `created comment on ${note.change.dev[note.uid]?.key ?? ''}`,
    });
    open.close();
    await other.close();
  });

  it('collects many changes into few messages', async () => {
    await page.view();
    for (let n = 0; n < 1_000; n++) workItem(`Item ${n}`);
    let told = 0;
    let messages = 0;
    while (told < 1_000) {
      told += Object.keys((await page.change()).dev).length;
      messages += 1;
    }
    expect(messages).toBeLessThan(10);
  });

  it('sends line breaks and markup of items as they are, within one message', async () => {
    await page.view();
    const { id } = craftItem();
    const title = 'a\n\nevent: view\ndata: {}\n\n<img src=x onerror=alert(1)>';
    sandbox.act({ as: 'product-manager', action: 'edit', id, edit: { title } });
    expect((await page.change()).craft[id]?.title).toBe(title);
    expect(page.messages).toEqual([]);
  });

  it('shows a reset as removed and new cards', async () => {
    const before = (await page.view()).craft.map((card) => card.id);
    await sandbox.admin('POST', '/reset', { items: 3 });
    const { craft } = await page.change();
    expect(before.map((id) => craft[id])).toEqual(before.map(() => null));
    expect(Object.values(craft).filter((card) => card !== null)).toHaveLength(3);
  });

  it('takes the acts that its script sends', async () => {
    await page.view();
    const { id } = craftItem();
    const answer = await sandbox.admin('POST', '/act', { as: 'product-manager', action: 'unready', id });
    expect(answer.body).toMatchObject({ status: 'done', id });
    expect((await page.change()).craft[id]).toMatchObject({ status: 'In Definition' });
  });

  it('forgets closed pages, and ends open ones when the sandbox closes', async () => {
    await page.view();
    const other = await openPage(sandbox.url);
    other.close();
    const ended = new Promise((resolve) => page.response.on('error', resolve).on('end', resolve));
    await sandbox.close();
    await ended;
  });
});
