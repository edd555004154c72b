import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerWith, type Answerer, rawServer } from './rawServer.js';
import { selfSigned } from './selfSigned.js';
import { cleanups, client, failing, read, server, write } from './setUp.js';

async function listening(made: Server): Promise<number> {
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => made.close());
  return (made.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const closed = await rawServer(() => undefined);
  await closed.close();
  return closed.port;
}

describe('connectors/http/faultWords', () => {
  it('says that a server at an https address speaks no TLS', async () => {
    const port = await listening(createPlainServer((_request, answer) => answer.end('{}')));
    const error = await failing(client(`https://localhost:${port}`).send(write()));
    expect(error).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
    expect(error.message).toBe(
      `km: POST /things was not sent: localhost:${port} does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER): ` +
        'write http:// in baseUrl, or the port that speaks https',
    );
  });

  const alert = Buffer.from([0x15, 3, 1, 0, 2, 2, 70]);
  const PAGE = '<html>The plain HTTP request was sent to HTTPS port</html>';
  const tellings: readonly (readonly [string, Answerer])[] = [
    ['an alert of TLS', (socket) => socket.end(alert)],
    ['a page of nginx', answerWith(400, PAGE, { 'content-type': 'text/html' })],
    [
      'the line of a server in Go',
      answerWith(400, 'Client sent an HTTP request to an HTTPS server.\n', { 'content-type': 'text/plain' }),
    ],
  ];
  it.each(tellings)(
    'says that a server at an http address speaks only TLS, which it tells by %s',
    async (_, answer) => {
      const { url, port } = await server(answer);
      for (const request of [read(), write()]) {
        const error = await failing(client(url).send(request));
        expect(error).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
        const words = `was not sent: localhost:${port} speaks only TLS (WANTS_TLS): write https:// in baseUrl`;
        expect(error.message).toContain(words);
      }
    },
  );

  it('thinks of TLS where a server closes the connection without a byte', async () => {
    const port = await listening(createServer(selfSigned()));
    const error = await failing(client(`http://localhost:${port}`).send(read()));
    expect(error.message).toContain(`localhost:${port} closed the connection (UND_ERR_SOCKET): `);
    expect(error.message).toContain('; write https:// in baseUrl if it speaks only TLS');
  });

  it('names the proxy where that refuses, and shows nothing of its password', async () => {
    const port = await freePort();
    const proxy = `http://user:hunter2-hunter2@localhost:${port}`;
    const error = await failing(client('https://tool.invalid', { proxy }).send(write()));
    expect(error.message).toBe(
      `km: POST /things was not sent: localhost:${port} refuses the connection (ECONNREFUSED): ` +
        'start what should listen there, or correct proxy',
    );
  });

  it.each([
    [500, ': the tool itself failed; its log says why'],
    [503, ": the tool, or a proxy in front of it, is down or overloaded; see the tool's status page or log"],
    [404, ': check baseUrl and proxies'],
    [400, ': check baseUrl and proxies'],
  ])('blames baseUrl for an HTML page only where the status is no failure of the tool (%i)', async (status, words) => {
    const { url } = await server(answerWith(status, '<html>Oops</html>', { 'content-type': 'text/html' }));
    expect((await failing(client(url).send(read()))).message).toContain(
      `with status ${status} and an HTML page${words}`,
    );
  });
});
