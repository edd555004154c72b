import { describe, expect, it } from 'vitest';
import {
  call,
  craftnote,
  craftnoteSandbox,
  failing,
  many,
  type Script,
  TO_PROJECTS,
  TO_TASKS,
  writing,
} from './setUp.js';

const messages =
  (texts: readonly string[]): Script =>
  ({ url }) =>
    url.endsWith('/messages') ? { body: { messages: texts.map((content, n) => ({ id: `m-${n}`, content })) } } : null;

describe('connectors/craftnote/parentsAndComments: parents and comments', () => {
  it('accepts a folder as parent of a project, and nothing else', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const { ids } = sandbox.tools.craftnote;
    const accepts = async (target: unknown, id = '') =>
      connector.hierarchy?.accepts(target, { id, key: null, url: null, scope: null }, call);
    expect(await accepts(TO_PROJECTS, ids['folder From product'])).toEqual({ accepted: true });
    expect(await accepts(TO_PROJECTS, ids['project Branch refit'])).toMatchObject({ accepted: false });
    expect(await accepts(TO_PROJECTS, 'nothing')).toEqual({ accepted: false, why: 'Craftnote has no project nothing' });
    expect(await accepts(TO_PROJECTS, 'p-1/t-1')).toMatchObject({ accepted: false });
    expect(await accepts(TO_TASKS, ids['folder From product'])).toMatchObject({ accepted: false });
  });

  it('creates a project under the folder that was accepted', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const { ids, baseUrl, apiKey } = sandbox.tools.craftnote;
    const parent = { id: ids['folder From product'] ?? '', key: null, url: null, scope: null };
    const text = {
      marker: 'craftsync:a/1/1',
      craftUrl: null,
      title: 'T',
      description: 'D',
      fields: {},
      timeZone: 'UTC',
    };
    const { item } = await connector.createItem({ target: { resource: 'project' }, parent, ...text }, writing);
    const folder = await fetch(`${baseUrl}/projects/${parent.id}`, { headers: { 'X-CN-API-KEY': apiKey } });
    expect(((await folder.json()) as { projects: string[] }).projects).toEqual([item.id]);
  });

  it('a task has no comments: none is found without a call, and none is sent', async () => {
    const { connector, server } = await craftnote(() => null);
    const task = { id: 'p-1/t-1', scope: 'p-1' };
    expect(await connector.comments?.find(task, 'craftsync:x#y', call)).toBe('absent');
    const post = connector.comments?.post(task, { text: 'Hello', marker: 'craftsync:x#y' }, writing);
    expect(await failing(post ?? Promise.resolve())).toMatchObject({ kind: 'invalid', details: { notSent: true } });
    expect(server.requests).toEqual([]);
  });

  it('is not sure that a comment is absent where the list may have been cut at a page', async () => {
    const find = async (texts: readonly string[]) => {
      const { connector } = await craftnote(messages(texts));
      return connector.comments?.find({ id: 'p-1', scope: null }, 'craftsync:x#y', call);
    };
    expect(await find(many(99, String))).toBe('absent');
    expect(await find(many(100, String))).toBe('unknown');
    expect(await find([...many(99, String), 'Changed\n\ncraftsync:x#y'])).toBe('found');
    expect(await find(many(101, String))).toBe('absent');
  });

  it('a folder has no chat: the refusal is reported', async () => {
    const { connector, sandbox } = await craftnoteSandbox();
    const id = sandbox.tools.craftnote.ids['folder Archive'] ?? '';
    const post = connector.comments?.post({ id, scope: null }, { text: 'Hello', marker: 'craftsync:x#y' }, writing);
    expect((await failing(post ?? Promise.resolve())).kind).toBe('invalid');
  });

  it('requires nothing but a title', async () => {
    const { connector } = await craftnote(() => null);
    expect((await connector.requiredFields?.list(TO_TASKS, call))?.map(({ name }) => name)).toEqual(['title']);
  });
});
