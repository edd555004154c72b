/** Portfolios and feedback portals of the sandbox's Craft.io, over HTTP as a client sees them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Running, running } from '../running.js';

let box: Running;
beforeEach(async () => {
  box = await running();
});
afterEach(async () => {
  await box.close();
});

describe('sandbox/craft/portfolioAndFeedback: portfolioRoutes', () => {
  it('lists initiatives as metadata, and shows them in full one by one', async () => {
    const { body } = await box.guide('GET', `/portfolio/${box.craft.portfolioId}/items?fields=all`);
    const listed = body.items[0] as unknown as Record<string, unknown>;
    expect(listed).not.toHaveProperty('description');
    const { status, body: single } = await box.guide('GET', `/portfolio_item/${String(listed['id'])}`);
    expect(status).toBe(200);
    expect(single).toMatchObject({ type: 'Initiative', portfolioId: box.craft.portfolioId });
    expect(single.description).toEqual(expect.any(String));
    expect(single).not.toHaveProperty('parent');
    expect(single).not.toHaveProperty('workspaceId');
  });

  it('keeps initiatives and work items apart', async () => {
    const [initiative] = box.world.craft.initiatives.values();
    const [item] = box.world.craft.items.values();
    expect((await box.guide('GET', `/item/${initiative?.id ?? ''}`)).status).toBe(404);
    expect((await box.guide('GET', `/portfolio_item/${item?.id ?? ''}`)).status).toBe(404);
  });

  it.each([
    ['guide', { customFieldValues: [{ fieldId: 'dev_status', value: 'Done' }], status: 'In Development' }],
    ['swagger', { customFields: 'by id', status: 'by id' }],
  ] as const)('writes an initiative where the %s writes it', async (dialect, shown) => {
    const { craft } = box.world;
    const [initiative] = craft.initiatives.values();
    const id = initiative?.id ?? '';
    const field = craft.field(box.craft.portfolioId, 'dev_status')?.id;
    const body =
      dialect === 'guide'
        ? shown
        : {
            id,
            customFields: [{ id: field, value: 'Done' }],
            status: { id: craft.statusNamed('In Development')?.id },
          };
    const path = dialect === 'guide' ? `/portfolio/${box.craft.portfolioId}/items/${id}` : '/item';
    const { status } = await box[dialect]('PUT', path, body);
    expect(status).toBe(200);
    const now = craft.initiatives.get(id);
    expect(now?.statusId).toBe(craft.statusNamed('In Development')?.id);
    expect(now === undefined ? null : craft.valueOf(now, 'dev_status')).toBe('Done');
  });

  it('writes no initiative below a workspace', async () => {
    const [initiative] = box.world.craft.initiatives.values();
    const path = `/workspace/${box.craft.workspaceId}/items/${initiative?.id ?? ''}`;
    expect((await box.guide('PUT', path, { title: 'x' })).status).toBe(404);
  });
});

describe('sandbox/craft/portfolioAndFeedback: feedbackRoutes', () => {
  const submit = (body: object): ReturnType<Running['guide']> =>
    box.guide('POST', `/feedback_portal/${box.craft.feedbackPortalId}/plain_feedback`, body);

  it('takes plain feedback, answers id and link, and lists it', async () => {
    const [category] = box.world.craft.feedback.categories.values();
    const sent = { title: 'T', description: 'D', categoryId: category?.id, submitter: 'a@example.com' };
    const { status, body } = await submit(sent);
    expect([status, Object.keys(body).sort()]).toEqual([200, ['id', 'link', 'shortId']]);
    const { body: one } = await box.swagger('GET', `/feedback_item/${String(body.id)}`);
    const { link } = body as unknown as { link: string };
    expect(one).toMatchObject({ title: 'T', description: 'D', category: { id: category?.id }, webUrl: link });
  });

  it.each([
    ['a property that is not documented', { title: 'T', importanceId: '1' }],
    ['no title', { description: 'D' }],
    ['an empty title', { title: '' }],
    ['a category of no portal', { title: 'T', categoryId: '1' }],
  ])('refuses %s and makes nothing', async (_what, body) => {
    const before = box.world.craft.feedback.items.size;
    expect((await submit(body)).status).toBe(400);
    expect(box.world.craft.feedback.items.size).toBe(before);
  });

  it('lists the custom fields of a portal in the Swagger, and has no such list in the guide', async () => {
    const portal = box.craft.feedbackPortalId;
    box.world.craft.customFields.put({ id: '41', workspaceId: portal, name: 'segment', type: 'text', values: [] });
    const path = `/feedback_portal/${portal}/custom_fields`;
    const { body } = await box.swagger('GET', path);
    expect(body).toEqual([{ id: '41', name: 'segment', type: 'text' }]);
    expect((await box.guide('GET', path)).status).toBe(404);
  });

  it('has pages of 25 unless the request says otherwise', async () => {
    for (let n = 0; n < 30; n += 1) await submit({ title: `T${n}` });
    const path = `/feedback_portal/${box.craft.feedbackPortalId}/feedback_items`;
    const first = (await box.guide('GET', path)).body;
    expect(first.items.length).toBe(25);
    expect(first.metadata).toMatchObject({ perPage: 25, totalPages: 2 });
    const second = (await box.guide('GET', `${path}?page=2`)).body;
    expect(second.items.length).toBe(box.world.craft.feedback.items.size - 25);
  });

  it('shows the feedback of an item, as objects or as ids', async () => {
    const linked = [...box.world.craft.feedback.items.values()].find(({ linkedItemIds }) => linkedItemIds.length > 0);
    const path = `/item/${linked?.linkedItemIds[0] ?? ''}`;
    const links = [{ id: linked?.id, title: linked?.title }];
    expect((await box.guide('GET', path)).body).toMatchObject({ feedbackLinks: links });
    box.behaviour.craftFeedbackLinks = 'ids';
    expect((await box.guide('GET', path)).body).toMatchObject({ feedbackLinks: [linked?.id] });
  });

  it('can lose the answer to a submission, as to any other write', async () => {
    const before = box.world.craft.feedback.items.size;
    const fault = { kind: 'lose-answer', applied: true, silence: 'reset' } as const;
    box.faults.addRule({ mounts: ['craft-guide'], methods: ['POST'], next: 1, fault });
    await expect(submit({ title: 'Lost' })).rejects.toThrow();
    expect(box.world.craft.feedback.items.size).toBe(before + 1);
  });
});
