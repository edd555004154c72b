import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';

import { httpPlace, networkFailure, postgresPlace, sentenceOf, temporalPlace } from '../../domain/networkFailures.js';
import { selfSigned, signedByNobodyKnown } from '../connectors/http/selfSigned.js';

/** Addresses that no machine has: `.invalid` (RFC 2606), and a port that is never given out. */
const NO_HOST = { host: 'no-such-host.invalid', port: 443 };
const REFUSING = { host: '127.0.0.1', port: 1 };

describe('domain/networkFailures', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(server: Server): Promise<{ host: string; port: number }> {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  const https = (options: ServerOptions) => serve(createHttpsServer(options, (_request, answer) => answer.end('{}')));

  /** What goes wrong while connecting. */
  function failureOf(place: { host: string; port: number }, tls?: ConnectionOptions): Promise<unknown> {
    return new Promise((resolve) => {
      const socket = tls === undefined ? connect(place) : connectTls({ ...place, servername: 'localhost', ...tls });
      socket
        .once('error', resolve)
        .once(tls === undefined ? 'connect' : 'secureConnect', () => socket.write('?\r\n\r\n'));
      sockets.push(socket);
    });
  }

  async function told(place: { host: string; port: number }, tls?: ConnectionOptions): Promise<string> {
    const at = httpPlace(`${place.host}:${place.port}`);
    const failure = networkFailure(await failureOf(place, tls), at);
    return failure === null ? 'unknown' : sentenceOf(failure, at).replace(`:${place.port} `, ':PORT ');
  }

  it('names the address, what happened there, and what to do, for a connection that cannot be made', async () => {
    expect(await told(REFUSING)).toBe(
      '127.0.0.1:PORT refuses the connection (ECONNREFUSED): start what should listen there, or correct baseUrl',
    );
    expect(await told(NO_HOST)).toMatch(/^no-such-host\.invalid:PORT has (an unknown host name|a host name that) /);
    const breaking = await serve(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(await told(breaking)).toMatch(/^127\.0\.0\.1:PORT closed the connection \(ECONNRESET\): check that baseUrl/);
  });

  it('tells what is wrong with a certificate, and what makes it right', async () => {
    const trusting = selfSigned();
    const expired = selfSigned({ validForMs: -60_000 });
    const other = selfSigned({ host: 'elsewhere.example' });
    expect(await told(await https(trusting), {})).toBe(
      '127.0.0.1:PORT has a self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT): name its authority in caFile',
    );
    expect(await told(await https(signedByNobodyKnown()), {})).toMatch(
      /certificate of an unknown authority \(UNABLE_TO/,
    );
    expect(await told(await https(expired), { ca: expired.cert })).toMatch(/certificate that has expired \(CERT_HAS_/);
    expect(await told(await https(other), { ca: other.cert })).toBe(
      '127.0.0.1:PORT has a certificate for another host name (ERR_TLS_CERT_ALTNAME_INVALID): ' +
        'write the host name of the certificate in baseUrl',
    );
  });

  it('tells that a server speaks no TLS, or wants a client certificate', async () => {
    const plain = await serve(createHttpServer((_request, answer) => answer.end('{}')));
    expect(await told(plain, {})).toBe(
      '127.0.0.1:PORT does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER): write http:// in baseUrl, or the port that speaks https',
    );
    const own = selfSigned();
    const asking = await https({ ...own, requestCert: true, rejectUnauthorized: true, ca: own.cert });
    expect(await told(asking, { ca: own.cert })).toMatch(/asks for a client certificate.*\(ERR_SSL_TLSV13_ALERT_CERT/);
  });

  it('looks through the attempts at several addresses, and through causes', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const both = new AggregateError([refused, refused]);
    for (const error of [both, new TypeError('fetch failed', { cause: both })])
      expect(networkFailure(error, httpPlace('localhost:1'))).toMatchObject({ code: 'ECONNREFUSED', passes: true });
    expect(networkFailure(new Error('something else'), httpPlace('localhost:1'))).toBeNull();
  });

  it('names the setting that the person can change, whatever is connected to', () => {
    const noTls = Object.assign(new Error('wrong version number'), { code: 'EPROTO' });
    const advice = [httpPlace('h:1'), temporalPlace('h:1', 'TEMPORAL_API_KEY is set'), postgresPlace('h:1')].map(
      (place) => networkFailure(noTls, place)?.advice,
    );
    expect(advice).toEqual([
      'write http:// in baseUrl, or the port that speaks https',
      'TLS is on because TEMPORAL_API_KEY is set: take that away or set TEMPORAL_TLS=false, or correct TEMPORAL_ADDRESS',
      'take sslmode out of DATABASE_URL',
    ]);
  });
});
