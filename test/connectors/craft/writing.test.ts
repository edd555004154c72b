import { describe, expect, it } from 'vitest';
import type { WriteCall } from '../../../connectors/port/calls.js';
import { PORTFOLIO, WORKSPACE } from './craftServer.js';
import { DEVELOPING, idOf, item, READY, open, type SetUp, write } from './setUp.js';

const source = { workspace: WORKSPACE };
const fields = [
  { id: '2305843010172190001', name: 'dev_status' },
  { id: '2305843010172190002', name: 'dev_lock' },
  { id: '2305843010172190003', name: 'team' },
  { id: '2305843010172190004', name: 'platforms' },
];
const [STATUS = '', LOCK = ''] = fields.map(({ id }) => id);
const puts = ({ server }: SetUp) => server.requests.filter(({ method }) => method === 'PUT');

describe('connectors/craft/writing', () => {
  it('writes as the guide says: fields by id, the status by name, properties by their name', async () => {
    const made = await open({ dialect: 'guide', items: [item(1)], fields });
    const what = { status: 'In Development', customFields: { dev_lock: 'View only' }, properties: { effort: 2 } };
    await made.craft.writeItem(source, idOf(1), what, write);
    const [put] = puts(made);
    expect(put?.rawUrl).toBe(`/workspace/${WORKSPACE}/items/${idOf(1)}`);
    expect(put?.body).toEqual({
      customFieldValues: [{ fieldId: LOCK, value: 'View only' }],
      status: 'In Development',
      effort: 2,
    });
    expect(made.server.item(idOf(1))).toMatchObject({ effort: 2, status: { name: 'In Development' } });
  });

  it('writes as the Swagger says: the id in the body, the status by id, learned from the items', async () => {
    const items = [item(1), item(2, { status: DEVELOPING })];
    const made = await open({ dialect: 'swagger', items, fields });
    const what = { status: 'In Development', customFields: { [LOCK]: 'View only' } };
    await made.craft.writeItem(source, idOf(1), what, write);
    expect(puts(made)[0]?.rawUrl).toBe('/item');
    expect(puts(made)[0]?.body).toEqual({
      id: idOf(1),
      customFields: [{ id: LOCK, value: 'View only' }],
      status: { id: DEVELOPING.id },
    });
    const calls = made.server.requests.length;
    await made.craft.writeItem(source, idOf(1), { status: 'In Development' }, write);
    expect(made.server.requests.length).toBe(calls + 1);
  });

  it("writes initiatives below their portfolio in the guide's dialect", async () => {
    const made = await open({ dialect: 'guide', initiatives: [item(1)], fields });
    await made.craft.writeItem({ portfolio: PORTFOLIO }, idOf(1), { customFields: { dev_lock: 'x' } }, write);
    expect(made.server.calls()).toContain(`GET /portfolio/${PORTFOLIO}/portfolio_fields`);
    expect(puts(made)[0]?.path).toBe(`/portfolio/${PORTFOLIO}/items/${idOf(1)}`);
  });

  it('sends a status by its name in the guide, even where it is given by id', async () => {
    const made = await open({ dialect: 'guide', items: [item(1), item(2, { status: DEVELOPING })], fields });
    await made.craft.writeItem(source, idOf(1), { status: DEVELOPING.id }, write);
    expect(puts(made)[0]?.body).toEqual({ status: 'In Development' });
    const unknown = made.craft.writeItem(source, idOf(1), { status: '2305843009928939999' }, write);
    await expect(unknown).rejects.toMatchObject({ kind: 'invalid', details: { notSent: true } });
  });

  it('refuses a status without a known id in the Swagger, naming the nearest, after a bounded search', async () => {
    const items = Array.from({ length: 1_300 }, (_, index) => item(index + 1));
    const made = await open({ dialect: 'swagger', items, fields });
    const lock = () => made.craft.writeItem(source, idOf(1), { status: 'Ready for Developmnt' }, write);
    await expect(lock()).rejects.toThrow(`the nearest is "Ready for Development", ${READY.id}`);
    expect(made.server.requests).toHaveLength(11);
    await expect(lock()).rejects.toMatchObject({ kind: 'invalid' });
    expect(made.server.requests).toHaveLength(11);
    expect(puts(made)).toEqual([]);
  });

  it('refuses a field that is not listed before anything is sent, naming the nearest', async () => {
    const made = await open({ dialect: 'guide', items: [item(1)], fields });
    const asks: string[] = [];
    const call: WriteCall = { ...write, authorise: () => Promise.reject(new Error(String(asks.push('lease')))) };
    const byName = made.craft.writeItem(source, idOf(1), { customFields: { 'Dev status': 'x' } }, call);
    await expect(byName).rejects.toThrow(
      `lists no custom field with the id or name "Dev status"; the nearest is "dev_status", ${STATUS}`,
    );
    const byId = made.craft.writeItem(source, idOf(1), { customFields: { '2305843010172199999': 'x' } }, call);
    await expect(byId).rejects.toMatchObject({ kind: 'invalid', details: { notSent: true } });
    expect(asks).toEqual([]);
    expect(puts(made)).toEqual([]);
  });

  it('prefers an id to a name that is spelt like it, and refuses a name that two fields have', async () => {
    const twins = [
      { id: '11', name: 'dev_status' },
      { id: 'dev_status', name: 'Dev status' },
      { id: '12', name: 'twice' },
      { id: '13', name: 'twice' },
    ];
    const made = await open({ dialect: 'guide', items: [item(1)], fields: twins });
    await made.craft.writeItem(source, idOf(1), { customFields: { dev_status: 'Done' } }, write);
    expect(puts(made)[0]?.body).toEqual({ customFieldValues: [{ fieldId: 'dev_status', value: 'Done' }] });
    const twice = made.craft.writeItem(source, idOf(1), { customFields: { twice: 'x' } }, write);
    await expect(twice).rejects.toThrow('several custom fields "twice": give one\'s id (12, 13)');
  });

  it('sends nothing for an empty write', async () => {
    const made = await open({ dialect: 'guide', items: [item(1)], fields });
    await made.craft.writeItem(source, idOf(1), { customFields: {} }, write);
    expect(made.server.requests).toEqual([]);
  });

  it('looks everything up before it takes the lease, and sends nothing once that has ended', async () => {
    const made = await open({ dialect: 'swagger', items: [item(1), item(2, { status: DEVELOPING })], fields });
    let lookedUp: readonly string[] = [];
    const authorise = () => {
      lookedUp = made.server.calls();
      return Promise.resolve({ passed: () => true });
    };
    const what = { status: 'In Development', customFields: { dev_lock: 'x' } };
    const late = made.craft.writeItem(source, idOf(1), what, { ...write, authorise });
    await expect(late).rejects.toMatchObject({ kind: 'unavailable', details: { notSent: true } });
    expect(lookedUp).toContain(`GET /workspace/${WORKSPACE}/custom_fields`);
    expect(lookedUp).toContain(`GET /workspace/${WORKSPACE}/items`);
    expect(puts(made)).toEqual([]);
  });

  it('passes on what the lease throws, and says not-found for an item that is gone', async () => {
    const made = await open({ dialect: 'guide', items: [item(1)], fields });
    const refusal = new Error('superseded');
    const authorise = () => Promise.reject(refusal);
    await expect(made.craft.writeItem(source, idOf(1), { status: 'x' }, { ...write, authorise })).rejects.toBe(refusal);
    for (const what of [{ status: 'x' }, { customFields: { dev_lock: 'x' } }]) {
      await expect(made.craft.writeItem(source, idOf(9), what, write)).rejects.toMatchObject({ kind: 'not-found' });
    }
  });

  it('names what Craft.io refused, without the values and in one line', async () => {
    const made = await open({ dialect: 'guide', items: [item(1)], fields });
    made.server.options.intercept = ({ method }) =>
      method === 'PUT'
        ? {
            status: 400,
            body: {
              message: `Validation Failed ${'x'.repeat(5_000)}`,
              details: { 'body.effort': { value: 'Hidden plan' } },
            },
          }
        : null;
    const failed = made.craft.writeItem(source, idOf(1), { properties: { title: 'Hidden plan of ours' } }, write);
    await expect(failed).rejects.toMatchObject({ kind: 'invalid' });
    await expect(failed).rejects.toThrow('(body.effort)');
    await failed.catch((error: Error) => {
      expect(error.message).not.toContain('Hidden');
      expect(error.message.length).toBeLessThan(400);
    });
  });
});
