/** The promises P1 to P6 of port/calls.ts, which hold for every method of every connector. */
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import { commentsOf, countingBudget, draftFor, everyRead, failing, markerOf, read, TEXT, writing } from './calls.js';
import type { Subject, Trouble } from './subject.js';

const TROUBLES: readonly Trouble[] = [
  'request-lost',
  'status-500',
  'status-401',
  'rate-limit',
  'html',
  'truncated',
  'wrong-content-type',
];

export function promises(subject: () => Subject): void {
  describe('P1: one call of a method makes no retries of its own', () => {
    it.each(TROUBLES)('a read that meets %s ends with that', async (trouble) => {
      const tool = subject().connect();
      const id = await subject().create(TEXT);
      subject().trouble(trouble, 'reads');
      for (const [method, call] of everyRead(subject(), tool, id)) {
        const before = subject().counts().requests;
        await failing(subject(), call());
        expect([method, subject().counts().requests - before]).toEqual([method, 1]);
      }
    });

    it.each([...TROUBLES, 'answer-lost' as const])('a create that meets %s is sent once', async (trouble) => {
      subject().trouble(trouble, 'writes');
      const before = subject().counts().writes;
      await failing(
        subject(),
        subject()
          .connect()
          .createItem(draftFor(subject(), markerOf(1)), writing()),
      );
      expect(subject().counts().writes - before).toBe(1);
    });
  });

  describe('P2: each HTTP request first asks the budget', () => {
    it('once for each request, with the class of the call', async () => {
      const budget = countingBudget();
      const tool = subject().connect({ budget });
      const before = subject().counts().requests;
      const { item } = await tool.createItem(draftFor(subject(), markerOf(2)), writing());
      for (const [, call] of everyRead(subject(), tool, item.id)) await call();
      await tool.check([subject().pipeline], read);
      expect(budget.asked).toHaveLength(subject().counts().requests - before);
      expect(new Set(budget.asked)).toEqual(new Set(['hand-over', 'progress']));
    });

    it('makes no request that the budget refuses, and passes its error on', async () => {
      const spent = new Error('the month is spent');
      const tool = subject().connect({ budget: { ...countingBudget(), ask: () => Promise.reject(spent) } });
      const before = subject().counts().requests;
      for (const [, call] of everyRead(subject(), tool, subject().unknownId)) await expect(call()).rejects.toBe(spent);
      await expect(tool.createItem(draftFor(subject(), markerOf(3)), writing())).rejects.toBe(spent);
      expect(subject().counts().requests).toBe(before);
    });
  });

  describe('P3: failures are ToolErrors that name the connection and the place, never a key or a text', () => {
    it.each(TROUBLES)('in every method that meets %s', async (trouble) => {
      const tool = subject().connect();
      const id = await subject().create(TEXT);
      const create = tool.createItem(draftFor(subject(), markerOf(4)), writing());
      await create;
      subject().trouble(trouble, 'reads');
      subject().trouble(trouble, 'writes');
      const attempts = everyRead(subject(), tool, id).map(([, call]) => call);
      attempts.push(() => tool.createItem(draftFor(subject(), markerOf(5)), writing()));
      for (const attempt of attempts) {
        const error = await failing(subject(), attempt());
        expect(error.message).toMatch(new RegExp(`^${tool.name}: \\S+`));
        expect(error.details.connection).toBe(tool.name);
      }
    });

    it('a key that is not accepted is unauthorized, and is not shown', async () => {
      const tool = subject().connect({ apiKey: 'wrong-key-0815' });
      const error = await failing(subject(), tool.listIds(subject().scope, read));
      expect(error.kind).toBe('unauthorized');
      expect(error.message).not.toContain('wrong-key-0815');
    });

    it('a rate limit says when calls may continue', async () => {
      subject().trouble('rate-limit', 'reads');
      const error = await failing(subject(), subject().connect().listIds(subject().scope, read));
      expect(error.kind).toBe('rate-limited');
      expect(error.details.retryInMs).toBeGreaterThan(0);
    });
  });

  describe('P4: a write that may have reached the server is ambiguous, one that was not sent says so', () => {
    it.each(['answer-lost', 'request-lost', 'status-500', 'html', 'truncated', 'wrong-content-type'] as const)(
      'a create that meets %s is ambiguous',
      async (trouble) => {
        subject().trouble(trouble, 'writes');
        const error = await failing(
          subject(),
          subject()
            .connect()
            .createItem(draftFor(subject(), markerOf(6)), writing()),
        );
        expect(error).toMatchObject({ kind: 'ambiguous', details: { notSent: false } });
      },
    );

    it('every call to a port where nobody listens is unavailable and not sent', async () => {
      const tool = subject().connect({ port: await freePort() });
      const attempts = everyRead(subject(), tool, subject().unknownId).map(([, call]) => call);
      attempts.push(() => tool.createItem(draftFor(subject(), markerOf(7)), writing()));
      for (const attempt of attempts) {
        expect(await failing(subject(), attempt())).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      }
    });
  });

  describe('P5: a write takes its lease after its budget, right before it is sent', () => {
    it('once, after all look-ups', async () => {
      const order: string[] = [];
      const asking = countingBudget();
      const budget = {
        ...asking,
        ask: (call: ReadCall) => {
          order.push('budget');
          return asking.ask(call);
        },
      };
      const call: WriteCall = {
        callClass: 'hand-over',
        authorise: () => {
          order.push(`lease after ${subject().counts().writes - before} writes`);
          return Promise.resolve({ passed: () => false });
        },
      };
      const before = subject().counts().writes;
      await subject()
        .connect({ budget })
        .createItem(draftFor(subject(), markerOf(8)), call);
      expect(order.at(-1)).toBe('lease after 0 writes');
      expect(order.at(-2)).toBe('budget');
      expect(order.filter((step) => step.startsWith('lease'))).toHaveLength(1);
    });

    it('is not sent once its time is over', async () => {
      const before = subject().counts().writes;
      const create = subject()
        .connect()
        .createItem(
          draftFor(subject(), markerOf(9)),
          writing(() => true),
        );
      expect(await failing(subject(), create)).toMatchObject({ kind: 'unavailable', details: { notSent: true } });
      expect(subject().counts().writes).toBe(before);
    });

    it('passes on what taking the lease throws, and sends nothing', async () => {
      const superseded = new Error('superseded');
      const call: WriteCall = { callClass: 'hand-over', authorise: () => Promise.reject(superseded) };
      const before = subject().counts().writes;
      const tool = subject().connect();
      await expect(tool.createItem(draftFor(subject(), markerOf(10)), call)).rejects.toBe(superseded);
      const comment = commentsOf(subject(), tool)?.post(
        { id: await subject().create(TEXT), scope: subject().scope },
        { text: 'Hello', marker: 'craftsync:a#b' },
        call,
      );
      if (comment !== undefined) await expect(comment).rejects.toBe(superseded);
      expect(subject().counts().writes).toBe(before);
    });
  });

  describe('P6: reads never change anything', () => {
    it('no read, nor check, makes a writing request', async () => {
      const tool = subject().connect();
      const id = await subject().create(TEXT);
      const before = subject().counts();
      for (const [, call] of everyRead(subject(), tool, id)) await call();
      await tool.scopeOf(subject().target, read);
      await tool.check([subject().pipeline], read);
      expect(subject().counts().requests).toBeGreaterThan(before.requests);
      expect(subject().counts().writes).toBe(before.writes);
    });
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
