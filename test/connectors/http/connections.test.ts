import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WriteCall } from '../../../connectors/port/calls.js';
import { answerWith, rawServer } from './rawServer.js';
import { selfSigned } from './selfSigned.js';
import { KEY, cleanups, client, failing, read, server, write, writeCall } from './setUp.js';

describe('connectors/http/connections', () => {
  describe('what was certainly not sent', () => {
    it('a refused connection, an unknown host, a closed client', async () => {
      const closed = await rawServer(() => undefined);
      await closed.close();
      const refused = await failing(client(closed.url).send(write()));
      expect(refused).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      expect(refused.message).toBe(
        `km: POST /things was not sent: localhost:${closed.port} refuses the connection (ECONNREFUSED): ` +
          'start what should listen there, or correct baseUrl',
      );
      const unknown = await failing(client('http://nowhere.invalid').send(write()));
      expect(unknown).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      const gone = client(closed.url);
      await gone.close();
      expect(await failing(gone.send(write()))).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
    });

    it('a write whose time ran out while the connection was being opened is never written', async () => {
      const { url, received } = await server(answerWith(201, '{}'));
      let over = false;
      const call: WriteCall = {
        callClass: 'hand-over',
        authorise: () => {
          setImmediate(() => {
            // The process is blocked past its deadline while the kernel completes the connection.
            const until = Date.now() + 150;
            while (Date.now() < until);
            over = true;
          });
          return Promise.resolve({ passed: () => over });
        },
      };
      // The name look-up runs in the thread pool, so the connection opens after the process is unblocked.
      const error = await failing(client(url).send(write({ call })));
      expect(error).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      await sleep(200);
      expect(received()).toBe('');
    });

    it('a write given up during the TLS handshake is not written when that succeeds later', async () => {
      const pair = selfSigned();
      const { url, received, port } = await server(answerWith(201, '{}'), pair);
      const gate = await slowGate(port, 300);
      const caFile = temporaryFile(pair.cert);
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 100);
      const http = client(url.replace(String(port), String(gate)), { caFile });
      const error = await failing(http.send(write({ call: { ...writeCall(), signal: cancel.signal } })));
      expect(error).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      await sleep(1_200);
      expect(received()).toBe('');
    });

    it('a write whose lease ran out during the TLS handshake is not written', async () => {
      const pair = selfSigned();
      const { url, received, port } = await server(answerWith(201, '{}'), pair);
      const gate = await slowGate(port, 300);
      const caFile = temporaryFile(pair.cert);
      const sentBeforeMs = Date.now() + 150;
      const call = writeCall(() => Date.now() > sentBeforeMs);
      const http = client(url.replace(String(port), String(gate)), { caFile });
      expect(await failing(http.send(write({ call })))).toMatchObject({
        kind: 'unavailable',
        details: { notSent: true },
      });
      expect(received()).toBe('');
      expect((await http.send(write())).status).toBe(201);
    });

    it('a key that no header may carry', async () => {
      const { url, received } = await server(answerWith(200, '{}'));
      const http = client(url, { authHeaders: () => ({ 'x-api-key': `${KEY}\r\nx: y` }) });
      expect(await failing(http.send(write()))).toMatchObject({ kind: 'unauthorized', details: { notSent: true } });
      expect(received()).toBe('');
    });
  });

  describe('certificates and proxies', () => {
    it('verifies certificates even where the environment says not to, and trusts the authority in caFile', async () => {
      const pair = selfSigned();
      const { url, received } = await server(answerWith(200, '{}'), pair);
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      cleanups.push(() => {
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      });
      const error = await failing(client(url).send(write()));
      expect(error).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      expect(error.message).toContain('name its authority in caFile');
      expect(received()).toBe('');
      expect((await client(url, { caFile: temporaryFile(pair.cert) }).send(write())).status).toBe(200);
    });

    it('says which file it was when caFile cannot be read', async () => {
      const error = await failing(client('https://localhost:1', { caFile: '/nowhere/ca.pem' }).send(read()));
      expect(error.message).toContain('/nowhere/ca.pem');
    });

    it('goes through a proxy, with TLS inside, and shows the proxy password to nobody else', async () => {
      const pair = selfSigned();
      const { url, requests } = await server(answerWith(200, '{}'), pair);
      const proxy = await tunnel();
      const options = { caFile: temporaryFile(pair.cert), proxy: `http://user:p%40ss@localhost:${proxy.port}` };
      expect((await client(url, options).send(write())).status).toBe(200);
      expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}`);
      expect(requests[0]).not.toMatch(/proxy-authorization/i);
    });

    it.each([
      ['refuses', (socket: net.Socket) => socket.end('HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n')],
      ['hangs up', (socket: net.Socket) => socket.end()],
      ['stays silent', () => undefined],
    ])('a proxy that %s: not sent, within the limit', async (_, onConnect) => {
      const proxy = await tunnel(onConnect);
      const options = { timeoutMs: 400, proxy: `http://user:passw0rd@localhost:${proxy.port}` };
      const startedMs = Date.now();
      const error = await failing(client('https://localhost:1', options).send(write()));
      expect(error).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      expect(error.message).not.toContain('passw0rd');
      expect(Date.now() - startedMs).toBeLessThan(8_000);
      await sleep(300);
      expect(proxy.heads.length).toBeLessThan(3);
    });
  });
});

function temporaryFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'craftsync-http-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, content);
  return file;
}

/** Forwards bytes to a port, the client's with a delay, so that the handshake takes that long. */
async function slowGate(port: number, delayMs: number): Promise<number> {
  const gate = net.createServer((socket) => {
    const inner = net.connect(port, '127.0.0.1');
    for (const end of [socket, inner]) end.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => void setTimeout(() => inner.writable && inner.write(chunk), delayMs));
    inner.pipe(socket);
    socket.on('close', () => setTimeout(() => inner.destroy(), delayMs * 2));
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => gate.close());
  return (gate.address() as net.AddressInfo).port;
}

/** An HTTP proxy that knows CONNECT. */
async function tunnel(onConnect?: (socket: net.Socket) => void): Promise<{ port: number; heads: string[] }> {
  const heads: string[] = [];
  const proxy = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk: Buffer) => {
      heads.push(chunk.toString('latin1'));
      if (onConnect !== undefined) return void onConnect(socket);
      const port = Number(/^CONNECT \S+?:(\d+)/.exec(chunk.toString('latin1'))?.[1]);
      const inner = net.connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(inner).pipe(socket);
      });
      inner.on('error', () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => proxy.close());
  return { port: (proxy.address() as net.AddressInfo).port, heads };
}
