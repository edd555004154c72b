import { describe, expect, it } from 'vitest';
import type { WriteCall } from '../../../connectors/port/calls.js';
import { MARKER, at, draft, failing, kitemaker, mobile, queries, restItem, web, writes, writing } from './setUp.js';

describe('connectors/kitemaker/createItem', () => {
  it('sends one POST as documented, with the marker as the last line, and reads the answer', async () => {
    const { connector, server } = await kitemaker((r) => {
      const { description } = (r.body ?? {}) as { description?: string };
      return r.url.endsWith('/workitem')
        ? { status: 201, body: restItem(7, { description: `${description}\n` }) }
        : null;
    });
    const created = await connector.createItem(draft({ fields: { effort: ['Large'], impact: ['small'] } }), writing);
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

  it('looks up a status by name and labels by name or id, all before the one write', async () => {
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
      authorise: () => {
        leases += 1;
        return Promise.resolve({ passed: () => false });
      },
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

  it('puts the item under an initiative, whose failure does not make the create look failed', async () => {
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

  it('refuses several values where Kitemaker takes one, naming them', async () => {
    const { connector, server } = await kitemaker(() => null);
    const error = await failing(connector.createItem(draft({ fields: { impact: ['small', 'large'] } }), writing));
    expect(error).toMatchObject({ kind: 'invalid', details: { notSent: true } });
    expect(error.message).toContain(
      'impact takes one value, and Craft.io has 2 (small, large); see fields.impact.values',
    );
    expect(server.requests).toEqual([]);
  });

  it('refuses an effort that Kitemaker would refuse, without a call', async () => {
    const { connector, server } = await kitemaker(() => null);
    const error = await failing(connector.createItem(draft({ fields: { effort: ['9 plans'] } }), writing));
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

  it("shows Kitemaker's reason with its code and without the title", async () => {
    const { connector } = await kitemaker((r) =>
      r.url.endsWith('/workitem')
        ? { status: 400, body: { errors: [{ message: 'Bad title CRK-1 Title', status: 400, code: 'INVALID' }] } }
        : null,
    );
    const error = await failing(connector.createItem(draft(), writing));
    expect(error.message).toBe('km: POST /workitem was refused with status 400: Bad title … (INVALID)');
  });
});
