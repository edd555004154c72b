/** What reaches the webhook, and which answers count as accepted. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';

import { createRedactor } from '../../domain/redaction/redactor.js';
import { createAlerts } from '../../runtime/alerts.js';
import { chatText } from '../../runtime/chatText.js';

type Answer = (response: ServerResponse) => void;

describe('runtime/alerts', () => {
  let server: Server;
  afterEach(
    () =>
      new Promise((done) => {
        server.close(done);
      }),
  );

  /** Sends one alert to `path` of a server that answers like this; returns what arrived and the logged errors. */
  async function send(path: string, answer: Answer, message = 'the connection km is paused') {
    const arrived: { url: string | undefined; body: unknown }[] = [];
    const errors: string[] = [];
    server = createServer((request, response) => {
      void textOf(request).then((text) => {
        arrived.push({ url: request.url, body: JSON.parse(text) });
        answer(response);
      });
    });
    await new Promise<void>((ready) => {
      server.listen(0, '127.0.0.1', ready);
    });
    const { port } = server.address() as AddressInfo;
    const logger = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
    await createAlerts(() => `http://127.0.0.1:${port}${path}`, logger, createRedactor()).send(message);
    return { arrived, errors };
  }

  const text =
    (type: string, body: string): Answer =>
    (response) =>
      response.writeHead(200, { 'content-type': type }).end(body);

  it.each(['/hooks/T1/B2', '/hook?token=s3cret', '/?token=s3cret'])('posts to the URL as it is: %s', async (path) => {
    const { arrived, errors } = await send(path, text('application/json', '{}'));
    expect(arrived).toEqual([{ url: path, body: { text: 'the connection km is paused' } }]);
    expect(errors).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['a word as HTML', text('text/html', 'ok')],
    ['a word as text', text('text/plain', 'ok')],
    ['nothing', (response) => response.writeHead(200).end()],
    ['204', (response) => response.writeHead(204).end()],
  ])('counts %s with 2xx as accepted', async (_name, answer) => {
    expect((await send('/hook', answer)).errors).toEqual([]);
  });

  it('calls nobody and hides no address in the words of others', async () => {
    const title = '<!channel> <@U123> <https://evil.test|here> @everyone [ok](https://evil.test) R&D\nsecond line';
    const { arrived } = await send('/hook', text('text/plain', 'ok'), `the connection km is paused: "${title}"`);
    const { text: sent } = arrived[0]?.body as { text: string };
    expect(sent).not.toMatch(/[<>\n]|(?<!\p{L})@\p{L}|\]\(/u);
    expect(sent.replaceAll('\u2060', '')).toBe(
      'the connection km is paused: "&lt;!channel&gt; &lt;@U123&gt; &lt;https://evil.test|here&gt; @everyone ' +
        '[ok](https://evil.test) R&amp;D second line"',
    );
  });

  it.each([302, 404, 500])('logs an alert that was not accepted, without its URL: %i', async (status) => {
    const { errors } = await send('/hook?token=s3cret', (response) => response.writeHead(status).end('no'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('check alerts.webhook');
    expect(errors[0]).not.toContain('s3cret');
  });
});

describe('runtime/alerts: mentions', () => {
  it.each([
    ...['_@channel_', 'https://x.example)@channel', 'https://x.example,@here', 'https://x.example|@all', '~@here~'],
    ...['"https://x.example"@channel', '1@channel', '@_all_', '@@channel'],
  ])('calls nobody, whatever stands around it: %s', (words) => {
    expect(chatText(words)).not.toMatch(/@(?:_?all|channel|here|everyone)/);
    expect(chatText(words).replaceAll('\u2060', '')).toBe(words);
  });

  it('leaves addresses of mail alone', () => {
    expect(chatText('ask ana@here2.example')).toBe('ask ana@here2.example');
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
