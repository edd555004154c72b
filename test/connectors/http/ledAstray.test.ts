/** A hostile other side: it answers with addresses, and waits at them for a call, which would carry the key. */
import { describe, expect, it } from 'vitest';
import { answerWith } from './rawServer.js';
import { client, failing, KEY, read, server, write } from './setUp.js';

/** Stands for a host that the operator never named: inside the company, or the attacker's own. */
const trap = () => server(answerWith(200, '[]'));

describe('connectors/http/ledAstray', () => {
  it.each([301, 302, 303, 307, 308])('follows no redirect with status %i, of a read or a write', async (status) => {
    const { url: away, requests: caught } = await trap();
    const { url } = await server((socket) => {
      socket.end(`HTTP/1.1 ${status} x\r\nlocation: ${away}/steal?k=1\r\ncontent-length: 0\r\n\r\n`);
    });
    const made = client(url);
    for (const request of [read(), write()])
      expect((await failing(made.send(request))).message).toMatch(/redirects .*, which is not followed/);
    expect(caught).toEqual([]);
  });

  it('calls no address that stands in a header or a body of an answer', async () => {
    const { url: away, requests: caught } = await trap();
    const fields = ['next', 'nextLink', 'next_page', '@odata.nextLink', 'avatarUrl', 'callback', 'webhook', 'self'];
    const body = JSON.stringify({
      ...Object.fromEntries(fields.map((field) => [field, `${away}/${field}`])),
      links: { next: `${away}/links` },
    });
    const headers = [
      `link: <${away}/link>; rel="next"`,
      `link: <${away}/preload>; rel=preload`,
      `content-location: ${away}/content`,
      `refresh: 0;url=${away}/refresh`,
      `alt-svc: h2="${new URL(away).host}"; ma=3600`,
      `x-next-page: ${away}/x`,
    ];
    const { url, requests } = await server((socket) => {
      const length = Buffer.byteLength(body);
      socket.write(`HTTP/1.1 200 x\r\ncontent-type: application/json\r\n${headers.join('\r\n')}\r\n`);
      socket.write(`content-length: ${length}\r\n\r\n${body}`);
    });
    const made = client(url);
    for (let at = 0; at < 3; at += 1) await made.send(read());
    expect(requests).toHaveLength(3);
    expect(caught).toEqual([]);
  });

  it('sends nothing to an address of another place, whatever a connector makes of an answer', async () => {
    const { url: away, requests: caught } = await trap();
    const { url, requests } = await server(answerWith(200, '[]'));
    const made = client(`${url}/api/v1`);
    for (const path of [
      `${away}/things`,
      away.replace('http:', 'HTTP:'),
      `${url}/elsewhere`,
      'file:///etc/passwd',
      'http://169.254.169.254/latest/meta-data',
      '/things/../../admin',
      '/things/%2e%2e/%2E%2e/admin',
      '/things/..',
      '/..\\..\\admin',
      '/things/.\n./x',
      '/.. ',
      '/things/..\u0000',
    ]) {
      const error = await failing(made.send(read({ path })));
      expect([error.details.notSent, error.message], path).toEqual([true, expect.stringMatching(/none below baseUrl/)]);
    }
    expect([caught, requests]).toEqual([[], []]);
  });

  it('keeps what looks like another host below its own', async () => {
    const { url, requests } = await server(answerWith(200, '[]'));
    const made = client(`${url}/api`);
    for (const path of ['//evil.example/x', '///evil.example', '@evil.example/x', '/x?next=http://evil.example/../y'])
      await made.send(read({ path }));
    expect(requests.map((request) => request.split(' ')[1])).toEqual([
      '/api/evil.example/x',
      '/api/evil.example',
      '/api/@evil.example/x',
      '/api/x?next=http://evil.example/../y',
    ]);
    expect(requests.every((request) => request.includes(KEY))).toBe(true);
  });

  it('gives its key to no host whose certificate is for another name, as after a rebound DNS answer', async () => {
    const { selfSigned } = await import('./selfSigned.js');
    const { url, requests } = await server(answerWith(200, '[]'), selfSigned({ host: 'tool.example' }));
    const error = await failing(client(url).send(read()));
    expect(error.details.notSent).toBe(true);
    expect(requests).toEqual([]);
  });
});
