/** The documents' example requests, sent as they are: the sandbox must not be stricter than its documents. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, running, type Running } from './running.js';

/** What `curl -d` sends when no content type is named, as in the document. */
const CURL = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };

describe('sandbox/documentedExamples: the examples of the documents', () => {
  let box: Running;
  beforeAll(async () => {
    box = await running();
  });
  afterAll(() => box.close());

  const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();

  describe('Kitemaker REST', () => {
    const curl = (method: string, path: string, body?: string): ReturnType<typeof ask> =>
      ask(box.tools.kitemaker.baseUrl + path, {
        method,
        headers: { ...CURL, 'x-api-key': box.tools.kitemaker.apiKey },
        ...(body === undefined ? {} : { body }),
      });
    const WORK_ITEM = [
      'actor',
      'createdAt',
      'description',
      'effort',
      'id',
      'impact',
      'labels',
      'number',
      'space',
      'status',
      'title',
      'updatedAt',
    ];
    const COMMENT = ['actor', 'body', 'createdAt', 'entity', 'id', 'reply', 'threadId', 'updatedAt'];
    const INITIATIVE = [
      'actor',
      'archivedAt',
      'createdAt',
      'description',
      'effort',
      'id',
      'impact',
      'labels',
      'number',
      'spaces',
      'title',
      'updatedAt',
    ];
    const FEEDBACK = [
      'company',
      'contents',
      'createdAt',
      'id',
      'insights',
      'organizationId',
      'person',
      'processed',
      'processedAt',
      'title',
      'updatedAt',
    ];

    it('/organization', async () => {
      const { status, body } = await curl('GET', '/organization');
      expect([status, keysOf(body)]).toEqual([200, ['createdAt', 'id', 'name', 'updatedAt']]);
    });

    it('POST, GET and PUT /workitem', async () => {
      const statusId = box.mobile.status('To do');
      const text = 'Lorem ipsum dolor sit amet';
      const created = await curl(
        'POST',
        '/workitem',
        `{"title":"This is my title","statusId": "${statusId}", "description": "${text}"}`,
      );
      expect([created.status, keysOf(created.body)]).toEqual([201, WORK_ITEM]);
      const got = await curl('GET', `/workitem?spaceKey=MOB&workItemNumber=${created.body.number}`);
      expect([got.status, got.body]).toEqual([200, created.body]);
      const put = `{"id": "${created.body.id}", "title":"This is my title","statusId": "${statusId}", "description": "${text}"}`;
      const updated = await curl('PUT', '/workitem', put);
      expect([updated.status, keysOf(updated.body)]).toEqual([200, WORK_ITEM]);
    });

    it('POST /comment and /recent', async () => {
      const statusId = box.mobile.status('To do');
      const { body: item } = await curl('POST', '/workitem', `{"title":"t","statusId":"${statusId}"}`);
      const comment = await curl('POST', '/comment', `{"workItemId": "${item.id}", "body": "Hey there!"}`);
      expect([comment.status, keysOf(comment.body)]).toEqual([201, COMMENT]);
      expect(keysOf(comment.body.entity)).toEqual(['id', 'number', 'space', 'spaceId', 'title']);
      const items = await curl('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=10`);
      expect(keysOf(items.body[0])).toEqual(WORK_ITEM);
      const comments = await curl('GET', `/recent/comments?spaceId=${box.mobile.id}&count=10`);
      expect(keysOf(comments.body[0])).toEqual(COMMENT);
    });

    it('POST /label', async () => {
      const label = await curl(
        'POST',
        '/label',
        `{"spaceId":"${box.mobile.id}","labelName": "Infrastructure", "color": "ff00aa"}`,
      );
      expect([label.status, keysOf(label.body)]).toEqual([201, ['color', 'id', 'name', 'spaceId']]);
    });

    it('/initiative and /feedback', async () => {
      const initiative = await curl(
        'POST',
        '/initiative',
        '{"title":"This is my title", "description": "Lorem ipsum dolor sit amet"}',
      );
      expect([initiative.status, keysOf(initiative.body[0])]).toEqual([201, INITIATIVE]);
      expect((await curl('GET', '/initiative?number=1')).body).toEqual(initiative.body);
      const feedback = await curl('POST', '/feedback', '{"title":"This is my title"}');
      expect([feedback.status, keysOf(feedback.body)]).toEqual([201, FEEDBACK]);
      expect((await curl('GET', '/feedback/1')).body).toEqual(feedback.body);
    });

    it.each(['spaces', 'workitems', 'statuses', 'labels'])('/metadata/%s', async (what) => {
      const { status, body } = await curl('GET', `/metadata/${what}?spaceId=${box.mobile.id}`);
      expect([status, keysOf(body[0])]).toEqual([200, ['id', 'label']]);
    });

    it.each([
      ['/organization', 'UNAUTHORIZED', 'The requested action could not be completed', ''],
      [
        '/workitem?spaceKey=MOB&workItemNumber=99999',
        'ISSUE_NOT_FOUND',
        'Could not find the specified work item',
        null,
      ],
      [
        '/recent/workitems?spaceId=0a3abd6aeb71f400&count=10',
        'SPACE_NOT_FOUND',
        'The specified space does not exist',
        null,
      ],
      ['/initiative?number=99', 'INITIATIVE_NOT_FOUND', 'Could not find the specified initiative', null],
      ['/feedback/99', 'FEEDBACK_NOT_FOUND', 'Could not find the specified feedback', null],
    ])('the error of %s', async (path, code, message, key) => {
      const headers = { ...CURL, 'x-api-key': key ?? box.tools.kitemaker.apiKey };
      const { status, body } = await ask(box.tools.kitemaker.baseUrl + path, { headers });
      expect(body).toEqual({ errors: [{ message, status, code }] });
    });
  });

  describe('the guide', () => {
    it('the listing of step 3, with nothing but the status and the key', async () => {
      const headers = { 'x-craft-api-key': box.craft.apiKey };
      const { status, body } = await ask(
        `${box.craft.guideUrl}/workspace/${box.craft.workspaceId}/items?status=Ready%20for%20Development`,
        { headers },
      );
      expect(status).toBe(200);
      // The public API promises "full work items' metadata values, including custom fields".
      expect(keysOf(body.items[0])).toEqual(
        expect.arrayContaining(['customFields', 'description', 'shortId', 'status', 'title']),
      );
    });

    it('the PUT of step 6; with its trailing comma, which is no JSON, it is refused', async () => {
      const item = [...box.world.craft.items.values()][3];
      const url = `${box.craft.guideUrl}/workspace/${box.craft.workspaceId}/items/${item?.id ?? ''}`;
      const headers = { 'x-craft-api-key': box.craft.apiKey };
      const put = (body: string): ReturnType<typeof ask> => ask(url, { method: 'PUT', headers, body });
      expect((await put('{\n"customFieldValues": [\n{"fieldId": "dev_status", "value": "Done"},\n]\n}')).status).toBe(
        400,
      );
      const { status, body } = await put('{\n"customFieldValues": [\n{"fieldId": "dev_status", "value": "Done"}\n]\n}');
      expect(status).toBe(200);
      expect(body.customFields).toContainEqual({ id: expect.any(String) as string, name: 'dev_status', value: 'Done' });
    });
  });

  describe('the public API: workspaces, portfolios and portals', () => {
    const routeTo = (path: string): string =>
      path
        .replace(':account', box.craft.accountId)
        .replace(':workspace', box.craft.workspaceId)
        .replace(':portfolio', box.craft.portfolioId)
        .replace(':portal', box.craft.feedbackPortalId);

    it.each([
      ['/workspaces/:account', ['id', 'name']],
      ['/workspace/:workspace/custom_fields', ['id', 'name', 'type', 'values']],
      ['/portfolios/:account', ['id', 'name', 'workspaces']],
      ['/portfolio/:portfolio/portfolio_fields', ['id', 'name', 'type', 'values']],
      ['/feedback_portals/:account', ['id', 'name']],
      ['/feedback_portal/:portal/categories', ['id', 'name']],
    ])('GET %s in both dialects', async (path, keys) => {
      for (const { status, body } of [await box.guide('GET', routeTo(path)), await box.swagger('GET', routeTo(path))]) {
        expect([status, keysOf(body[0])]).toEqual([200, keys]);
      }
    });

    it.each(['/workspace/:workspace/terminology', '/portfolio/:portfolio/terminology'])(
      'GET %s: a list in the guide, an object of terms in the Swagger',
      async (path) => {
        const guide = (await box.guide('GET', routeTo(path))).body as unknown as unknown[];
        const swagger = (await box.swagger('GET', routeTo(path))).body as unknown as Record<string, unknown>;
        expect(keysOf(guide[0])).toEqual(['category', 'customPlural', 'customSingle', 'default']);
        expect(Object.values(swagger)).toEqual(guide);
      },
    );
  });
});
