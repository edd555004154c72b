import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerWith, response } from './rawServer.js';
import { KEY, client, failing, read, server, write, freeBudget } from './setUp.js';

describe('connectors/http/client', () => {
  describe('a request that is answered', () => {
    it('sends JSON with the key and returns status, headers and body', async () => {
      const { url, requests } = await server(answerWith(201, '{"id":"1"}', { 'x-thing': 'yes' }));
      const answer = await client(`${url}/base/`).send(write());
      expect(answer).toMatchObject({ status: 201, body: { id: '1' }, headers: { 'x-thing': 'yes' } });
      expect(requests[0]).toMatch(/^POST \/base\/things HTTP\/1.1\r\n/);
      expect(requests[0]).toContain('accept: application/json\r\n');
      expect(requests[0]).toContain('content-type: application/json\r\n');
      expect(requests[0]).toContain(`x-api-key: ${KEY}\r\n`);
      expect(requests[0]).toMatch(/\r\n\r\n\{"a":1\}$/);
    });

    it('sends no sign that hides or turns round what a text says, and no half of a pair', async () => {
      const { url, requests } = await server(answerWith(200, '[]'));
      const body = { a: ['x\u202ey\u2069', 'a\u0000b\u009bc\ufffe'], b: { c: 'half \ud83d, whole 😀\n\t' } };
      await client(url).send(write({ body }));
      const sent: unknown = JSON.parse(Buffer.from(requests[0]?.split('\r\n\r\n')[1] ?? '', 'latin1').toString());
      expect(sent).toEqual({ a: ['xy', 'abc'], b: { c: 'half \ufffd, whole 😀\n\t' } });
    });

    it('sends no content type without a body, and takes its own address as a whole', async () => {
      const { url, requests } = await server(answerWith(200, '[]'));
      await client(`${url}/graphql?x=%20y`).send(read({ path: `${url}/graphql?x=%20y` }));
      expect(requests[0]).toMatch(/^GET \/graphql\?x=%20y HTTP/);
      expect(requests[0]).not.toContain('content-type');
    });

    it('accepts a 204 without a body, and an empty 200 only where the request says so', async () => {
      const { url } = await server((socket, request) => {
        socket.write(request.startsWith('PUT') ? 'HTTP/1.1 204 X\r\n\r\n' : response(200, ''));
      });
      const http = client(url);
      expect(await http.send(write({ method: 'PUT' }))).toMatchObject({ status: 204, body: null });
      expect(await http.send(write({ bodyOptional: true }))).toMatchObject({ status: 200, body: null });
      expect((await failing(http.send(read()))).kind).toBe('unexpected-response');
      expect((await failing(http.send(write()))).kind).toBe('ambiguous');
    });

    it('reads the key anew for each request, since it may change', async () => {
      const { url, requests } = await server(answerWith(200, '[]'));
      let key = 'first';
      const http = client(url, { authHeaders: () => ({ 'x-api-key': key }) });
      await http.send(read());
      key = 'second';
      await http.send(read());
      expect(requests.map((request) => /x-api-key: (\w+)/.exec(request)?.[1])).toEqual(['first', 'second']);
    });

    it('reads an answer that comes in chunks, after a 103', async () => {
      const { url } = await server((socket) => {
        socket.write('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n');
        socket.write(
          'HTTP/1.1 200 X\r\ncontent-type: application/vnd.x+json; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n',
        );
        socket.write('2\r\n["\r\n4\r\nä"]\r\n0\r\n\r\n'.replace('4\r\nä"]', '4\r\nä"]'));
      });
      expect((await client(url).send(read())).body).toEqual(['ä']);
    });
  });

  describe('kinds', () => {
    const table: readonly [number, string, string][] = [
      [302, 'unexpected-response', 'ambiguous'],
      [400, 'invalid', 'invalid'],
      [401, 'unauthorized', 'unauthorized'],
      [403, 'forbidden', 'forbidden'],
      [404, 'not-found', 'not-found'],
      [405, 'invalid', 'invalid'],
      [408, 'unavailable', 'ambiguous'],
      [409, 'conflict', 'conflict'],
      [410, 'not-found', 'not-found'],
      [412, 'conflict', 'conflict'],
      [413, 'invalid', 'invalid'],
      [418, 'invalid', 'invalid'],
      [422, 'invalid', 'invalid'],
      [429, 'rate-limited', 'rate-limited'],
      [500, 'unavailable', 'ambiguous'],
      [503, 'unavailable', 'ambiguous'],
    ];
    it.each(table)('status %i is %s for a read and %s for a write', async (status, ofRead, ofWrite) => {
      const { url } = await server(answerWith(status, '{}'));
      const http = client(url);
      const readError = await failing(http.send(read()));
      const writeError = await failing(http.send(write()));
      expect([readError.kind, writeError.kind]).toEqual([ofRead, ofWrite]);
      expect(writeError.details).toMatchObject({ connection: 'km', status, notSent: false });
    });

    it('a redirect is not followed and its path is not shown', async () => {
      const { url, requests } = await server((socket) =>
        socket.write(response(307, '', { location: 'https://other.example/x?token=abc' })),
      );
      const error = await failing(client(url).send(write()));
      expect(error.message).toContain('redirects (status 307 to https://other.example)');
      expect(requests).toHaveLength(1);
    });

    it('HTML where JSON is documented says so and points at baseUrl', async () => {
      const { url } = await server(answerWith(200, '<!doctype html><p>Sign in', { 'content-type': 'text/html' }));
      const error = await failing(client(url).send(read()));
      expect(error.kind).toBe('unexpected-response');
      expect(error.message).toBe(
        'km: GET /things answered with HTML where JSON is documented: check baseUrl (status 200)',
      );
      expect((await failing(client(url).send(write()))).kind).toBe('ambiguous');
    });

    it('a 404 as an HTML page tells a read nothing about the item', async () => {
      const { url } = await server(answerWith(404, '<html>no such page', { 'content-type': 'text/html' }));
      expect((await failing(client(url).send(read()))).kind).toBe('unexpected-response');
      expect((await failing(client(url).send(write()))).kind).toBe('not-found');
    });

    it('JSON of another content type, or cut short inside, is not used', async () => {
      const plain = await server(answerWith(200, '{}', { 'content-type': 'text/plain' }));
      expect((await failing(client(plain.url).send(read()))).message).toContain('answered with text/plain');
      const cut = await server(answerWith(200, '{"items":['));
      expect((await failing(client(cut.url).send(read()))).message).toContain('JSON that cannot be parsed');
    });

    it('a truncated body is unexpected for a read, and ambiguous for a write', async () => {
      const { url } = await server((socket) => {
        socket.end(response(200, '{"a":', { 'content-length': '500' }));
      });
      expect((await failing(client(url).send(read()))).kind).toBe('unexpected-response');
      expect((await failing(client(url).send(write()))).kind).toBe('ambiguous');
    });

    it('stops reading at the size cap, announced or not', async () => {
      const announced = await server((socket) => socket.write(response(200, '', { 'content-length': '99999999' })));
      expect((await failing(client(announced.url).send(read()))).message).toContain('more than may be read');
      const endless = await server((socket) => {
        socket.write('HTTP/1.1 200 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
        const flood = () => {
          while (!socket.destroyed && socket.write(`2000\r\n${' '.repeat(0x2000)}\r\n`));
        };
        socket.on('drain', flood);
        flood();
      });
      const error = await failing(client(endless.url).send(read({ maxBytes: 100_000 })));
      expect(error.message).toContain('more than may be read');
    });

    it('a refusal counts as one even where its body never ends', async () => {
      const { url } = await server((socket) => socket.write(response(422, '{', { 'content-length': '999' })));
      expect((await failing(client(url, { timeoutMs: 200 }).send(write()))).kind).toBe('invalid');
    });

    it("shows the tool's own reason without echoing what was sent or the key", async () => {
      const title = 'A very secret plan for the next quarter';
      const body = JSON.stringify({
        why: `title "${title}" is bad, so is "very secret plan for the next", key ${KEY}`,
      });
      const { url } = await server(answerWith(400, body));
      const describeError = (_: number, answer: unknown) => (answer as { why: string }).why;
      const error = await failing(client(url, { describeError }).send(write({ body: { title } })));
      expect(error.message).toBe(
        'km: POST /things was refused with status 400: title "…" is bad, so is "…", key [redacted]',
      );
    });

    it('lets a judge decide first, whatever the status', async () => {
      const { url } = await server(answerWith(500, '{"fine":true}'));
      const accept = () => ({ verdict: 'accept' }) as const;
      expect((await client(url).send(read({ judge: accept }))).body).toEqual({ fine: true });
      const pushed: number[] = [];
      const budget = { ...freeBudget, pushBack: (ms: number) => void pushed.push(ms) };
      const limited = () => ({ verdict: 'fail', kind: 'rate-limited', message: 'is over the limit' }) as const;
      expect((await failing(client(url, { budget }).send(read({ judge: limited })))).kind).toBe('rate-limited');
      expect(pushed).toHaveLength(1);
    });
  });

  describe('a month whose calls are spent', () => {
    const until = new Date(Date.UTC(2026, 11, 1));
    const forMs = 86_400_000;
    const monthSpent = (answer: { headers: Readonly<Record<string, string>> }) =>
      answer.headers['x-left'] === '0' ? { forMs, until } : null;

    it.each([
      ['a good answer', answerWith(200, '[]', { 'x-left': '0' })],
      ['a refusal', answerWith(429, '{}', { 'x-left': '0', 'retry-after': '7' })],
      ['an answer that cannot be used', answerWith(429, '<html>', { 'x-left': '0', 'content-type': 'text/html' })],
    ])('closes the budget until the moment that %s names', async (_what, answer) => {
      const pushed: unknown[] = [];
      const budget = { ...freeBudget, pushBack: (...given: unknown[]) => void pushed.push(given) };
      const { url } = await server(answer);
      const outcome: unknown = await client(url, { budget, monthSpent })
        .send(read())
        .catch((error: unknown) => error);
      expect(pushed).toEqual([[forMs, until]]);
      const details = { monthSpent: true, retryInMs: forMs };
      if (outcome instanceof Error) expect(outcome).toMatchObject({ kind: 'rate-limited', details });
    });

    it('is not reported for a 429 that shows calls left', async () => {
      const { url } = await server(answerWith(429, '{}', { 'x-left': '3' }));
      const error = await failing(client(url, { monthSpent }).send(read()));
      expect(error.details.monthSpent).toBeUndefined();
    });
  });

  describe('429', () => {
    afterEach(() => vi.useRealTimers());

    const seconds = 1_000;
    const cases: readonly [string, Record<string, string>, number][] = [
      ['seconds', { 'retry-after': '7' }, 7 * seconds],
      ['nothing', {}, 60 * seconds],
      ['zero', { 'retry-after': '0' }, seconds],
      ['a negative number', { 'retry-after': '-5' }, 60 * seconds],
      ['words', { 'retry-after': 'soon' }, 60 * seconds],
      ['a hundred years', { 'retry-after': '3153600000' }, 3_600 * seconds],
      ['a number beyond numbers', { 'retry-after': '9'.repeat(400) }, 3_600 * seconds],
      [
        "a date, measured by the server's clock an hour behind",
        { date: 'Wed, 21 Oct 2015 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' },
        30 * seconds,
      ],
      [
        'a date in an answer that does not say its own time',
        { 'retry-after': new Date(Date.now() + 7_000_000).toUTCString() },
        60 * seconds,
      ],
      [
        'a date that is past',
        { date: 'Wed, 21 Oct 2015 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2015 07:27:00 GMT' },
        60 * seconds,
      ],
    ];
    it.each(cases)('waits as %s says', async (_, headers, waitMs) => {
      const pushed: number[] = [];
      const { url } = await server(answerWith(429, '{}', headers));
      const budget = { ...freeBudget, pushBack: (ms: number) => void pushed.push(ms) };
      for (const hoursOff of [0, -1, 1]) {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hoursOff * 3_600_000 });
        const error = await failing(client(url, { budget }).send(write()));
        vi.useRealTimers();
        expect(error.details.retryInMs, `this clock off by ${hoursOff} h`).toBe(waitMs);
      }
      expect(pushed).toEqual([waitMs, waitMs, waitMs]);
    });
  });
});
