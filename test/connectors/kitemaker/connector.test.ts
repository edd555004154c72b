import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../src/connectors/http/client.js';
import { graphqlUrlOf } from '../../../src/connectors/kitemaker/index.js';
import type { DevToolConnector, ReadCall, WriteCall } from '../../../src/connectors/port.js';
import { createDevTool, type OpenHttp } from '../../../src/connectors/registry.js';
import type { DevItemDraft } from '../../../src/domain/devItem.js';
import { ToolError } from '../../../src/domain/errors.js';
import type { DevToolSettings, PipelineSettings } from '../../../src/domain/settings.js';
import { type Answer, type Recorded, recorder, type Recorder } from './recorder.js';

const MARKER = 'craftsync:mobile/2305843010635321210/1';
const call: ReadCall = { callClass: 'progress' };
const writing: WriteCall = { callClass: 'hand-over', authorise: () => Promise.resolve({ passed: () => false }) };

const mobile = {
  id: 'space-1',
  key: 'MOB',
  name: 'Mobile',
  statuses: [
    { id: 'st-todo', name: 'To do', type: 'TODO' },
    { id: 'st-done', name: 'Done', type: 'DONE' },
  ],
  labels: [{ id: 'la-1', name: 'from craft' }],
};
const web = {
  id: 'space-2',
  key: 'WEB',
  name: 'Web',
  statuses: [{ id: 'st-web', name: 'Later', type: 'TODO' }],
  labels: [],
};

const restItem = (n: number, more: object = {}) => ({
  id: `id-${n}`,
  number: n,
  title: 'T',
  description: 'D',
  status: { id: 'st-todo', name: 'To do' },
  space: { id: 'space-1', name: 'Mobile' },
  labels: [],
  createdAt: at(n),
  updatedAt: at(n),
  ...more,
});
const graphItem = (n: number, more: object = {}) => ({
  ...restItem(n),
  number: `MOB-${n}`,
  space: { id: 'space-1', key: 'MOB' },
  ...more,
});
/** The nth minute of a day. */
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();

type Script = (
  request: Recorded & { readonly query: string; readonly variables: Record<string, unknown> },
) => Answer | null;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A Kitemaker that knows its organisation and answers the rest by the script; a connector to it. */
async function kitemaker(script: Script, settings: Partial<DevToolSettings> = {}) {
  const pushedBack: Date[] = [];
  const server = await recorder((request) => {
    const { query = '', variables = {} } = (request.body ?? {}) as {
      query?: string;
      variables?: Record<string, unknown>;
    };
    const answer = script({ ...request, query, variables });
    if (answer !== null) return answer;
    if (query.includes('organization')) return { body: { data: { organization: { spaces: [mobile, web] } } } };
    return { status: 404, body: { errors: [{ message: 'Unexpected', status: 404, code: 'UNEXPECTED' }] } };
  });
  opened.push(server);
  const base: DevToolSettings = {
    name: 'km',
    type: 'kitemaker',
    baseUrl: `${server.url}/developers/rest/v1`,
    rateLimit: { perMinute: null, burst: 1, perMonth: null },
    timeoutMs: 5_000,
    proxy: null,
    caFile: null,
    itemUrl: 'https://km.example/{spaceKey}/items/{number}',
    progressEveryMs: 1,
    inventoryEveryMs: 1,
    readAfterWriteMs: 1,
    lateWriteMs: 1,
    own: {},
    ...settings,
  };
  const openHttp: OpenHttp = (speech) => {
    const client = createHttpClient({
      ...base,
      connection: base.name,
      authHeaders: () => speech.authHeaders('the-key'),
      budget: { ask: () => Promise.resolve(), pushBack: (until) => void pushedBack.push(until) },
      ...(speech.describeError && { describeError: speech.describeError }),
    });
    opened.push(client);
    return client;
  };
  return { connector: createDevTool(base, openHttp), server, pushedBack };
}

const draft = (more: Partial<DevItemDraft> = {}): DevItemDraft => ({
  target: { spaceId: 'space-1', statusId: 'st-todo' },
  marker: MARKER,
  craftUrl: 'https://app.craft.io/i/1',
  title: 'CRK-1 Title',
  description: 'Text',
  fields: {},
  ...more,
});

async function failing(attempt: Promise<unknown>): Promise<ToolError> {
  const error: unknown = await attempt.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ToolError)) throw new Error(`expected a ToolError, got ${JSON.stringify(error)}`);
  return error;
}

const writes = (server: Recorder) => server.requests.filter((r) => r.method === 'POST' && !r.url.endsWith('/graphql'));
const queries = (server: Recorder, word: string) =>
  server.requests
    .map((r) => r.body as { query?: string } | null)
    .filter((body) => body?.query?.includes(word) ?? false);

describe('connectors/kitemaker', () => {
  it('derives the GraphQL address from the REST one', () => {
    expect(graphqlUrlOf('https://toil.kitemaker.co/developers/rest/v1')).toBe(
      'https://toil.kitemaker.co/developers/graphql',
    );
    expect(graphqlUrlOf('http://localhost:1/x/rest/v1/')).toBe('http://localhost:1/x/graphql');
  });

  describe('createItem', () => {
    it('sends one POST by the documents, the marker as the last line, and reads the answer', async () => {
      const { connector, server } = await kitemaker((r) => {
        const { description } = (r.body ?? {}) as { description?: string };
        return r.url.endsWith('/workitem')
          ? { status: 201, body: restItem(7, { description: `${description}\n` }) }
          : null;
      });
      const created = await connector.createItem(draft({ fields: { effort: 'Large', impact: 'small' } }), writing);
      expect(created).toEqual({
        showsMarker: true,
        item: {
          id: 'id-7',
          key: 'MOB-7',
          url: 'https://km.example/MOB/items/7',
          scope: 'space-1',
          status: 'To do',
          updatedAt: at(7),
          createdAt: at(7),
        },
      });
      const [sent, ...others] = writes(server);
      expect(others).toEqual([]);
      expect(sent).toMatchObject({ method: 'POST', url: '/developers/rest/v1/workitem' });
      expect(sent?.headers).toMatchObject({
        'x-api-key': 'the-key',
        accept: 'application/json',
        'content-type': 'application/json',
      });
      expect(sent?.headers.authorization).toBeUndefined();
      expect(sent?.body).toEqual({
        title: 'CRK-1 Title',
        statusId: 'st-todo',
        description: `Text\n\n[Craft.io](https://app.craft.io/i/1)\n\n${MARKER}`,
        effort: 'large',
        impact: 'small',
      });
      expect(server.requests[0]).toMatchObject({
        url: '/developers/graphql',
        headers: { authorization: 'Bearer the-key' },
      });
      expect(server.requests[0]?.headers['x-api-key']).toBeUndefined();
    });

    it('says that the answer shows no marker', async () => {
      const { connector } = await kitemaker((r) =>
        r.url.endsWith('/workitem') ? { status: 201, body: restItem(7) } : null,
      );
      expect((await connector.createItem(draft(), writing)).showsMarker).toBe(false);
    });

    it('a created item that cannot be read is ambiguous, never lost', async () => {
      const { connector } = await kitemaker((r) =>
        r.url.endsWith('/workitem') ? { status: 201, body: restItem(7, { status: null }) } : null,
      );
      const error = await failing(connector.createItem(draft(), writing));
      expect(error.kind).toBe('ambiguous');
      expect(error.message).toContain('"status"');
    });

    it('looks a status up by name and labels by name or id, all before the one write', async () => {
      const { connector, server } = await kitemaker((r) =>
        r.url.endsWith('/workitem') ? { status: 201, body: restItem(7) } : null,
      );
      const target = { spaceId: 'space-1', status: 'Done', labels: ['from craft', 'la-1'] };
      await connector.createItem(draft({ target }), writing);
      expect(writes(server)[0]?.body).toMatchObject({ statusId: 'st-done', labelIds: ['la-1', 'la-1'] });
      expect(server.requests.at(-1)?.url).toContain('/workitem');
    });

    it('creates a missing label only where asked to, and without the lease of the item', async () => {
      const labels: object[] = [];
      const { connector, server } = await kitemaker((r) => {
        if (r.url.endsWith('/label')) {
          labels.push({ id: 'la-9', name: (r.body as { labelName: string }).labelName });
          return { status: 201, body: { id: 'la-9', name: 'new', spaceId: 'space-1' } };
        }
        if (r.query.includes('organization')) {
          return {
            body: { data: { organization: { spaces: [{ ...mobile, labels: [...mobile.labels, ...labels] }, web] } } },
          };
        }
        return r.url.endsWith('/workitem') ? { status: 201, body: restItem(7) } : null;
      });
      let leases = 0;
      const leased: WriteCall = {
        ...writing,
        authorise: () => Promise.resolve({ passed: () => void (leases += 1) === undefined && false }),
      };
      const target = { spaceId: 'space-1', statusId: 'st-todo', labels: ['new'] };
      expect((await failing(connector.createItem(draft({ target }), leased))).kind).toBe('invalid');
      expect(writes(server)).toEqual([]);
      await connector.createItem(draft({ target: { ...target, createLabels: true } }), leased);
      expect(writes(server).map((r) => r.body)).toMatchObject([
        { spaceId: 'space-1', labelName: 'new' },
        { labelIds: ['la-9'] },
      ]);
      expect(leases).toBe(1);
    });

    it('puts the item under an initiative, and a failure of that does not make the create look failed', async () => {
      let works = true;
      const { connector, server } = await kitemaker((r) => {
        if (r.query.includes('initiativeByNumber')) return { body: { data: { initiative: { id: 'in-12' } } } };
        if (r.query.includes('mutation'))
          return works ? { body: { data: { editInitiative: {} } } } : { status: 500, body: {} };
        return r.url.endsWith('/workitem') ? { status: 201, body: restItem(7) } : null;
      });
      const target = { statusId: 'st-todo', initiative: 'I-12' };
      expect((await connector.createItem(draft({ target }), writing)).warnings).toBeUndefined();
      expect(queries(server, 'mutation')[0]).toMatchObject({
        variables: { input: { id: 'in-12', addWorkItemIds: ['id-7'] } },
      });
      works = false;
      expect((await connector.createItem(draft({ target }), writing)).warnings).toHaveLength(1);
    });

    it('refuses an effort that Kitemaker would refuse, without a call', async () => {
      const { connector, server } = await kitemaker(() => null);
      const error = await failing(connector.createItem(draft({ fields: { effort: '9 plans' } }), writing));
      expect(error).toMatchObject({ kind: 'invalid', details: { notSent: true } });
      expect(error.message).not.toContain('9 plans');
      expect(server.requests).toEqual([]);
    });

    it('sends 1 MB cut, with a note and the marker intact, a long title on one line, and no foreign markers or mentions', async () => {
      const { connector, server } = await kitemaker((r) =>
        r.url.endsWith('/workitem') ? { status: 201, body: r.body } : null,
      );
      const description = `${MARKER}\n@ann ${'x'.repeat(1_000_000)}`;
      await failing(connector.createItem(draft({ description, title: `@bob\n${'t'.repeat(999)}` }), writing));
      const sent = writes(server)[0]?.body as { description: string; title: string };
      expect(sent.description.length).toBeLessThanOrEqual(30_000);
      expect(sent.description.split('\n').filter((line) => line === MARKER)).toHaveLength(1);
      expect(sent.description.endsWith(`\n${MARKER}`)).toBe(true);
      expect(sent.description).toContain('cut here');
      expect(sent.description).not.toContain('@ann');
      expect(sent.title).toMatch(/^@\u2060bob t+…$/);
      expect(sent.title.length).toBeLessThanOrEqual(250);
    });

    it("tells Kitemaker's reason with its code and without the title", async () => {
      const { connector } = await kitemaker((r) =>
        r.url.endsWith('/workitem')
          ? { status: 400, body: { errors: [{ message: 'Bad title CRK-1 Title', status: 400, code: 'INVALID' }] } }
          : null,
      );
      const error = await failing(connector.createItem(draft(), writing));
      expect(error.message).toBe('km: POST /workitem was refused with status 400: Bad title … (INVALID)');
    });
  });

  describe('readItems', () => {
    type ById = (ids: readonly string[]) => Answer;
    const byId =
      (answer: ById): Script =>
      (r) =>
        r.query.includes('workItem(id:') ? answer(Object.values(r.variables) as string[]) : null;
    const dataFor = (ids: readonly string[]) =>
      Object.fromEntries(ids.map((id, i) => [`i${i}`, graphItem(Number(id.replace(/\D/g, '')), { id })]));
    const ids = (count: number) => Array.from({ length: count }, (_, n) => `id-${n}`);

    it('asks for at most 50 in one request, ids as variables', async () => {
      const asked: number[] = [];
      const { connector, server } = await kitemaker(
        byId((wanted) => {
          asked.push(wanted.length);
          return { body: { data: dataFor(wanted) } };
        }),
      );
      const evil = 'x"){id}} #';
      const read = await connector.readItems([...ids(119), 'id-1', evil], call);
      expect(asked).toEqual([50, 50, 20]);
      expect(read.found).toHaveLength(120);
      expect(read.missing).toEqual([]);
      expect(JSON.stringify(server.requests.map((r) => (r.body as { query: string }).query))).not.toContain('x"');
      expect(read.found[3]).toMatchObject({ id: 'id-3', key: 'MOB-3', url: 'https://km.example/MOB/items/3' });
    });

    const gone = new Set(['id-3', 'id-17', 'id-40']);
    const shapes: readonly [string, (alias: string) => object][] = [
      [
        'a code in extensions',
        (alias) => ({ message: 'Nope', path: [alias], extensions: { code: 'ISSUE_NOT_FOUND' } }),
      ],
      [
        'a code beside the message',
        (alias) => ({ message: 'Nope', path: [alias], status: 404, code: 'ISSUE_NOT_FOUND' }),
      ],
      ['words', (alias) => ({ message: 'Could not find the specified work item', path: [alias] })],
      [
        'a null where none may be',
        (alias) => ({ message: 'Cannot return null for non-nullable field Query.workItem.', path: [alias] }),
      ],
    ];
    it.each(shapes)('takes out what an error names in its path as not found: %s', async (_, error) => {
      let requests = 0;
      const { connector } = await kitemaker(
        byId((wanted) => {
          requests += 1;
          const first = wanted.findIndex((id) => gone.has(id));
          return first === -1
            ? { body: { data: dataFor(wanted) } }
            : { body: { data: null, errors: [error(`i${first}`)] } };
        }),
      );
      const read = await connector.readItems(ids(50), call);
      expect(new Set(read.missing)).toEqual(gone);
      expect(read.found).toHaveLength(47);
      expect(requests).toBe(4);
    });

    it.each([400, 404, 500])('the same where the server answers it with status %i', async (status) => {
      const error = { message: 'Work item not found', path: ['i0'] };
      const { connector } = await kitemaker(byId(() => ({ status, body: { errors: [error] } })));
      expect(await connector.readItems(['id-3'], call)).toEqual({ found: [], missing: ['id-3'] });
    });

    it('without a path halves down to single ids', async () => {
      const { connector } = await kitemaker(
        byId((wanted) =>
          wanted.some((id) => gone.has(id))
            ? { body: { data: null, errors: [{ message: 'Could not find the specified work item' }] } }
            : { body: { data: dataFor(wanted) } },
        ),
      );
      const read = await connector.readItems(ids(50), call);
      expect(new Set(read.missing)).toEqual(gone);
      expect(read.found).toHaveLength(47);
    });

    const failures: readonly [string, object, string][] = [
      ['no right', { message: 'Not authorized', path: ['i0'], extensions: { code: 'FORBIDDEN' } }, 'forbidden'],
      [
        'no right, whatever the words',
        { message: 'Work item not found', path: ['i0'], extensions: { code: 'FORBIDDEN' } },
        'forbidden',
      ],
      ['no key', { message: 'Who are you?', path: ['i0'], extensions: { code: 'UNAUTHENTICATED' } }, 'unauthorized'],
      ['too many calls', { message: 'Rate limit exceeded', path: ['i0'] }, 'rate-limited'],
      ['too many calls, by code', { message: 'Slow down', extensions: { code: 'RATE_LIMITED' } }, 'rate-limited'],
      [
        'a crash',
        { message: 'Internal server error', path: ['i0'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
        'unavailable',
      ],
      ['a broken database', { message: 'relation "item" does not exist', path: ['i0'] }, 'unexpected-response'],
      ['a host that is not found', { message: 'getaddrinfo ENOTFOUND db', path: ['i0'] }, 'unavailable'],
      ['doubt', { message: 'Work item not found or no access', path: ['i0'] }, 'unexpected-response'],
      [
        'a null further down',
        { message: 'Cannot return null for non-nullable field WorkItem.status.', path: ['i0', 'status'] },
        'unavailable',
      ],
      ['a time-out', { message: 'Timeout', path: ['i0'] }, 'unavailable'],
    ];
    it.each(failures)('never calls an item missing because of %s', async (_, error, kind) => {
      const { connector, pushedBack } = await kitemaker(byId(() => ({ body: { data: null, errors: [error] } })));
      expect((await failing(connector.readItems(['id-1', 'id-2'], call))).kind).toBe(kind);
      expect((await failing(connector.readItems(['id-1'], call))).kind).toBe(kind);
      expect(pushedBack).toHaveLength(kind === 'rate-limited' ? 2 : 0);
    });

    it('one that is not as documented stops only itself; asked for alone it says which property', async () => {
      const { connector } = await kitemaker(
        byId((wanted) => ({ body: { data: { ...dataFor(wanted), i0: graphItem(0, { status: { name: 5 } }) } } })),
      );
      const read = await connector.readItems(['id-0', 'id-1'], call);
      expect(read.found.map((item) => item.id)).toEqual(['id-1']);
      expect(read.malformed).toMatchObject([
        { id: 'id-0', problem: expect.stringContaining('"status.name"') as string },
      ]);
      expect((await failing(connector.readItems(['id-0'], call))).message).toContain('"status.name"');
    });

    it('a null without an error is no proof of anything', async () => {
      const { connector } = await kitemaker(byId(() => ({ body: { data: { i0: null } } })));
      expect((await failing(connector.readItems(['id-0'], call))).kind).toBe('unexpected-response');
    });

    it('reads the number with or without the key of the space in it', async () => {
      const { connector } = await kitemaker(
        byId(() => ({ body: { data: { i0: graphItem(5, { number: '5' }), i1: graphItem(6) } } })),
      );
      const { found } = await connector.readItems(['id-5', 'id-6'], call);
      expect(found.map((item) => item.key)).toEqual(['MOB-5', 'MOB-6']);
    });

    it('has no link where itemUrl is not configured', async () => {
      const { connector } = await kitemaker(
        byId((wanted) => ({ body: { data: dataFor(wanted) } })),
        { itemUrl: null },
      );
      expect((await connector.readItems(['id-5'], call)).found[0]?.url).toBeNull();
    });
  });

  describe('feed and search', () => {
    /** `recent` and pages over the same items, as the documents say. */
    function space(items: Record<string, unknown>[], spaceTwo: Record<string, unknown>[] = []): Script {
      const of = (id: unknown) => (id === 'space-2' ? spaceTwo : items);
      const time = (item: Record<string, unknown>) => Date.parse(item['updatedAt'] as string);
      return (r) => {
        const query = new URL(r.url, 'http://x').searchParams;
        if (r.url.includes('/recent/workitems')) {
          const sorted = [...of(query.get('spaceId'))].sort((a, b) => time(b) - time(a));
          return { body: sorted.slice(0, Number(query.get('count'))) };
        }
        if (r.query.includes('workItems(')) {
          const from = Number(r.variables['cursor'] ?? 0);
          const page = of(r.variables['spaceId']).slice(from, from + 50);
          const next = from + page.length;
          return {
            body: {
              data: {
                workItems: { workItems: page, cursor: String(next), hasMore: next < of(r.variables['spaceId']).length },
              },
            },
          };
        }
        return null;
      };
    }
    const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => restItem(from + n));
    const marked = (n: number, more: object = {}) => restItem(n, { description: `D\n\n${MARKER}`, ...more });
    const search = (createdSince: string) => ({
      target: { spaceId: 'space-1', statusId: 'st-todo' },
      marker: MARKER,
      createdSince,
    });
    const pages = (server: Recorder) => queries(server, 'workItems(').length;

    it('one call while the 50 most recent reach back to the cursor', async () => {
      const { connector, server } = await kitemaker(space(many(120)));
      await connector.readFeed('space-1', at(100), call);
      const before = server.requests.length;
      const read = await connector.readFeed('space-1', at(100), call);
      expect(server.requests.length - before).toBe(1);
      expect(server.requests.at(-1)?.url).toBe('/developers/rest/v1/recent/workitems?spaceId=space-1&count=50');
      expect(read).toMatchObject({ complete: true, everything: false, newest: at(119) });
      expect(read.items.map((item) => item.id).sort()).toEqual(
        many(20, 100)
          .map((item) => item.id)
          .sort(),
      );
      expect(read.items[0]).toMatchObject({ key: expect.stringMatching(/^MOB-1\d\d$/) as string, scope: 'space-1' });
    });

    it('the whole space when more than 50 changed, and when the oldest of the 50 is as old as the cursor', async () => {
      const { connector, server } = await kitemaker(space(many(120)));
      for (const since of [at(30), at(70)]) {
        const read = await connector.readFeed('space-1', since, call);
        expect(read).toMatchObject({ complete: true, everything: false, newest: at(119) });
        expect(new Set(read.ids)).toEqual(new Set(many(120).map((item) => item.id)));
        expect(read.items).toHaveLength(120 - Number((Date.parse(since) - Date.parse(at(0))) / 60_000));
      }
      expect(pages(server)).toBe(6);
    });

    it('a space of fewer than 50 is read whole by one call', async () => {
      const { connector, server } = await kitemaker(space(many(12)));
      expect(await connector.readFeed('space-1', null, call)).toMatchObject({
        complete: true,
        everything: true,
        newest: at(11),
      });
      expect(pages(server)).toBe(0);
    });

    it('says everything only where all items are in the answer; their ids are there wherever all were seen', async () => {
      const { connector } = await kitemaker(space(many(12)));
      const read = await connector.readFeed('space-1', at(10), call);
      expect(read.items).toHaveLength(2);
      expect(read).toMatchObject({ complete: true, everything: false });
      expect(read.ids).toHaveLength(12);
    });

    it('an empty space has no cursor', async () => {
      const { connector } = await kitemaker(space([]));
      expect(await connector.readFeed('space-1', null, call)).toEqual({
        items: [],
        ids: [],
        complete: true,
        everything: true,
        newest: null,
      });
    });

    it('the cursor never steps over a change that happens behind the page being read', async () => {
      const items = many(120);
      const answer = space(items);
      const { connector } = await kitemaker((r) => {
        const said = answer(r);
        if (r.query.includes('workItems(') && r.variables['cursor'] === '50') {
          items[3] = restItem(3, { updatedAt: at(500) });
          items[110] = restItem(110, { updatedAt: at(501) });
        }
        return said;
      });
      const read = await connector.readFeed('space-1', null, call);
      expect(read.newest).toBe(at(119));
      const next = await connector.readFeed('space-1', read.newest, call);
      expect(next.items.map((item) => item.id)).toContain('id-3');
    });

    it('pages that do not come to an end are not complete, and not read for ever', async () => {
      const { connector, server } = await kitemaker((r) =>
        r.query.includes('workItems(')
          ? {
              body: {
                data: { workItems: { workItems: many(50), cursor: `c${server.requests.length}`, hasMore: true } },
              },
            }
          : space(many(50))(r),
      );
      expect(await connector.readFeed('space-1', null, call)).toMatchObject({ complete: false, everything: false });
      expect((await connector.findByMarker(search(at(0)), call)).answer).toBe('unknown');
      expect(pages(server)).toBe(4);
    });

    it('hands on what cannot be read by its id, and the rest as always', async () => {
      const { connector } = await kitemaker(space([restItem(1, { status: null }), restItem(2), { nothing: true }]));
      const read = await connector.readFeed('space-1', at(0), call);
      expect(read.items.map((item) => item.id)).toEqual(['id-2']);
      expect(read.malformed?.map((item) => item.id)).toEqual(expect.arrayContaining(['id-1']));
      expect(read).toMatchObject({ complete: true, everything: false });
    });

    it('finds the marker among the 50 and says absent when they reach back', async () => {
      const { connector, server } = await kitemaker(space([...many(100), marked(100)]));
      const found = await connector.findByMarker(search(at(99)), call);
      expect(found).toMatchObject({ answer: 'found', items: [{ id: 'id-100', key: 'MOB-100' }] });
      const other = { ...search(at(99)), marker: MARKER.replace(/1$/, '2') };
      expect(await connector.findByMarker(other, call)).toEqual({ answer: 'absent' });
      expect(pages(server)).toBe(0);
    });

    it('does not take generation 10 for generation 1', async () => {
      const { connector } = await kitemaker(space([restItem(1, { description: `${MARKER}0` })]));
      expect(await connector.findByMarker(search(at(0)), call)).toEqual({ answer: 'absent' });
    });

    it('reads the whole space when 50 others were changed since, and finds all that carry it, oldest first', async () => {
      const { connector, server } = await kitemaker(
        space([marked(1), ...many(200, 2), marked(202, { createdAt: at(0) })]),
      );
      const found = await connector.findByMarker(search(at(1)), call);
      expect(found.answer === 'found' && found.items.map((item) => item.id)).toEqual(['id-202', 'id-1']);
      expect(queries(server, 'workItems(')[0]?.query).toContain('description');
    });

    it('says absent only after the whole space where the 50 do not reach back', async () => {
      const { connector, server } = await kitemaker(space(many(200)));
      expect(await connector.findByMarker(search(at(1)), call)).toEqual({ answer: 'absent' });
      expect(pages(server)).toBe(4);
    });

    it('finds it in another space, where somebody has moved it', async () => {
      const { connector } = await kitemaker(space(many(3), [marked(9, { space: { id: 'space-2' } })]));
      expect(await connector.findByMarker(search(at(0)), call)).toMatchObject({
        answer: 'found',
        items: [{ id: 'id-9', key: 'WEB-9', scope: 'space-2' }],
      });
    });

    it("does not trust times where Kitemaker's clock is behind", async () => {
      const answer = space([marked(1), ...many(60, 2)]);
      const headers = { date: new Date(Date.now() - 3_600_000).toUTCString() };
      const { connector } = await kitemaker((r) => {
        const said = answer(r);
        return said === null ? null : { ...said, headers };
      });
      // By our clock the create was sent at minute 61; by Kitemaker's that was minute 1.
      expect((await connector.findByMarker(search(at(60)), call)).answer).toBe('found');
    });

    it('an item that cannot be read leaves it unknown, unless its description says that it is another', async () => {
      const broken = await kitemaker(space([{ ...marked(1), status: null }]));
      expect((await broken.connector.findByMarker(search(at(0)), call)).answer).toBe('unknown');
      const other = await kitemaker(space([restItem(1, { status: null })]));
      expect(await other.connector.findByMarker(search(at(0)), call)).toEqual({ answer: 'absent' });
    });
  });

  describe('scopes', () => {
    it('takes the space of a target from its status where spaceId is absent', async () => {
      const { connector } = await kitemaker(() => null);
      expect(await connector.scopeOf({ statusId: 'st-web' }, call)).toBe('space-2');
      expect(await connector.scopeOf({ spaceId: 'space-1', status: 'Done' }, call)).toBe('space-1');
      expect((await failing(connector.scopeOf({ statusId: 'nope' }, call))).kind).toBe('not-found');
    });

    it('sees a scope only while the key shows it, asked each time', async () => {
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
    it('posts by REST and looks through all of them by GraphQL', async () => {
      const { connector, server } = await kitemaker((r) => {
        if (r.url.endsWith('/comment')) return { status: 201, body: { id: 'c-1' } };
        return r.query.includes('comments')
          ? { body: { data: { workItem: { comments: [{ body: 'x craftsync:item-sync:m:1#d-10' }] } } } }
          : null;
      });
      const item = { id: 'id-1', scope: null };
      await connector.comments?.post(item, 'Hello', writing);
      expect(writes(server)[0]).toMatchObject({
        url: '/developers/rest/v1/comment',
        body: { workItemId: 'id-1', body: 'Hello' },
      });
      expect(await connector.comments?.find(item, 'craftsync:item-sync:m:1#d-10', call)).toBe('found');
      expect(await connector.comments?.find(item, 'craftsync:item-sync:m:1#d-1', call)).toBe('absent');
    });
  });

  describe('check', () => {
    const pipeline = (target: unknown, more: Partial<PipelineSettings> = {}): PipelineSettings => ({
      name: 'mobile',
      source: { workspace: '1' },
      ready: { status: 'Ready', types: null, where: [] },
      devTool: 'km',
      target,
      sweepEveryMs: 1,
      driftEveryMs: 1,
      maxNewPerSweep: 1,
      fields: { title: { template: '{title}' }, description: { from: 'description', values: null, required: true } },
      progress: null,
      lock: null,
      onDevItemDeleted: 'flag',
      settleForMs: 1,
      feedback: 'none',
      alsoHandedOver: false,
      ...more,
    });
    const progress = (statuses: Record<string, string>) =>
      ({
        field: 'f',
        linkField: null,
        keyField: null,
        stateField: null,
        statuses,
        unmapped: 'block',
        doneWhen: [],
        droppedWhen: [],
        onDropped: 'flag',
      }) as const;
    const organization: Script = (r) => (r.url.endsWith('/organization') ? { body: { id: 'o', name: 'Acme' } } : null);
    const wrongs = async (connector: DevToolConnector, one: PipelineSettings) =>
      (await connector.check([one], call)).filter((f) => f.level === 'wrong').map((f) => `${f.where}: ${f.message}`);

    it('finds nothing wrong in a sound configuration', async () => {
      const { connector } = await kitemaker(organization);
      const one = pipeline(
        { spaceId: 'space-1', status: 'To do' },
        { progress: progress({ 'To do': 'Open', Done: 'Done' }) },
      );
      const findings = await connector.check([one], call);
      expect(findings.filter((f) => f.level === 'wrong')).toEqual([]);
      expect(findings[0]).toMatchObject({ level: 'ok', message: 'key accepted by Kitemaker, organisation "Acme"' });
    });

    it('names the bad value, its place and the nearest that exists', async () => {
      const { connector } = await kitemaker(organization);
      const cases: readonly [PipelineSettings, string][] = [
        [
          pipeline({ spaceId: 'space-9', status: 'x' }),
          'pipelines.mobile.target.spaceId: the key sees no space with the id "space-9"; the nearest is "Mobile", space-1',
        ],
        [
          pipeline({ spaceId: 'MOB', status: 'x' }),
          'pipelines.mobile.target.spaceId: "MOB" is not an id; the id of that space is space-1',
        ],
        [
          pipeline({ spaceId: 'space-1', status: 'Todo' }),
          'pipelines.mobile.target.status: the space MOB has no status "Todo"; the nearest is "To do"',
        ],
        [
          pipeline({ statusId: 'st-dun' }),
          'pipelines.mobile.target.statusId: no space has a status with the id "st-dun"; the nearest is "Done", st-done',
        ],
        [
          pipeline({ spaceId: 'space-1', statusId: 'st-web' }),
          'pipelines.mobile.target.statusId: the space MOB has no status with the id "st-web"; the nearest is',
        ],
        [
          pipeline({ statusId: 'st-todo', labels: ['from kraft'] }),
          'pipelines.mobile.target.labels: the space MOB has no label "from kraft"; the nearest is "from craft"; or set createLabels',
        ],
        [
          pipeline({ statusId: 'st-todo' }, { progress: progress({ 'To do': 'a', Doone: 'b' }) }),
          'pipelines.mobile.progress.statuses: the space MOB has no status "Doone"; the nearest is "Done"',
        ],
        [
          pipeline(
            { statusId: 'st-todo' },
            { fields: { effort: { from: 'effort', values: { '1': 'smal' }, required: false } } },
          ),
          'pipelines.mobile.fields.effort.values: "smal" is none of "small", "medium", "large"; the nearest is "small"',
        ],
        [
          pipeline({ statusId: 'st-todo' }, { fields: { efort: { template: 'x' } } }),
          'pipelines.mobile.fields.efort: Kitemaker has no field "efort"; the nearest is "effort"',
        ],
      ];
      for (const [one, expected] of cases) {
        const found = await wrongs(connector, one);
        expect(found).toHaveLength(1);
        expect(found[0]).toContain(expected);
      }
    });

    it('warns of statuses without an entry, and of words of another space', async () => {
      const { connector } = await kitemaker(organization);
      const one = pipeline({ statusId: 'st-todo' }, { progress: progress({ Done: 'Done', Later: 'x' }) });
      const warnings = (await connector.check([one], call)).filter((f) => f.level === 'warning').map((f) => f.message);
      expect(warnings).toContain('"Later" is a status of the space WEB, not of MOB');
      expect(warnings).toContain('without an entry: "To do"; such items set items aside (unmapped: block)');
    });

    it('a wrong key is a finding at the key, an HTML page one at the address', async () => {
      const refusing = await kitemaker(() => ({
        status: 401,
        body: { errors: [{ message: 'No', status: 401, code: 'UNAUTHORIZED' }] },
      }));
      const one = pipeline({ statusId: 'st-todo' });
      expect((await wrongs(refusing.connector, one))[0]).toContain(
        'devTools.km.apiKey: km: GET /organization was refused with status 401',
      );
      const page = await kitemaker(() => ({ body: '<html>', headers: { 'content-type': 'text/html' } }));
      expect((await wrongs(page.connector, one))[0]).toContain(
        'devTools.km.baseUrl: km: GET /organization answered with HTML',
      );
    });
  });
});
