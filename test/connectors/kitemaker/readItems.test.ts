import { describe, expect, it } from 'vitest';
import type { Answer } from '../recorder.js';
import { call, failing, graphItem, kitemaker, type Script } from './setUp.js';

describe('connectors/kitemaker/readItems', () => {
  type ById = (ids: readonly string[]) => Answer;
  const byId =
    (answer: ById): Script =>
    (r) =>
      r.query.includes('workItem(id:') ? answer(Object.values(r.variables) as string[]) : null;
  const dataFor = (ids: readonly string[]) =>
    Object.fromEntries(ids.map((id, i) => [`i${i}`, graphItem(Number(id.replace(/\D/g, '')), { id })]));
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `id-${n}`);

  it('requests at most 50 at a time, with ids as variables', async () => {
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
    ['a code in extensions', (alias) => ({ message: 'Nope', path: [alias], extensions: { code: 'ISSUE_NOT_FOUND' } })],
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
  it.each(shapes)('counts as not found what an error names in its path: %s', async (_, error) => {
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

  it.each([400, 404, 500])('does the same where the server answers with status %i', async (status) => {
    const error = { message: 'Work item not found', path: ['i0'] };
    const { connector } = await kitemaker(byId(() => ({ status, body: { errors: [error] } })));
    expect(await connector.readItems(['id-3'], call)).toEqual({ found: [], missing: ['id-3'] });
  });

  it('halves down to single ids without a path', async () => {
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
    if (kind === 'forbidden') expect(await connector.readItems(['id-1', 'id-2'], call)).toMatchObject({ missing: [] });
    else expect((await failing(connector.readItems(['id-1', 'id-2'], call))).kind).toBe(kind);
    expect((await failing(connector.readItems(['id-1'], call))).kind).toBe(kind);
    expect(pushedBack).toHaveLength(kind === 'rate-limited' ? 2 : 0);
  });

  it.each([
    ['where the error names it', true],
    ['where no error names it', false],
  ])('an item that the key may not see stops only itself, %s; read alone it is refused by its id', async (_, names) => {
    const error = (alias: string) => ({
      message: 'Not authorized',
      extensions: { code: 'FORBIDDEN' },
      ...(names && { path: [alias] }),
    });
    const { connector } = await kitemaker(
      byId((wanted) => {
        const first = wanted.findIndex((id) => ['id-3', 'id-9'].includes(id));
        return first === -1
          ? { body: { data: dataFor(wanted) } }
          : { body: { data: null, errors: [error(`i${first}`)] } };
      }),
    );
    const read = await connector.readItems(ids(12), call);
    expect([read.found.length, read.missing, [...(read.refused ?? [])].sort()]).toEqual([10, [], ['id-3', 'id-9']]);
    expect(await connector.readItems(['id-3', 'id-9'], call)).toMatchObject({ found: [], refused: ['id-3', 'id-9'] });
    expect(await failing(connector.readItems(['id-3'], call))).toMatchObject({
      kind: 'forbidden',
      details: { byId: true },
    });
  });

  it('an item that is not as documented stops only itself; read alone it names the property', async () => {
    const { connector } = await kitemaker(
      byId((wanted) => ({ body: { data: { ...dataFor(wanted), i0: graphItem(0, { status: { name: 5 } }) } } })),
    );
    const read = await connector.readItems(['id-0', 'id-1'], call);
    expect(read.found.map((item) => item.id)).toEqual(['id-1']);
    expect(read.malformed).toMatchObject([{ id: 'id-0', problem: expect.stringContaining('"status.name"') as string }]);
    expect((await failing(connector.readItems(['id-0'], call))).message).toContain('"status.name"');
  });

  it('a null without an error proves nothing', async () => {
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
