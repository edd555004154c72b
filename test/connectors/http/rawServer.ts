/** An HTTP server on bare sockets, so that a test can break any rule of HTTP and knows which bytes arrived. */
import net, { type AddressInfo, type Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Each complete request: head and body as they came. */
  readonly requests: string[];
  /** Every byte of every connection. */
  received(): string;
  connections(): number;
  close(): Promise<void>;
}

export type Answerer = (socket: Socket, request: string, count: number) => void;

export async function rawServer(answer: Answerer, secure?: { key: string; cert: string }): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let received = '';
  let connections = 0;
  const serve = (socket: Socket | TLSSocket) => {
    connections += 1;
    let pending = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      pending += chunk.toString('latin1');
      for (let end = requestEnd(pending); end !== null; end = requestEnd(pending)) {
        requests.push(pending.slice(0, end));
        pending = pending.slice(end);
        answer(socket, requests.at(-1) ?? '', requests.length);
      }
    });
  };
  const server = secure === undefined ? net.createServer(serve) : tls.createServer(secure, serve);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure === undefined ? 'http' : 'https'}://localhost:${port}`,
    port,
    requests,
    received: () => received,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function requestEnd(bytes: string): number | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const length = Number(/content-length: (\d+)/i.exec(bytes.slice(0, headEnd))?.[1] ?? 0);
  const end = headEnd + 4 + length;
  return bytes.length >= end ? end : null;
}

/** A whole answer. */
export function answerWith(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answerer {
  return (socket) => socket.write(response(status, body, headers));
}

export function response(status: number, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n${body}`;
}
