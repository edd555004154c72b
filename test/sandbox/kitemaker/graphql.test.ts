/** Kitemaker's GraphQL as the sandbox plays it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Part } from '../part.js';
import { ask, running, type Running } from '../running.js';

describe('sandbox/kitemaker/graphql', () => {
  let box: Running;
  beforeAll(async () => {
    box = await running();
  });
  afterAll(() => box.close());

  const create = (more: object = {}): Promise<Part> =>
    box
      .rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do'), ...more })
      .then(({ body }) => body);

  it('reads the organisation with spaces, keys, statuses and their types', async () => {
    const { body } = await box.graphql(
      '{ organization { id name spaces { id key statuses { name type default } labels { name } } } }',
    );
    const space = body.data.organization.spaces.find((one) => one.key === 'MOB');
    expect(space?.statuses.map((status) => status.type)).toEqual([
      'BACKLOG', 'TODO', 'IN_PROGRESS', 'IN_PROGRESS', 'DONE', 'ARCHIVED',
    ]); // prettier-ignore
  });

  it('reads by id and by key, with the number as a string', async () => {
    const item = await create();
    const { body } = await box.graphql(
      `{ a: workItem(id: "${item.id}") { id number space { key } } b: workItemByNumber(number: "MOB-${item.number}") { id } }`,
    );
    expect(body.data).toEqual({
      a: { id: item.id, number: String(item.number), space: { key: 'MOB' } },
      b: { id: item.id },
    });
  });

  it('nulls the whole data for one missing id, and names it in the path of the error', async () => {
    const item = await create();
    const { status, body } = await box.graphql(
      `{ here: workItem(id: "${item.id}") { id } gone: workItem(id: "0000000000000000") { id } }`,
    );
    expect(status).toBe(200);
    expect(body.data).toBeNull();
    expect(body.errors.map((one) => one.path)).toEqual([['gone']]);
  });

  it('pages work items by a cursor that is a work item number, at most 50 a page, and misses none', async () => {
    for (const order of ['ascending', 'descending'] as const) {
      box.behaviour.kitemakerOrder = order;
      const seen: string[] = [];
      let cursor: string | null = null;
      for (;;) {
        const { body } = await box.graphql(
          'query ($space: ID, $cursor: String) { workItems(spaceId: $space, cursor: $cursor, count: 50) { workItems { id number } cursor hasMore } }',
          { space: box.mobile.id, cursor },
        );
        const page = body.data.workItems;
        seen.push(...page.workItems.map((item) => item.id));
        cursor = page.cursor;
        if (page.workItems.length > 0) expect(cursor).toBe(page.workItems.at(-1)?.number);
        if (page.hasMore !== true) break;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBe(box.world.tools.kitemaker.world.listed(box.mobile.id).length);
    }
    box.behaviour.kitemakerOrder = 'ascending';
  });

  it('pages over all spaces if none is named', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await box.graphql(
        'query ($cursor: String) { workItems(cursor: $cursor, count: 7) { workItems { id } cursor hasMore } }',
        { cursor },
      );
      seen.push(...body.data.workItems.workItems.map((item) => item.id));
      cursor = body.data.workItems.cursor;
      if (body.data.workItems.hasMore !== true) break;
    }
    expect(seen.sort()).toEqual([...box.world.tools.kitemaker.world.workItems.values()].map(({ id }) => id).sort());
  });

  it('refuses a count over 50', async () => {
    const { body } = await box.graphql(`{ workItems(spaceId: "${box.mobile.id}", count: 51) { hasMore } }`);
    expect([body.data, body.errors[0].path]).toEqual([null, ['workItems']]);
  });

  it('filters by the type of status', async () => {
    await create({ statusId: box.mobile.status('Done') });
    const query = (type: string): string =>
      `{ workItems(spaceId: "${box.mobile.id}", statusFilter: { type: ${type}, filter: [DONE] }) { workItems { status { type } } } }`;
    const types = async (type: string): Promise<Set<string>> =>
      new Set((await box.graphql(query(type))).body.data.workItems.workItems.map((item) => item.status.type));
    expect(await types('INCLUDE')).toEqual(new Set(['DONE']));
    expect(await types('EXCLUDE')).not.toContain('DONE');
  });

  it('creates, edits, moves to another space with a new number, labels and comments', async () => {
    const made = await box.graphql(
      'mutation ($input: CreateWorkItemInput!) { createWorkItem(input: $input) { workItem { id number space { key } status { name } } } }',
      { input: { title: 'G', spaceId: box.mobile.id } },
    );
    const { id } = made.body.data.createWorkItem.workItem;
    expect(made.body.data.createWorkItem.workItem).toMatchObject({
      space: { key: 'MOB' },
      status: { name: 'Backlog' },
    });
    const moved = await box.graphql(
      `mutation { editWorkItem(input: { id: "${id}", spaceId: "${box.web.id}" }) { workItem { title space { key } status { name } } } }`,
    );
    expect(moved.body.data.editWorkItem.workItem).toEqual({
      title: 'G',
      space: { key: 'WEB' },
      status: { name: 'Backlog' },
    });
    await box.graphql(`mutation { createCommentOnWorkItem(input: { id: "${id}", body: "c" }) { comment { id } } }`);
    const { body } = await box.graphql(
      `{ workItem(id: "${id}") { comments { body actor { ... on Application { name } } entity { ... on WorkItem { id } } } } }`,
    );
    expect(body.data.workItem.comments).toEqual([{ body: 'c', actor: { name: 'craftsync' }, entity: { id } }]);
  });

  it.each([
    ['an unknown field', '{ workItem(id: "x") { id key } }'],
    ['a syntax error', '{ workItem('],
    ['no selection', '{ organization }'],
  ])('answers %s with 400 and errors', async (_what, query) => {
    const { status, body } = await box.graphql(query);
    expect(status).toBe(400);
    expect(body.errors[0].message).toEqual(expect.any(String) as string);
    expect(body.data).toBeUndefined();
  });

  it('answers missing variables with 400', async () => {
    expect((await box.graphql('query ($id: ID!) { workItem(id: $id) { id } }')).status).toBe(400);
  });

  it('requires a bearer token and JSON', async () => {
    const { graphqlUrl, apiKey } = box.tools.kitemaker;
    const body = JSON.stringify({ query: '{ organization { id } }' });
    expect((await ask(graphqlUrl, { method: 'POST', body, headers: { 'x-api-key': apiKey } })).status).toBe(401);
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'text/plain' };
    expect((await ask(graphqlUrl, { method: 'POST', body, headers })).status).toBe(415);
    expect((await ask(graphqlUrl, { headers: { authorization: `Bearer ${apiKey}` } })).status).toBe(404);
  });
});
