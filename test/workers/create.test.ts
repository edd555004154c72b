/** With the SDK's own connections; the other side speaks gRPC over HTTP/2 as its protocol says, and knows two calls. */
import { NO_KEYS } from '../../config/encryption/keys.js';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TransportError, type Worker } from '@temporalio/worker';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { untilCreated, type Creation } from '../../workers/create.js';

const [OK, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED] = [0, 5, 7, 16];
const MADE = {} as Worker;

describe('workers/create', () => {
  it.each([PERMISSION_DENIED, UNAUTHENTICATED])('a refusal (%i) ends the worker, which is not made', async (status) => {
    const temporal = await startTemporal(() => status);
    const create = vi.fn(() => Promise.reject(new TransportError('refused')));
    await expect(created({ address: temporal, create })).rejects.toThrow(
      /^Temporal at \S+, namespace ours: no luck \((PERMISSION_DENIED|UNAUTHENTICATED)\): /,
    );
    expect(create).not.toHaveBeenCalled();
  });

  it('a namespace that is missing is waited for, without a worker being made', async () => {
    let asked = 0;
    const temporal = await startTemporal(() => ((asked += 1) < 3 ? NOT_FOUND : OK));
    const say = vi.fn();
    const create = vi.fn(() => Promise.resolve(MADE));
    const made = await created({ address: temporal, create, say });
    expect(made?.worker).toBe(MADE);
    await made?.connection.close();
    expect(create).toHaveBeenCalledTimes(1);
    expect(say.mock.calls.flat(2)).toEqual(
      Array(2).fill(expect.stringMatching(/NOT_FOUND\): check TEMPORAL_NAMESPACE/)),
    );
  });

  it('a worker that cannot be made three times ends, to be started again', async () => {
    const temporal = await startTemporal(() => OK);
    const create = vi.fn(() => Promise.reject(new TransportError('lost: Status { x }')));
    await expect(created({ address: temporal, create })).rejects.toThrow(/connect: lost; .* to be started again$/);
    expect(create).toHaveBeenCalledTimes(3);
  });

  it('keeps one connection to a server that says nothing, however long that lasts', async () => {
    const sockets: Socket[] = [];
    const silent = createTcpServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    const address = await listening(silent);
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    let looks = 0;
    const create = () => Promise.reject(new Error('not reached'));
    const untilPrepared = () => Promise.resolve((looks += 1) <= 3);
    expect(await created({ address, create, untilPrepared, connectsWithinMs: 500 })).toBeNull();
    expect(sockets).toHaveLength(1);
  });
});

function created({ address, ...given }: Pick<Creation, 'create'> & Partial<Creation> & { readonly address: string }) {
  return untilCreated({
    temporal: { address, namespace: 'ours', connectionOptions: { address }, tlsBecause: null, encryption: NO_KEYS },
    stopping: { asked: new Promise<undefined>(() => undefined), signal: new AbortController().signal, dispose() {} },
    say: () => undefined,
    untilPrepared: () => Promise.resolve(true),
    ...given,
  });
}

/** Answers the question for the namespace with a status of gRPC. Gives `host:port`. */
async function startTemporal(statusOfNamespace: () => number): Promise<string> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, { ':path': path = '' }) =>
    answer(stream, path.endsWith('/DescribeNamespace') ? statusOfNamespace() : OK),
  );
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return listening(server);
}

/** One empty message, or none; then the status. */
function answer(stream: ServerHttp2Stream, status: number): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': 'no luck' }));
  stream.end(status === OK ? Buffer.alloc(5) : undefined);
}

async function listening(server: Http2Server | Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
