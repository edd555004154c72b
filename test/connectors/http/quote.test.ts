import { describe, expect, it } from 'vitest';
import { createQuote } from '../../../connectors/http/quote.js';
import { createRedactor } from '../../../domain/redaction/redactor.js';
import { answerWith, response } from './rawServer.js';
import { client, failing, read, server, write } from './setUp.js';

const LONG_KEY = 'Zk9+aBcD3eFgH/iJkL7mN=oP4qRsTuVwXyZ012345abc';

/** No eight characters in a row of the key. */
function expectNothingOf(key: string, text: string): void {
  const lower = text.toLowerCase();
  for (let at = 0; at + 8 <= key.length; at += 1) expect(lower).not.toContain(key.slice(at, at + 8).toLowerCase());
}

const authHeaders = () => ({ 'x-api-key': LONG_KEY });
const describeError = (_: number, answer: unknown) => (answer as { why: string }).why;

describe('connectors/http/quote', () => {
  it.each([0, 100, 200, 250, 270, 280, 290, 298, 3_000])(
    'leaves nothing of a key that stands %i characters into a long reason',
    async (before) => {
      const why = `${'x '.repeat(before / 2)}${LONG_KEY}${' y'.repeat(4_000)}`;
      const { url } = await server(answerWith(400, JSON.stringify({ why })));
      const error = await failing(client(url, { authHeaders, describeError }).send(write()));
      expectNothingOf(LONG_KEY, error.message);
      expect(error.message.length).toBeLessThan(400);
    },
  );

  it('finds a key although a text of three characters that was sent stands inside it', async () => {
    const { url } = await server(answerWith(400, JSON.stringify({ why: `key ${LONG_KEY} is red` })));
    const body = { title: 'aBc', team: 'red', note: LONG_KEY.slice(10, 30) };
    const error = await failing(client(url, { authHeaders, describeError }).send(write({ body })));
    expect(error.message).toBe('km: POST /things was refused with status 400: key [redacted] is …');
  });

  it.each([
    ['a redirect', 302, { location: `https://${LONG_KEY.replace(/[+/=]/g, '-')}.example/${LONG_KEY}` }],
    ['a content type', 200, { 'content-type': `text/x-${LONG_KEY.replace(/[/=]/g, '+')}; charset=${LONG_KEY}` }],
    ['an encoding', 200, { 'content-encoding': `x-${LONG_KEY}` }],
  ])('leaves nothing of a key in %s', async (_, status, headers) => {
    const { url } = await server((socket) => socket.write(response(status, '{}', headers)));
    const key = LONG_KEY.replace(/[+/=]/g, '-');
    for (const request of [read(), write()]) {
      const error = await failing(client(url, { authHeaders: () => ({ a: LONG_KEY, b: key }) }).send(request));
      expectNothingOf(LONG_KEY, error.message);
      expectNothingOf(key, error.message);
    }
  });

  it('leaves nothing of user and password that are sent together', async () => {
    const basic = Buffer.from('hook-user:hook-password-1234').toString('base64');
    const why = `${basic} means hook-password-1234`;
    const { url } = await server(answerWith(400, JSON.stringify({ why })));
    const options = { authHeaders: () => ({ authorization: `Basic ${basic}` }), describeError };
    expect((await failing(client(url, options).send(write()))).message).toContain('400: [redacted] means [redacted]');
  });

  it('knows the secrets of the whole process', async () => {
    const { url } = await server(answerWith(400, '{"why":"pass-phrase-of-postgres"}'));
    const redactor = createRedactor(['pass-phrase-of-postgres']);
    const error = await failing(client(url, { describeError, redactor }).send(write()));
    expect(error.message).toContain('status 400: [redacted]');
  });

  it('cuts a long text in its middle, so that the field named at its end stays', () => {
    const quote = createQuote((text) => text, null);
    const quoted = quote(`${'bad '.repeat(2_000)}(body.effort)`);
    expect(quoted).toMatch(/^bad bad .*….* \(body\.effort\)$/);
    expect(quoted).toHaveLength(300);
  });

  it('leaves no part of a sent text where it gives up looking', () => {
    const title = 'The secret plan that nobody may read before the first of May';
    const quote = createQuote((text) => text, { title });
    for (let before = 1_900; before < 2_020; before += 7) {
      const quoted = quote(`${'-'.repeat(before)}${title}${'-'.repeat(2_500)}`, 10_000);
      expect(quoted).not.toMatch(/secret|nobody|first of May/);
    }
  });

  it('looks through megabytes of what was sent within a second or two', () => {
    const quote = createQuote((text) => text, { description: 'All work and no play. '.repeat(150_000) });
    const startedMs = performance.now();
    expect(quote(`"${'work and no play. All '.repeat(100)}" is too long`)).toBe('"…" is too long');
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});
