/**
 * Passes everything on to the sandbox, and on demand becomes the worst other side: it answers errors that hold all it
 * was sent, keys and texts of items included, and further secrets, in every encoding, long enough to be cut anywhere.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface EchoingSystems {
  /** Without a slash at the end. */
  readonly url: string;
  /** How many answers were such errors. */
  readonly answered: () => number;
  /** From now on these are answered by errors, until `behave`. */
  leak(what: Leak): void;
  /** Answers are the sandbox's again. */
  behave(): void;
  close(): Promise<void>;
}

export interface Leak {
  /** What errors hold besides the request that they answer. */
  readonly secrets: readonly string[];
  readonly requests: 'writes' | 'all';
  /** After the last two a connection is paused, and little is asked. */
  readonly answers: 'errors' | 'unauthorized' | 'forbidden';
}

const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => encodeURIComponent(encodeURIComponent(secret)),
  (secret) => JSON.stringify(secret).replaceAll('/', '\\/').replaceAll('+', '\\u002b'),
  (secret) => Buffer.from(`user:${secret}`).toString('base64'),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  (secret) => secret.replaceAll('e', '&#101;'),
  // As other programs cut keys.
  (secret) => `${secret.slice(0, 12)}…`,
];

export async function startEchoingSystems(target: () => string): Promise<EchoingSystems> {
  let leak: Leak | null = null;
  let count = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = ['GET', 'HEAD'].includes(request.method ?? '') ? null : await text(request);
    if (leak === null || (leak.requests === 'writes' && !isWrite(request))) {
      await passOn(target(), request, sent, response);
    } else {
      const given = [...leak.secrets, ...Object.values(request.headers).map(String), request.url ?? ''];
      answerError(response, sent === null ? given : [...given, sent], leak.answers, count++);
    }
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered: () => count,
    leak: (what) => void (leak = what),
    behave: () => void (leak = null),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Kitemaker is also read by POST. */
function isWrite({ method, url = '' }: IncomingMessage): boolean {
  return method === 'PUT' || method === 'PATCH' || (method === 'POST' && !url.includes('graphql'));
}

const JSON_TYPE = { 'content-type': 'application/json' };

function answerError(answer: ServerResponse, given: readonly string[], kind: Leak['answers'], count: number): void {
  const form = FORMS[count % FORMS.length] ?? String;
  const told = given.map((secret) => `${form(secret)} ${'no '.repeat(count % 30)}${secret}`).join(' ');
  const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): unknown =>
    answer.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body));
  if (kind === 'unauthorized') return void json(401, { error: `invalid key ${told}` });
  if (kind === 'forbidden') return void json(403, { error: `no right for ${told}` });
  const answers = [
    () => json(400, { errors: [{ message: told }], message: told }),
    () => answer.writeHead(500, { 'content-type': 'text/html' }).end(`<html>${told}</html>`),
    () => json(422, { title: [told], [told.slice(0, 40)]: { message: told } }),
    () => answer.writeHead(302, { location: `https://evil.example/${encodeURIComponent(told.slice(0, 900))}` }).end(),
    () => answer.writeHead(200, { 'content-type': 'text/plain' }).end(told),
    // Cut in the middle.
    () => answer.writeHead(200, JSON_TYPE).end(JSON.stringify({ items: [told] }).slice(0, -9)),
    // A wrong type for whatever was asked.
    () => json(200, { id: { [told.slice(0, 60)]: told }, items: told, data: told }),
    () => json(404, { error: told }),
    () => json(409, { error: told }),
  ];
  answers[count % answers.length]?.();
}

async function passOn(
  target: string,
  request: IncomingMessage,
  sent: string | null,
  answer: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)) headers.set(name, value);
  const given = await fetch(`${target}${url}`, { method, headers, ...(sent === null ? {} : { body: sent }) });
  const type = given.headers.get('content-type');
  answer
    .writeHead(given.status, type === null ? {} : { 'content-type': type })
    .end(Buffer.from(await given.arrayBuffer()));
}
