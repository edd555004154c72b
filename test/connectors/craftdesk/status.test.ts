import { describe, expect, it } from 'vitest';
import { call, craftdesk, project, serving } from './setUp.js';

async function read(more: Readonly<Record<string, unknown>>, settings = {}) {
  const { connector } = await craftdesk(
    serving(() => [project(1, more)]),
    settings,
  );
  return (await connector.readFeed('workspace', null, call)).items[0];
}

describe('connectors/craftdesk/status', () => {
  it.each([
    ['the word in status', { status: 'In Progress' }, {}, 'In Progress'],
    ['the word of the configured property', { stage: 'Review', status: 'x' }, { statusProperty: 'stage' }, 'Review'],
    ['a word inside an object', { status: { name: 'Done' } }, { statusProperty: 'status.name' }, 'Done'],
    ['a number as its digits', { status: 3 }, {}, '3'],
    ['active where there is no word', {}, {}, 'active'],
    ['active where the word is null', { status: null }, {}, 'active'],
    [
      'archived by archived_at, whatever the status',
      { status: 'Done', archived_at: '2026-01-01T00:00:00Z' },
      {},
      'archived',
    ],
    ['archived by archived', { status: 'Done', archived: true }, {}, 'archived'],
    ['archived by the status itself, in any case', { status: 'Archived' }, {}, 'archived'],
    ['its status where it is not archived', { status: 'Done', archived: false, archived_at: null }, {}, 'Done'],
  ])('the status is %s', async (_what, more, own, status) => {
    expect((await read(more, { own }))?.status).toBe(status);
  });

  it('a status that is not a word sets only this project aside, and names the setting', async () => {
    const { connector } = await craftdesk(serving(() => [project(1, { status: { name: 'Done' } }), project(2)]));
    const feed = await connector.readFeed('workspace', null, call);
    expect(feed.items.map(({ id }) => id)).toEqual(['id-2']);
    expect(feed.malformed).toEqual([
      { id: 'id-1', problem: '"status" that is not a word: name the word itself in statusProperty' },
    ]);
  });

  it.each([
    ['https://cd.example/p/{id}', {}, 'https://cd.example/p/id-1'],
    ['https://cd.example/p/{slug}', { slug: 'website redesign' }, 'https://cd.example/p/website%20redesign'],
    ['https://cd.example/p/{slug}', {}, null],
    [null, { slug: 'x' }, null],
  ])('the link of %s', async (itemUrl, more, url) => {
    expect(await read(more, { itemUrl })).toMatchObject({ url, key: null });
  });
});
