/**
 * A Temporal server with TLS, as Temporal Cloud and companies have it: the development server speaks none, so this
 * stands before it, ends TLS, and passes each call of gRPC on. It can ask for a client's certificate and an API key.
 */
import {
  connect,
  createSecureServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

export interface TlsTemporalOptions {
  /** host:port of the server behind. */
  readonly target: string;
  readonly key: string;
  readonly cert: string;
  /** Whoever has no certificate of this authority is not let in. @default nobody is asked */
  readonly clientAuthority?: string;
  /** @default nobody is asked */
  readonly apiKey?: string;
}

export interface TlsTemporal {
  readonly port: number;
  /** Of all calls so far. */
  readonly authorizations: ReadonlySet<string>;
  close(): Promise<void>;
}

const UNAUTHENTICATED = '16';

export async function startTlsTemporal(options: TlsTemporalOptions): Promise<TlsTemporal> {
  const { key, cert, clientAuthority } = options;
  let session: ClientHttp2Session | null = null;
  // Temporal ends a connection after some minutes, and gRPC's clients open another one; so does this.
  const behind = (): ClientHttp2Session => {
    if (session === null || session.closed || session.destroyed)
      session = connect(`http://${options.target}`).on('error', () => undefined);
    return session;
  };
  const authorizations = new Set<string>();
  const sockets = new Set<Socket>();
  const asking =
    clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
  const server = createSecureServer({ key, cert, ...asking });
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    const authorization = headers.authorization ?? '';
    authorizations.add(authorization);
    stream.on('error', () => undefined);
    if (options.apiKey !== undefined && authorization !== `Bearer ${options.apiKey}`) refuse(stream);
    else passOn(stream, behind().request({ ...headers, ':scheme': 'http' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    authorizations,
    close: async () => {
      session?.destroy();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(stream: ServerHttp2Stream): void {
  const status = { 'grpc-status': UNAUTHENTICATED, 'grpc-message': 'Request unauthorized.' };
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
}

function passOn(stream: ServerHttp2Stream, far: ClientHttp2Stream): void {
  let trailers: IncomingHttpHeaders = {};
  far.on('error', () => stream.close());
  far.on('trailers', (given: IncomingHttpHeaders) => {
    trailers = given;
  });
  far.on('response', (head, flags) => {
    const isEnd = (flags & 1) === 1;
    if (stream.destroyed) return;
    stream.respond(head, isEnd ? { endStream: true } : { waitForTrailers: true });
    if (!isEnd) far.pipe(stream);
  });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.on('close', () => far.close());
  stream.pipe(far);
}
