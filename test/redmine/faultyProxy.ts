/** A faulty wire to a real server: a small HTTP proxy that counts requests, and loses or spoils answers. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Trouble } from '../connectors/conformance/subject.js';

export interface FaultyProxy {
  readonly url: string;
  counts(): { readonly requests: number; readonly writes: number };
  trouble(kind: Trouble, where: 'reads' | 'writes'): void;
  /** Makes a share of the creates, drawn from `random`, go wrong in this way. */
  troubleCreates(kind: Trouble, share: number, random: () => number): void;
  /** How many requests met a trouble. */
  struck(): number;
  mend(): void;
  close(): Promise<void>;
}

interface Rule {
  readonly kind: Trouble;
  readonly strikes: (method: string) => boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  let rules: Rule[] = [];
  let requests = 0;
  let writes = 0;
  let struck = 0;
  const server = http.createServer((request, response) => {
    const method = request.method ?? 'GET';
    requests += 1;
    if (method !== 'GET') writes += 1;
    const rule = rules.find((one) => one.strikes(method));
    if (rule !== undefined) struck += 1;
    serve(target, agent, request, response, rule?.kind ?? null).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ requests, writes }),
    trouble(kind, where) {
      rules.push({ kind, strikes: (method) => (method === 'GET') === (where === 'reads') });
    },
    troubleCreates(kind, share, random) {
      rules.push({ kind, strikes: (method) => method === 'POST' && random() < share });
    },
    struck: () => struck,
    mend() {
      rules = [];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

async function serve(
  target: string,
  agent: http.Agent,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  trouble: Trouble | null,
): Promise<void> {
  const body = await bodyOf(request);
  const forwarded = (): Promise<Answer> => forward(target, agent, request, body);
  switch (trouble) {
    case null:
      return answer(response, await forwarded());
    case 'request-lost':
      request.socket.resetAndDestroy();
      return;
    case 'answer-lost':
      await forwarded();
      request.socket.resetAndDestroy();
      return;
    case 'status-500':
      response.writeHead(500).end();
      return;
    case 'status-401':
      response.writeHead(401).end();
      return;
    case 'rate-limit':
      response.writeHead(429, { 'retry-after': '5' }).end();
      return;
    case 'html': {
      await forwarded();
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html><body>Sign in</body></html>');
      return;
    }
    case 'wrong-content-type': {
      const real = await forwarded();
      return answer(response, { ...real, headers: { ...real.headers, 'content-type': 'text/plain' } });
    }
    case 'truncated': {
      const real = await forwarded();
      response.writeHead(real.status, { 'content-type': 'application/json', 'content-length': real.body.length });
      response.write(real.body.subarray(0, Math.floor(real.body.length / 2)), () => response.destroy());
    }
  }
}

async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(target: string, agent: http.Agent, request: http.IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = request.headers;
    const options = { method: request.method ?? 'GET', headers: { ...headers, 'content-length': body.length }, agent };
    const outgoing = http.request(new URL(request.url ?? '/', target), options, (answered) => {
      bodyOf(answered).then(
        (bytes) => resolve({ status: answered.statusCode ?? 502, headers: answered.headers, body: bytes }),
        reject,
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function answer(response: http.ServerResponse, { status, headers, body }: Answer): void {
  const { connection: _, 'transfer-encoding': __, 'content-length': ___, ...kept } = headers;
  const length = status === 204 ? {} : { 'content-length': body.length };
  response.writeHead(status, { ...kept, ...length }).end(body);
}
