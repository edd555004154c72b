import { describe, expect, it } from 'vitest';
import type { Answer, Recorded } from '../recorder.js';
import { call, craftdesk, draft, failing, MARKER, marked, notFound, project, writing, type Script } from './setUp.js';

/** Answers with what was sent, in the form that the test wants. */
const answering =
  (form: (created: object) => Answer): Script =>
  (request: Recorded) =>
    form(project(1, request.body as object as Record<string, unknown>));

describe('connectors/craftdesk/createItem', () => {
  it('sends one request, with the common headers, and the marker as the last line', async () => {
    const { connector, server } = await craftdesk(answering((data) => ({ status: 201, body: { data } })));
    const { item, showsMarker } = await connector.createItem(draft(), writing);
    expect(showsMarker).toBe(true);
    expect(item).toMatchObject({ id: 'id-1', key: null, url: null, scope: 'workspace', status: 'active' });
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'POST',
      url: '/v1/projects',
      headers: {
        authorization: 'Bearer the-key',
        'content-type': 'application/json',
        'x-requested-with': 'XMLHttpRequest',
      },
      body: { name: 'CRK-1 Title', description: `Text\n\n[Craft.io](https://app.craft.io/i/1)\n\n${MARKER}` },
    });
  });

  it('sends the common headers with a GET as well, and no body', async () => {
    const { connector, server } = await craftdesk(() => ({ body: { data: [] } }));
    await connector.listIds('workspace', call);
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer the-key',
      'content-type': 'application/json',
      'x-requested-with': 'XMLHttpRequest',
    });
    expect(request).toMatchObject({ url: '/v1/projects?page=1&per_page=100', body: null });
  });

  it.each([
    ['201 in data', (data: object) => ({ status: 201, body: { data } })],
    ['200 in data', (data: object) => ({ status: 200, body: { data } })],
    ['201 bare', (data: object) => ({ status: 201, body: data })],
    ['200 bare', (data: object) => ({ status: 200, body: data })],
  ])('takes an answer of %s', async (_form, form) => {
    const { connector } = await craftdesk(answering(form));
    expect(await connector.createItem(draft(), writing)).toMatchObject({ showsMarker: true, item: { id: 'id-1' } });
  });

  it('reads back what an answer without a description created', async () => {
    const { connector, server } = await craftdesk((request) =>
      request.method === 'POST' ? { status: 201, body: { id: 'id-1' } } : { body: { data: marked(1) } },
    );
    expect((await connector.createItem(draft(), writing)).showsMarker).toBe(true);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/projects',
      'GET /v1/projects/id-1',
    ]);
  });

  it.each([
    ['no id', { body: { data: { name: 'x' } } }, notFound],
    ['no description, and it cannot be read back', { body: { id: 'id-1' } }, notFound],
    ['no description, and reading fails', { body: { id: 'id-1' } }, { status: 500, body: {} }],
  ])('is ambiguous where the answer has %s', async (_what, created, single) => {
    const { connector } = await craftdesk((request) => (request.method === 'POST' ? created : single));
    expect(await failing(connector.createItem(draft(), writing))).toMatchObject({
      kind: 'ambiguous',
      details: { notSent: false },
    });
  });

  it('says that the marker is missing where the answer shows another description', async () => {
    const { connector } = await craftdesk(() => ({ status: 201, body: { data: project(1) } }));
    expect((await connector.createItem(draft(), writing)).showsMarker).toBe(false);
  });

  it('says why it was refused, by field, without echoing the name', async () => {
    const errors = { name: ['"A secret name of a project" is taken'] };
    const { connector } = await craftdesk(() => ({ status: 400, body: { message: 'Bad Request', code: 400, errors } }));
    const error = await failing(connector.createItem(draft({ title: 'A secret name of a project' }), writing));
    expect(error.kind).toBe('invalid');
    expect(error.message).toBe('cd: POST /projects was refused with status 400: Bad Request (name: "…" is taken)');
  });

  it('fits the bytes of a common text column in any script, and says that it cut', async () => {
    const { connector } = await craftdesk(() => notFound);
    const described = connector.describe(draft({ title: 'ä'.repeat(300), description: '漢字'.repeat(20_000) }));
    expect(Buffer.byteLength(described.text)).toBeLessThanOrEqual(65_535);
    expect(described.title.length).toBeLessThanOrEqual(250);
    expect(described.text.endsWith(`\n\n${MARKER}`)).toBe(true);
    expect(described.notes).toHaveLength(2);
  });
});
