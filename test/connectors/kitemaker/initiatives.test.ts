import { afterEach, describe, expect, it } from 'vitest';
import type { HttpClient } from '../../../connectors/http/client.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { makeInitiative } from '../../harness/deployment/initiatives.js';
import { connectTool, pipelineTo } from '../conformance/connectTool.js';
import { call, draft, failing, kitemaker, queries, restItem, type Script, writes, writing } from './setUp.js';

const ABSENT = { message: 'Could not find the specified initiative', extensions: { code: 'INITIATIVE_NOT_FOUND' } };

interface Named {
  readonly id: string;
  readonly title: string | null;
}

/** An organisation with these initiatives, two a page; it answers `miss` for an id that none has. */
const having = (all: readonly Named[], miss: object = ABSENT): Script => {
  return (r) => {
    if (r.url.endsWith('/workitem')) return { status: 201, body: restItem(7) };
    if (r.url.endsWith('/organization')) return { body: { id: 'o', name: 'Acme' } };
    if (r.query.includes('mutation')) return { body: { data: { editInitiative: {} } } };
    if (r.query.includes('initiatives(')) {
      const from = Number(r.variables['cursor'] ?? 0);
      const initiatives = all.slice(from, from + 2);
      const page = { initiatives, cursor: String(from + 2), hasMore: from + 2 < all.length };
      return { body: { data: { initiatives: page } } };
    }
    if (!r.query.includes('initiative(id')) return null;
    const found = all.find(({ id }) => id === r.variables['it']);
    return { body: found === undefined ? { data: null, errors: [miss] } : { data: { initiative: { id: found.id } } } };
  };
};

const ALL = [
  { id: 'in-1', title: 'Onboarding' },
  { id: 'in-2', title: 'Search' },
  { id: 'in-3', title: 'Twice' },
  { id: 'in-4', title: 'Twice' },
  { id: 'in-5', title: null },
  { id: 'in-6', title: 'Launch of the app' },
];
const targetOf = (initiative: string) => ({ spaceId: 'space-1', statusId: 'st-todo', initiative });

describe('connectors/kitemaker/initiatives', () => {
  it('finds an initiative by its exact title on any page, and caches it for the next create', async () => {
    const { connector, server } = await kitemaker(having(ALL));
    const create = () => connector.createItem(draft({ target: targetOf('Launch of the app') }), writing);
    expect((await create()).warnings).toBeUndefined();
    const put = { variables: { input: { id: 'in-6', addWorkItemIds: ['id-7'] } } };
    expect(queries(server, 'mutation')).toMatchObject([put]);
    expect(queries(server, 'initiatives(')).toHaveLength(3);
    await create();
    expect(queries(server, 'mutation')).toMatchObject([put, put]);
    expect(queries(server, 'initiatives(')).toHaveLength(3);
  });

  it('looks up by id first, and makes no other request where there is one', async () => {
    const { connector, server } = await kitemaker(having(ALL));
    await connector.createItem(draft({ target: targetOf('in-2') }), writing);
    expect(queries(server, 'mutation')).toMatchObject([{ variables: { input: { id: 'in-2' } } }]);
    expect(queries(server, 'initiatives(')).toEqual([]);
  });

  it.each([
    ['no such id', ABSENT],
    ['null for a field that must not be', { message: 'Cannot return null for non-nullable field Query.initiative.' }],
    ['a value that is not an id', { message: 'invalid id', extensions: { code: 'BAD_USER_INPUT' } }],
  ])('treats %s as a miss, and looks for the title', async (_what, miss) => {
    const { connector, server } = await kitemaker(having(ALL, miss));
    await connector.createItem(draft({ target: targetOf('Search') }), writing);
    expect(queries(server, 'mutation')).toMatchObject([{ variables: { input: { id: 'in-2' } } }]);
  });

  it('refuses a title that two have, naming both, and an unknown one, naming the nearest; nothing is created', async () => {
    const { connector, server } = await kitemaker(having(ALL));
    const refusal = (named: string) => failing(connector.createItem(draft({ target: targetOf(named) }), writing));
    const twice = 'two initiatives have the title "Twice", in-3 and in-4: give the id or number of one';
    const unknown = 'no initiative has the id or title "Onbording"; the nearest is "Onboarding", in-1';
    expect(await refusal('Twice')).toMatchObject({ kind: 'invalid', message: `km: ${twice}` });
    expect(await refusal('Onbording')).toMatchObject({ kind: 'invalid', message: `km: ${unknown}` });
    expect((await refusal('launch of the app')).message).toContain('the nearest is "Launch of the app", in-6');
    expect(writes(server)).toEqual([]);
  });

  it('check says which initiative is meant, or what is wrong with its name', async () => {
    const { connector } = await kitemaker(having(ALL));
    const said = async (named: string) => {
      const pipeline = { ...pipelineTo(targetOf(named), []), devTool: 'km' };
      const findings = await connector.check([pipeline], call);
      return findings.find(({ where }) => where === 'pipelines.mobile.target.initiative');
    };
    expect(await said('Search')).toMatchObject({ level: 'ok', message: 'the initiative "Search" exists: in-2' });
    expect(await said('in-2')).toMatchObject({ level: 'ok', message: 'the initiative in-2 exists' });
    expect(await said('Twice')).toMatchObject({
      level: 'wrong',
      message: expect.stringContaining('in-3 and in-4') as string,
    });
    expect(await said('Serch')).toMatchObject({
      level: 'wrong',
      message: expect.stringContaining('the nearest is "Search", in-2') as string,
    });
  });

  describe('in the sandbox', () => {
    let sandbox: Sandbox | null = null;
    const clients: HttpClient[] = [];
    afterEach(async () => {
      for (const client of clients.splice(0)) await client.close();
      await sandbox?.close();
    });

    it('an item is put under an initiative given by its title', async () => {
      sandbox = await startSandbox({ port: 0, items: 0 });
      const id = makeInitiative(sandbox, []);
      const { baseUrl, graphqlUrl, apiKey, spaces } = sandbox.tools.kitemaker;
      const [space] = spaces;
      const tool = { type: 'kitemaker', baseUrl, apiKey, itemUrl: null, own: { graphqlUrl } };
      const target = { spaceId: space?.id, statusId: space?.statuses[0]?.id, initiative: 'By hand' };
      const { item } = await connectTool(clients, tool, {}).createItem(draft({ target }), writing);
      expect(sandbox.world.tools.kitemaker.world.initiatives.get(id)?.workItemIds).toEqual([item.id]);
    });
  });
});
