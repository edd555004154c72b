/** A client and raw servers for the tests of this folder; closed after each test. */
import { afterEach, expect } from 'vitest';
import { createHttpClient, type HttpClientOptions, type HttpRequest } from '../../../connectors/http/client.js';
import type { ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import { freeBudget } from '../../fixtures/calls.js';
import { ToolError } from '../../../domain/errors.js';
import { type Answerer, type RawServer, rawServer } from './rawServer.js';

export const KEY = 'sekret-key-4711';
export const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export { freeBudget };

export function client(baseUrl: string, options: Partial<HttpClientOptions> = {}) {
  const made = createHttpClient({
    connection: 'km',
    baseUrl,
    authHeaders: () => ({ 'x-api-key': KEY }),
    timeoutMs: 2_000,
    proxy: null,
    caFile: null,
    budget: freeBudget,
    ...options,
  });
  cleanups.push(() => made.close());
  return made;
}

export async function server(answer: Answerer, secure?: { key: string; cert: string }): Promise<RawServer> {
  const made = await rawServer(answer, secure);
  cleanups.push(() => made.close());
  return made;
}

const readCall: ReadCall = { callClass: 'progress' };
export const writeCall = (passed: () => boolean = () => false): WriteCall => ({
  callClass: 'hand-over',
  authorise: () => Promise.resolve({ passed }),
});

export const read = (more: Partial<HttpRequest> = {}) =>
  ({ method: 'GET', path: '/things', place: 'GET /things', write: false, call: readCall, ...more }) as HttpRequest;
export const write = (more: Partial<HttpRequest> = {}) =>
  ({
    method: 'POST',
    path: '/things',
    place: 'POST /things',
    write: true,
    body: { a: 1 },
    call: writeCall(),
    ...more,
  }) as HttpRequest;

export async function failing(attempt: Promise<unknown>): Promise<ToolError> {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ToolError)) throw new Error(`expected a ToolError, got ${String(error)}`);
  expect(error.message).toMatch(/^km: (GET|POST) \/things /);
  expect(`${error.message} ${String(error.cause)} ${error.stack ?? ''}`).not.toContain(KEY);
  return error;
}
