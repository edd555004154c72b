/** Kitemaker's REST as the sandbox plays it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Part } from '../part.js';
import { ask, running, type Running } from '../running.js';

describe('sandbox/kitemaker/rest', () => {
  let box: Running;
  beforeAll(async () => {
    box = await running();
  });
  afterAll(() => box.close());

  const create = (more: object = {}): Promise<Part> =>
    box
      .rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do'), ...more })
      .then(({ body }) => body);

  const error = (status: number, code: string): object => ({
    errors: [{ message: expect.any(String) as string, status, code }],
  });

  it('creates with 201 and answers the whole item', async () => {
    const body = { title: 'Pay', statusId: box.mobile.status('To do'), description: '**hi**', effort: 'large' };
    const { status, body: item } = await box.rest('POST', '/workitem', body);
    expect(status).toBe(201);
    expect(item).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      actor: { id: expect.any(String) as string, name: 'craftsync', type: 'application' },
      number: expect.any(Number) as number,
      title: 'Pay',
      description: '**hi**',
      status: { id: box.mobile.status('To do'), name: 'To do' },
      space: { id: box.mobile.id, name: 'Mobile' },
      labels: [],
      effort: 'Large',
      impact: null,
      createdAt: expect.any(String) as string,
      updatedAt: expect.any(String) as string,
    });
  });

  it.each([
    ['an effort outside small, medium, large', { effort: 'Large' }],
    ['an impact outside small, medium, large', { impact: 'huge' }],
    ['an unknown property', { externalId: 'x' }],
    ['a status that does not exist', { statusId: '0000000000000000' }],
    ['a label of another space', { labelIds: ['0000000000000000'] }],
    ['a placement in the middle', { placement: 'middle' }],
    ['an empty title', { title: ' ' }],
  ])('refuses to create with %s: 400, and nothing is there', async (_what, more) => {
    const before = box.world.tools.kitemaker.world.workItems.size;
    const answer = await box.rest('POST', '/workitem', { title: 'A', statusId: box.mobile.status('To do'), ...more });
    expect([answer.status, answer.body]).toEqual([400, error(400, 'BAD_REQUEST')]);
    expect(box.world.tools.kitemaker.world.workItems.size).toBe(before);
  });

  it('requires title and statusId', async () => {
    expect((await box.rest('POST', '/workitem', { title: 'A' })).status).toBe(400);
    expect((await box.rest('POST', '/workitem', { statusId: box.mobile.status('To do') })).status).toBe(400);
  });

  it('updates only provided fields, with the id in the body', async () => {
    const item = await create({ description: 'keep me', effort: 'small' });
    const { status, body } = await box.rest('PUT', '/workitem', { id: item.id, statusId: box.mobile.status('Done') });
    expect(status).toBe(200);
    expect(body).toMatchObject({ title: 'A', description: 'keep me', effort: 'Small', status: { name: 'Done' } });
    const missing = await box.rest('PUT', '/workitem', { id: '0000000000000000', title: 'x' });
    expect([missing.status, missing.body]).toEqual([404, error(404, 'ISSUE_NOT_FOUND')]);
  });

  it('adds labels to the existing ones', async () => {
    const one = (await box.rest('POST', '/label', { spaceId: box.mobile.id, labelName: 'one' })).body;
    const two = (await box.rest('POST', '/label', { spaceId: box.mobile.id, labelName: 'two', color: 'ff00aa' })).body;
    expect(two).toEqual({ id: expect.any(String) as string, name: 'two', color: 'ff00aa', spaceId: box.mobile.id });
    const item = await create({ 'labelIds[]': [one.id] });
    const { body } = await box.rest('PUT', '/workitem', { id: item.id, labelIds: [two.id] });
    expect(body.labels.map((label) => label.name)).toEqual(['one', 'two']);
  });

  it('reads by space key and number, never by id', async () => {
    const item = await create();
    const found = await box.rest('GET', `/workitem?spaceKey=MOB&workItemNumber=${item.number}`);
    expect([found.status, found.body.id]).toEqual([200, item.id]);
    expect((await box.rest('GET', '/workitem?spaceKey=MOB&workItemNumber=99999')).body).toEqual(
      error(404, 'ISSUE_NOT_FOUND'),
    );
    expect((await box.rest('GET', '/workitem?spaceKey=XXX&workItemNumber=1')).body).toEqual(
      error(404, 'SPACE_NOT_FOUND'),
    );
    expect((await box.rest('GET', '/workitem?spaceKey=MOB')).status).toBe(400);
    expect((await box.rest('GET', `/workitem/${item.id}`)).status).toBe(404);
  });

  it('lists the most recently updated first, up to 50', async () => {
    const older = await create({ title: 'older' });
    const touched = await create({ title: 'touched later' });
    for (let i = 0; i < 60; i++) await create({ title: `n${i}` });
    // For equal times the youngest comes first, so the update must be in a later millisecond than the last create.
    await sleep(2);
    await box.rest('PUT', '/workitem', { id: touched.id, title: 'touched' });
    const { body } = await box.rest('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=50`);
    expect(body).toHaveLength(50);
    expect(body[0].id).toBe(touched.id);
    const times = body.map((item) => item.updatedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(body.map((item) => item.id)).not.toContain(older.id);
  });

  it.each(['51', '0', '-1', 'x', ''])('refuses a count of "%s" with 400', async (count) => {
    const answer = await box.rest('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=${count}`);
    expect([answer.status, answer.body]).toEqual([400, error(400, 'BAD_REQUEST')]);
  });

  it.each(['recent/workitems', 'recent/comments', 'metadata/workitems', 'metadata/statuses', 'metadata/labels'])(
    'answers %s of an unknown space with SPACE_NOT_FOUND',
    async (path) => {
      const answer = await box.rest('GET', `/${path}?spaceId=0000000000000000&count=10`);
      expect([answer.status, answer.body]).toEqual([404, error(404, 'SPACE_NOT_FOUND')]);
    },
  );

  it('lists metadata as id and label only', async () => {
    const spaces = (await box.rest('GET', '/metadata/spaces')).body;
    expect(spaces).toContainEqual({ id: box.mobile.id, label: 'Mobile' });
    const statuses = (await box.rest('GET', `/metadata/statuses?spaceId=${box.mobile.id}`)).body;
    expect(statuses.map((status) => status.label)).toEqual([
      'Backlog',
      'To do',
      'In Progress',
      'In Review',
      'Done',
      'Dropped',
    ]);
    const all = (await box.rest('GET', `/metadata/workitems?spaceId=${box.mobile.id}`)).body;
    expect(all.length).toBeGreaterThan(60);
    expect(Object.keys(all[0])).toEqual(['id', 'label']);
  });

  it('comments on a work item, and shows recent comments', async () => {
    const item = await create();
    const { status, body } = await box.rest('POST', '/comment', { workItemId: item.id, body: 'Hey' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      body: 'Hey',
      reply: false,
      entity: { id: item.id, space: 'MOB', spaceId: box.mobile.id },
    });
    const recent = await box.rest('GET', `/recent/comments?spaceId=${box.mobile.id}&count=1`);
    expect(recent.body).toEqual([body]);
    expect((await box.rest('POST', '/comment', { workItemId: 'x', body: 'Hey' })).body).toEqual(
      error(404, 'ISSUE_NOT_FOUND'),
    );
  });

  it('requires X-API-KEY, and answers anything else with the documented 401', async () => {
    const url = `${box.tools.kitemaker.baseUrl}/organization`;
    const unauthorized = {
      errors: [{ message: 'The requested action could not be completed', status: 401, code: 'UNAUTHORIZED' }],
    };
    expect((await ask(url, {})).body).toEqual(unauthorized);
    const bearer = await ask(url, { headers: { authorization: `Bearer ${box.tools.kitemaker.apiKey}` } });
    expect([bearer.status, bearer.body]).toEqual([401, unauthorized]);
  });

  it.each([
    ['GET', '/nothing'],
    ['PATCH', '/workitem'],
    ['DELETE', '/workitem'],
    ['GET', '/comment'],
    ['HEAD', '/organization'],
  ])('has no %s %s: 404', async (method, path) => {
    expect((await box.rest(method, path)).status).toBe(404);
  });

  it('creates initiatives and feedback, and reads them by number', async () => {
    const initiative = await box.rest('POST', '/initiative', { title: 'Hey there', spaceIds: [box.mobile.id] });
    expect([initiative.status, initiative.body[0].title]).toEqual([201, 'Hey there']);
    const number = initiative.body[0].number;
    expect((await box.rest('GET', `/initiative?number=${number}`)).body).toEqual(initiative.body);
    expect((await box.rest('GET', '/initiative?number=999')).body).toEqual(error(404, 'INITIATIVE_NOT_FOUND'));
    const item = await create();
    const feedback = await box.rest('POST', '/feedback', {
      title: 'F',
      contents: 'c',
      linkInsightToEntityIds: [item.id],
    });
    expect([feedback.status, feedback.body.insights[0].entityIds]).toEqual([201, [item.id]]);
    // The document's answer to a create does not show the number.
    expect((await box.rest('GET', '/feedback/1')).body).toEqual(feedback.body);
    expect((await box.rest('GET', '/feedback/999')).body).toEqual(error(404, 'FEEDBACK_NOT_FOUND'));
  });
});
