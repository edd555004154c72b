/**
 * One request is one attempt: the order of its steps, when it ends, and that it is never sent again (promises P1 to P5
 * of port/calls.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import { answerWith, response } from './rawServer.js';
import { client, failing, freeBudget, read, server, write, writeCall } from './setUp.js';

describe('connectors/http/oneAttempt: one attempt', () => {
  it('asks the budget, then the lease, then sends', async () => {
    const order: string[] = [];
    const { url } = await server((socket) => {
      order.push('sent');
      socket.write(response(200, '{}'));
    });
    const budget = {
      ...freeBudget,
      ask: ({ callClass }: ReadCall) => {
        order.push(`budget ${callClass}`);
        return Promise.resolve(() => undefined);
      },
    };
    const call: WriteCall = {
      callClass: 'hand-over',
      authorise: () => {
        order.push('lease');
        return Promise.resolve({ passed: () => false });
      },
    };
    await client(url, { budget }).send(write({ call }));
    expect(order).toEqual(['budget hand-over', 'lease', 'sent']);
  });

  it('gives the slot of a write back whose lease was refused or is over, and of no other', async () => {
    const { url } = await server(answerWith(200, '{}'));
    let givenBack = 0;
    const budget = { ...freeBudget, ask: () => Promise.resolve(() => void (givenBack += 1)) };
    const lease = (authorise: WriteCall['authorise']) => write({ call: { callClass: 'hand-over', authorise } });
    await client(url, { budget }).send(write());
    expect(givenBack).toBe(0);
    await failing(client(url, { budget }).send(lease(() => Promise.resolve({ passed: () => true }))));
    expect(givenBack).toBe(1);
    const refused = client(url, { budget }).send(lease(() => Promise.reject(new Error('superseded'))));
    await expect(refused).rejects.toThrow('superseded');
    expect(givenBack).toBe(2);
  });

  it('a call that could not reach the server uses its slot: otherwise others would try at once', async () => {
    const slots: unknown[] = [];
    const budget = { ...freeBudget, ask: () => Promise.resolve((slot?: unknown) => void slots.push(slot)) };
    await failing(client('http://127.0.0.1:1', { budget }).send(read()));
    expect(slots).toEqual(['used']);
  });

  it.each([
    ['an answer', answerWith(200, '{}'), ['answered']],
    ['a refusal of one thing', answerWith(404, '{}'), ['answered']],
    ['a failure of the server', answerWith(503, '{}'), ['failed']],
    ['a connection that is cut', (socket: { destroy(): unknown }) => void socket.destroy(), ['failed']],
    ['a refused key', answerWith(401, '{}'), []],
    ['a limit', answerWith(429, '{}'), []],
  ])('tells the budget of %s', async (_what, behaviour, expected) => {
    const { url } = await server(behaviour);
    const outcomes: string[] = [];
    const budget = { ...freeBudget, noteOutcome: (outcome: string) => void outcomes.push(outcome) };
    await client(url, { budget })
      .send(read())
      .catch(() => undefined);
    expect(outcomes).toEqual(expected);
  });

  it('passes on what the budget or the lease throws, and sends nothing', async () => {
    const { url, received } = await server(answerWith(200, '{}'));
    const superseded = new Error('superseded');
    const call: WriteCall = { callClass: 'hand-over', authorise: () => Promise.reject(superseded) };
    await expect(client(url).send(write({ call }))).rejects.toBe(superseded);
    const budget = { ...freeBudget, ask: () => Promise.reject(superseded) };
    await expect(client(url, { budget }).send(write())).rejects.toBe(superseded);
    expect(received()).toBe('');
  });

  it('is cut off when headers and body together take longer than the limit, even in a slow drip', async () => {
    const { url } = await server((socket) => {
      socket.write('HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const startedMs = Date.now();
    const error = await failing(client(url, { timeoutMs: 1_000 }).send(write()));
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect(error.kind).toBe('ambiguous');
  });

  it('a server that hangs: a read is unavailable, a write ambiguous', async () => {
    const { url, requests } = await server(() => undefined);
    const http = client(url, { timeoutMs: 1_000 });
    expect(await failing(http.send(read()))).toMatchObject({ kind: 'unavailable', details: { notSent: false } });
    expect(await failing(http.send(write()))).toMatchObject({ kind: 'ambiguous', details: { notSent: false } });
    expect(requests).toHaveLength(2);
  });

  it.each(['GET', 'POST'] as const)('a %s whose connection is reset is not sent again', async (method) => {
    const { url, requests } = await server((socket) => socket.resetAndDestroy());
    const request = method === 'GET' ? read() : write();
    expect((await failing(client(url).send(request))).kind).toBe(method === 'GET' ? 'unavailable' : 'ambiguous');
    await sleep(200);
    expect(requests).toHaveLength(1);
  });

  it.each(['GET', 'POST'] as const)(
    'a %s on a kept-alive socket that the server closes on seeing it is not sent again',
    async (method) => {
      const { url, requests } = await server((socket, _, count) => {
        if (count === 1) socket.write(response(200, '{}'));
        else socket.end();
      });
      const http = client(url);
      await http.send(read());
      const error = await failing(http.send(method === 'GET' ? read() : write()));
      expect(error.kind).toBe(method === 'GET' ? 'unavailable' : 'ambiguous');
      await sleep(200);
      expect(requests).toHaveLength(2);
    },
  );

  it('opens a new connection when the kept-alive one was closed in between', async () => {
    let closed = false;
    const { url, requests } = await server((socket) => {
      socket.on('close', () => (closed = true));
      socket.write(response(200, '{}'));
      setTimeout(() => socket.end(), 20);
    });
    const http = client(url);
    await http.send(read());
    // Closed on both sides: the server's socket closes once the client has closed its own.
    await expect.poll(() => closed).toBe(true);
    await http.send(write());
    expect(requests).toHaveLength(2);
  });

  it('an abort ends it at once', async () => {
    const cancel = new AbortController();
    const { url, requests } = await server(() => cancel.abort());
    const error = await failing(client(url).send(write({ call: { ...writeCall(), signal: cancel.signal } })));
    expect(error.kind).toBe('ambiguous');
    expect(requests).toHaveLength(1);
  });
});
