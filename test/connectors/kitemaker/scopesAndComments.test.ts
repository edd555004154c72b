import { describe, expect, it } from 'vitest';
import { graphqlUrlOf } from '../../../connectors/kitemaker/index.js';
import { call, failing, kitemaker, mobile, web, writes, writing } from './setUp.js';

describe('connectors/kitemaker/scopesAndComments', () => {
  it('derives the GraphQL address from the REST one', () => {
    expect(graphqlUrlOf('https://toil.kitemaker.co/developers/rest/v1')).toBe(
      'https://toil.kitemaker.co/developers/graphql',
    );
    expect(graphqlUrlOf('http://localhost:1/x/rest/v1/')).toBe('http://localhost:1/x/graphql');
  });

  describe('scopes', () => {
    it('finds the space of a target by its status where spaceId is absent', async () => {
      const { connector } = await kitemaker(() => null);
      expect(await connector.scopeOf({ statusId: 'st-web' }, call)).toBe('space-2');
      expect(await connector.scopeOf({ spaceId: 'space-1', status: 'Done' }, call)).toBe('space-1');
      expect((await failing(connector.scopeOf({ statusId: 'nope' }, call))).kind).toBe('not-found');
    });

    it('sees a scope only while the key sees it, checked each time', async () => {
      let spaces = [mobile, web];
      const { connector } = await kitemaker((r) =>
        r.query.includes('organization') ? { body: { data: { organization: { spaces } } } } : null,
      );
      expect(await connector.seesScope('space-2', call)).toBe(true);
      spaces = [mobile];
      expect(await connector.seesScope('space-2', call)).toBe(false);
    });

    it('lists ids from the metadata', async () => {
      const { connector, server } = await kitemaker((r) =>
        r.url.includes('/metadata/workitems')
          ? {
              body: [
                { id: 'id-1', label: 'a' },
                { id: 'id-2', label: 'b' },
              ],
            }
          : null,
      );
      expect(await connector.listIds('a b', call)).toEqual(['id-1', 'id-2']);
      expect(server.requests[0]?.url).toBe('/developers/rest/v1/metadata/workitems?spaceId=a%20b');
    });
  });

  describe('comments', () => {
    it('posts by REST and searches all of them by GraphQL', async () => {
      const { connector, server } = await kitemaker((r) => {
        if (r.url.endsWith('/comment')) return { status: 201, body: { id: 'c-1' } };
        return r.query.includes('comments')
          ? { body: { data: { workItem: { comments: [{ body: 'x craftsync:item-sync:m:1#d-10' }] } } } }
          : null;
      });
      const item = { id: 'id-1', scope: null };
      await connector.comments?.post(item, { text: 'Hello', marker: 'craftsync:a#b' }, writing);
      expect(writes(server)[0]).toMatchObject({
        url: '/developers/rest/v1/comment',
        body: { workItemId: 'id-1', body: 'Hello\n\ncraftsync:a#b' },
      });
      expect(await connector.comments?.find(item, 'craftsync:item-sync:m:1#d-10', call)).toBe('found');
      expect(await connector.comments?.find(item, 'craftsync:item-sync:m:1#d-1', call)).toBe('absent');
    });
  });
});
