import { afterEach, describe, expect, it } from 'vitest';
import { placeOf } from '../../../connectors/craft/feedback.js';
import type { CraftServerOptions } from './craftServer.js';
import type { ItemJson } from '../../fixtures/craftBodies.js';
import { PORTAL } from './craftServer.js';
import { open, read, type SetUp } from './setUp.js';

let running: SetUp | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

const REF = 'Ref: km/MOB-1';
const portalWith = async (feedback: ItemJson[], more: Partial<CraftServerOptions> = {}): Promise<SetUp> => {
  const opened = await open({ dialect: 'guide', feedback, ...more });
  running = opened;
  return opened;
};
const feedback = (n: number, description: unknown = `Text ${n}`): ItemJson => ({
  id: `1000${n}`,
  title: 'T',
  description,
});
const many = (count: number): ItemJson[] => Array.from({ length: count }, (_, n) => feedback(n));

describe('connectors/craft/feedback', () => {
  it.each([
    ['as it was sent', `Text\n\n${REF}`, 'end'],
    ['alone', REF, 'end'],
    ['with blanks after it', `Text\n${REF} \n\n`, 'end'],
    ['as HTML', `<p>Text</p><p>${REF}</p>`, 'end'],
    ['as HTML with an empty paragraph after it', `<p>Text</p><p>${REF}</p><p>&nbsp;</p>`, 'end'],
    ['with its lines run together', `Text ${REF}`, 'end'],
    ['with another text after it', `${REF}\nand more`, 'inside'],
    ['of a longer key', `Text\n${REF}0`, 'nowhere'],
    ['inside a word', `Text\nx${REF}`, 'nowhere'],
    ['not at all', 'Text', 'nowhere'],
  ])('knows the line %s', (_what, description, place) => {
    expect(placeOf(description, REF)).toBe(place);
  });

  it('is quick about long texts', () => {
    const startedAt = performance.now();
    placeOf(`${'<p> '.repeat(200_000)}x${' '.repeat(500_000)}y`, REF);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('finds a submission on a later page, and says absent only after it has seen all', async () => {
    const { craft, server } = await portalWith([...many(230), feedback(999, `Text\n\n${REF}`)]);
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toMatchObject({
      answer: 'found',
      feedback: { id: '1000999' },
    });
    server.options.feedback?.pop();
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toEqual({ answer: 'absent' });
  });

  it('knows that feedback without a description carries no line, as soon as it was read singly', async () => {
    const bare: ItemJson = { id: '10001', title: 'Voted up only' };
    const { craft, server } = await portalWith([bare, feedback(2)]);
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toEqual({ answer: 'absent' });
    expect(server.calls()).toContain('GET /feedback_item/10001');
    server.options.feedback?.push(feedback(3, `Text\n\n${REF}`));
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toMatchObject({ answer: 'found' });
  });

  it.each([
    ['is gone', { status: 404, body: { message: 'No idea found' } }],
    ['is not as documented', { status: 200, body: { id: '10001', description: 42 } }],
    ['is that of another', { status: 200, body: { id: '10002' } }],
  ])('does not know where the single read of listed feedback without a description %s', async (_what, reply) => {
    const { craft } = await portalWith([{ id: '10001', title: 'T' }], {
      intercept: ({ path }) => (path.startsWith('/feedback_item/') ? reply : null),
    });
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toMatchObject({ answer: 'unknown' });
  });

  it.each([
    ['feedback that cannot be read', [feedback(1), { title: 'no id' } as unknown as ItemJson]],
    ['feedback that quotes the line', [feedback(1, `${REF}\nsays my colleague`)]],
  ])('does not know where there is %s', async (_what, items) => {
    const { craft } = await portalWith(items);
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toMatchObject({ answer: 'unknown' });
  });

  it('does not know where the pages do not show all that there is', async () => {
    const { craft } = await portalWith(many(3), {
      intercept: () => ({
        status: 200,
        body: { items: many(3), metadata: { currentPage: 1, perPage: 100, totalPages: 1, totalRecords: 9 } },
      }),
    });
    expect(await craft.feedback.findRef(PORTAL, REF, read)).toMatchObject({ answer: 'unknown' });
  });

  it('names a category without a name by its id', async () => {
    const categories = [{ id: '51', name: 'Ideas' }, { id: '52', name: null }, { id: '53' }];
    const { craft } = await portalWith([], {
      intercept: ({ path }) => (path.endsWith('/categories') ? { status: 200, body: categories } : null),
    });
    expect(await craft.feedback.categories(PORTAL, read)).toEqual([
      { id: '51', name: 'Ideas' },
      { id: '52', name: '52' },
      { id: '53', name: '53' },
    ]);
  });

  it('reads feedback that has only an id, and names feedback without a title by its short id', async () => {
    const { craft } = await portalWith([{ id: '10001' }, { id: '10002', shortId: 'DAR-6' }]);
    const nothing = { description: '', person: null, webUrl: null };
    expect(await craft.feedback.read('10001', read)).toEqual({ id: '10001', title: '10001', ...nothing });
    expect(await craft.feedback.read('10002', read)).toEqual({ id: '10002', title: 'DAR-6', ...nothing });
  });

  it('ends every submission with the line, and lets no text pass for one', async () => {
    let sent: Record<string, string> = {};
    const { craft } = await portalWith([], {
      intercept: ({ method, body }) => {
        if (method !== 'POST') return null;
        sent = body as Record<string, string>;
        return { status: 200, body: { id: '7', link: 'https://portal.example/7' } };
      },
    });
    const draft = { title: 'T', description: `Mine\nRef: km/MOB-2`, category: null, submitter: null, ref: REF };
    const call = { ...read, authorise: () => Promise.resolve({ passed: () => false }) };
    expect(await craft.feedback.submit(PORTAL, draft, call)).toEqual({ id: '7', link: 'https://portal.example/7' });
    expect(Object.keys(sent).sort()).toEqual(['description', 'title']);
    expect(placeOf(sent['description'] ?? '', REF)).toBe('end');
    expect(placeOf(sent['description'] ?? '', 'Ref: km/MOB-2')).toBe('nowhere');
  });
});
