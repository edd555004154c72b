/** How each fault of the wire is carried out on one request. */
import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WireFault } from '../plan/faults.js';
import type { SeenCall } from '../record/record.js';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Passage {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly call: SeenCall;
  /** Passes the request on; resolves with what the other side answered. */
  forward(): Promise<Answer>;
}

const DRIPS = 8;

export async function carryOut(passage: Passage, fault: WireFault | null): Promise<void> {
  if (fault === null) return answer(passage, await passage.forward());
  switch (fault.kind) {
    case 'reset-before':
      return reset(passage);
    case 'reset-after':
      await passage.forward();
      return reset(passage);
    case 'hang-before':
      return;
    case 'hang-after':
      await passage.forward();
      return;
    case 'late':
      await clientGone(passage);
      await sleep(fault.afterMs);
      await passage.forward();
      return;
    case 'slow-body':
      return slow(passage, await passage.forward(), fault.forMs);
    case 'cut-body':
      return cut(passage, await passage.forward());
    case 'malformed-json':
      return answer(passage, malformed(await passage.forward()));
    case 'html':
      await passage.forward();
      return refuse(passage, 200, { 'content-type': 'text/html' }, '<!doctype html><title>Sign in</title>');
    case 'altered':
      return answer(passage, altered(await passage.forward(), fault.set));
    case 'status-5xx':
      if (fault.applied) await passage.forward();
      return refuse(passage, fault.status);
    case 'status-429':
      return refuse(passage, 429, retryAfter(fault.retryAfter));
    case 'status-401':
      return refuse(passage, 401);
    case 'status-403':
      return refuse(passage, 403);
    case 'status-404':
      return refuse(passage, 404);
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

function refuse(
  { response }: Passage,
  status: number,
  headers: http.OutgoingHttpHeaders = {},
  body = JSON.stringify({ message: `status ${status}` }),
): void {
  if (!response.destroyed) response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body);
}

function retryAfter(form: 'seconds' | 'date' | 'absent'): http.OutgoingHttpHeaders {
  switch (form) {
    case 'seconds':
      return { 'retry-after': '2' };
    case 'date':
      return { 'retry-after': new Date(Date.now() + 3_000).toUTCString() };
    case 'absent':
      return {};
  }
}

function reset({ request, call }: Passage): void {
  call.told = 'reset';
  call.endedMs = Date.now();
  request.socket.resetAndDestroy();
}

function clientGone({ response }: Passage): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    else response.once('close', resolve);
  });
}

function headOf({ headers, status, body }: Answer): http.OutgoingHttpHeaders {
  const { connection: _, 'transfer-encoding': __, 'content-length': ___, 'keep-alive': ____, ...kept } = headers;
  return status === 204 ? kept : { ...kept, 'content-length': body.length };
}

function answer({ response }: Passage, given: Answer): void {
  if (!response.destroyed) response.writeHead(given.status, headOf(given)).end(given.body);
}

async function slow({ response }: Passage, given: Answer, forMs: number): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(given.status, headOf(given));
  const size = Math.max(1, Math.ceil(given.body.length / DRIPS));
  for (let from = 0; from < given.body.length && !response.destroyed; from += size) {
    response.write(given.body.subarray(from, from + size));
    await sleep(forMs / DRIPS);
  }
  if (!response.destroyed) response.end();
}

function cut({ response, call }: Passage, given: Answer): void {
  if (response.destroyed) return;
  call.told = 'cut';
  call.endedMs = Date.now();
  response.writeHead(given.status, { ...headOf(given), 'content-length': Math.max(2, given.body.length) });
  response.write(given.body.subarray(0, Math.floor(given.body.length / 2)), () => response.destroy());
}

function malformed(given: Answer): Answer {
  const text = given.body.toString('utf8');
  return { ...given, body: Buffer.from(`${text.slice(0, Math.ceil(text.length / 2))},]`) };
}

/** Objects that have one of these properties get the other value; `added` is put into each. */
function altered(given: Answer, set: Readonly<Record<string, unknown>>): Answer {
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
    const names = Object.keys(set).filter((name) => name in value || name === 'added');
    return { ...kept, ...Object.fromEntries(names.map((name) => [name, set[name]])) };
  };
  try {
    return { ...given, body: Buffer.from(JSON.stringify(change(JSON.parse(given.body.toString('utf8'))))) };
  } catch {
    return given;
  }
}
