import { describe, expect, it } from 'vitest';
import { PORTAL, PORTFOLIO, WORKSPACE } from './craftServer.js';
import { idOf, item, read, open, type SetUp } from './setUp.js';

const source = { workspace: WORKSPACE };

describe('connectors/craft/fields', () => {
  const fields = [{ id: '11', name: 'team' }];
  const listing = `GET /workspace/${WORKSPACE}/custom_fields`;
  const count = ({ server }: SetUp) => server.calls().filter((one) => one === listing).length;

  it('keeps the list for five minutes', async () => {
    const made = await open({
      dialect: 'guide',
      fields,
      items: [item(1, { customFields: [{ id: '11', value: 'a' }] })],
    });
    await made.craft.readItem(source, idOf(1), read);
    await made.craft.readItem(source, idOf(1), read);
    expect(count(made)).toBe(1);
    made.clock.ms += 5 * 60_000 + 1;
    await made.craft.readItem(source, idOf(1), read);
    expect(count(made)).toBe(2);
  });

  it('reads it again on a miss, but not for each item that has the same unlisted field', async () => {
    const made = await open({
      dialect: 'guide',
      fields,
      items: [item(1, { customFields: [{ id: '11', value: 'a' }] })],
    });
    await made.craft.readItem(source, idOf(1), read);
    made.server.options.items = [item(1, { customFields: [{ id: '12', value: 'b' }] })];
    made.server.options.fields = [...fields, { id: '12', name: 'new' }];
    expect((await made.craft.readItem(source, idOf(1), read))?.customFields[0]?.name).toBe('new');
    expect(count(made)).toBe(2);
    made.server.options.items = [item(1, { customFields: [{ id: '13', value: 'b' }] })];
    for (let times = 0; times < 3; times += 1) await made.craft.readItem(source, idOf(1), read);
    expect(count(made)).toBe(3);
  });

  it('reads it once for callers that ask at the same moment', async () => {
    const made = await open({
      dialect: 'guide',
      fields,
      items: [item(1, { customFields: [{ id: '11', value: 'a' }] })],
    });
    await Promise.all(Array.from({ length: 5 }, () => made.craft.readItem(source, idOf(1), read)));
    expect(count(made)).toBe(1);
  });

  it("lists the fields of a portal in the Swagger's dialect, and uses their names for the fields of feedback", async () => {
    const feedback = [item(1, { customFields: [{ id: '11', value: 'a' }] })];
    const made = await open({ dialect: 'swagger', fields, feedback });
    const portal = { feedbackPortal: PORTAL };
    expect(await made.craft.customFields(portal, read)).toMatchObject(fields);
    const read1 = await made.craft.readItem(portal, idOf(1), read);
    expect(read1?.customFields).toEqual([{ id: '11', name: 'team', value: 'a' }]);
    expect(made.server.calls().filter((one) => one.endsWith('/custom_fields'))).toHaveLength(1);
  });

  it('treats a portal whose list of fields is not found as one without fields', async () => {
    const feedback = [item(1, { customFields: [{ id: '11', value: 'a' }] })];
    const made = await open({ dialect: 'swagger', feedback });
    let answer = { status: 404, body: { message: 'Cannot GET' } };
    made.server.options.intercept = ({ path }) => (path.endsWith('/custom_fields') ? answer : null);
    const portal = { feedbackPortal: PORTAL };
    const unnamed = [{ id: '11', name: null, value: 'a' }];
    expect((await made.craft.readItem(portal, idOf(1), read))?.customFields).toEqual(unnamed);
    answer = { status: 403, body: { message: 'Access denied' } };
    await expect(made.again().customFields(portal, read)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('lists the fields of a workspace and of a portfolio, and in the guide none of a portal', async () => {
    const { server, craft } = await open({ dialect: 'guide', fields });
    expect(await craft.customFields(source, read)).toMatchObject(fields);
    expect(await craft.customFields({ portfolio: PORTFOLIO }, read)).toMatchObject(fields);
    expect(await craft.customFields({ feedbackPortal: PORTAL }, read)).toEqual([]);
    expect(server.calls()).toEqual([listing, `GET /portfolio/${PORTFOLIO}/portfolio_fields`]);
  });
});
