import { request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Faults, type Fault, type FaultRule, type FaultSubject } from '../../../sandbox/http/faults.js';
import type { RequestRecord } from '../../../sandbox/http/record.js';
import { running, type Reply, type Running } from '../running.js';

const CREATE = { mounts: ['kitemaker-rest'], methods: ['POST'], routes: ['/workitem'] } as const satisfies
  FaultRule | object;

describe('sandbox/http/faults', () => {
  let box: Running;
  let aheadMs: number;
  beforeEach(async () => {
    aheadMs = 0;
    box = await running({ nowMs: () => Date.now() + aheadMs });
  });
  afterEach(() => box.close());

  const create = (title = 'A'): Promise<Reply> =>
    box.rest('POST', '/workitem', { title, statusId: box.mobile.status('To do') });
  const exists = (title = 'A'): boolean =>
    [...box.world.tools.kitemaker.world.workItems.values()].some((item) => item.title === title);
  const strike = (fault: Fault, more: object = {}): void => {
    box.faults.add({ rules: [{ ...CREATE, ...more, fault }] });
  };
  const lastCreate = (): RequestRecord => {
    const record = box.records.list({ mount: 'kitemaker-rest', method: 'POST' }).at(-1);
    if (record === undefined) throw new Error('no create was recorded');
    return record;
  };
  /** A raw request, since `fetch` hides how an answer ended. */
  const raw = (signal?: AbortSignal): Promise<{ ended: string; bytes: number }> =>
    new Promise((resolve) => {
      const url = new URL(`${box.tools.kitemaker.baseUrl}/workitem`);
      const sent = httpRequest(url, {
        method: 'POST',
        headers: { 'x-api-key': box.tools.kitemaker.apiKey, 'content-type': 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
      sent.on('error', (error: NodeJS.ErrnoException) => resolve({ ended: error.code ?? error.name, bytes: 0 }));
      sent.on('response', (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
        answer.on('error', (error: NodeJS.ErrnoException) => resolve({ ended: error.code ?? error.name, bytes }));
        answer.on('end', () => resolve({ ended: 'complete', bytes }));
      });
      sent.end(JSON.stringify({ title: 'A', statusId: box.mobile.status('To do') }));
    });

  /** A client that gives up once its request has arrived. */
  const givenUp = async (): Promise<string> => {
    const patience = new AbortController();
    const sent = raw(patience.signal);
    await expect.poll(() => box.records.list({ mount: 'kitemaker-rest', method: 'POST' })).toHaveLength(1);
    patience.abort();
    return (await sent).ended;
  };

  describe('an answer that is lost', () => {
    it('is lost after the commit: the item is there, the client saw a reset', async () => {
      strike({ kind: 'lose-answer', applied: true, silence: 'reset' });
      expect((await raw()).ended).toBe('ECONNRESET');
      expect(exists()).toBe(true);
      expect(lastCreate()).toMatchObject({
        status: null,
        fault: 'lose-answer',
        appliedAt: expect.any(String) as string,
      });
    });

    it('is lost before the commit: nothing is there', async () => {
      strike({ kind: 'lose-answer', applied: false, silence: 'close' });
      expect((await raw()).ended).toBe('ECONNRESET');
      expect(exists()).toBe(false);
      expect(lastCreate()).toMatchObject({ status: null, appliedAt: null });
    });

    it('never comes while the client waits, and counts as unanswered when it gives up', async () => {
      strike({ kind: 'lose-answer', applied: true, silence: 'hang' });
      expect(await givenUp()).toBe('ABORT_ERR');
      await expect.poll(lastCreate).toMatchObject({ status: null, endedAt: expect.any(String) as string });
    });

    it('is lost for the next two only', async () => {
      strike({ kind: 'lose-answer', applied: false, silence: 'reset' }, { next: 2 });
      expect([(await raw()).ended, (await raw()).ended, (await raw()).ended]).toEqual([
        'ECONNRESET',
        'ECONNRESET',
        'complete',
      ]);
    });
  });

  describe('a late commit', () => {
    it('is applied some time after the client gave up, not before', async () => {
      strike({ kind: 'late-commit', afterMs: 300, from: 'client-gone', silence: 'hang' });
      expect(await givenUp()).toBe('ABORT_ERR');
      expect(exists()).toBe(false);
      await expect.poll(() => exists()).toBe(true);
      const { endedAt, appliedAt } = lastCreate();
      expect(Date.parse(appliedAt ?? '') - Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(290);
    });

    it('is applied some time after it arrived, with the connection dropped at once', async () => {
      strike({ kind: 'late-commit', afterMs: 500, from: 'arrival', silence: 'reset' });
      expect((await raw()).ended).toBe('ECONNRESET');
      expect(exists()).toBe(false);
      await expect.poll(() => exists()).toBe(true);
    });
  });

  describe('an answer that is wrong', () => {
    it('comes late, and the request is applied when its turn comes', async () => {
      strike({ kind: 'latency', ms: 1_000 });
      const begun = performance.now();
      const answer = create();
      await sleep(100);
      expect(exists()).toBe(false);
      expect((await answer).status).toBe(201);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
    });

    it('is an error of the server in the documented form; the rule says whether the request is applied', async () => {
      strike({ kind: 'status', status: 503 }, { next: 1 });
      const { status, body } = await create('no');
      expect([status, body.errors[0].status, exists('no')]).toEqual([503, 503, false]);
      strike({ kind: 'status', status: 502, applied: true });
      expect([(await create('yes')).status, exists('yes')]).toEqual([502, true]);
    });

    it('is 401 or 403 from now on', async () => {
      box.faults.add({ rules: [{ mounts: ['craft-guide'], fault: { kind: 'status', status: 403 } }] });
      for (let i = 0; i < 3; i++) {
        const { status, body } = await box.guide('GET', `/workspaces/${box.craft.accountId}`);
        expect([status, body]).toEqual([403, { message: 'Access denied' }]);
      }
      expect((await box.rest('GET', '/organization')).status).toBe(200);
    });

    it.each([
      ['seconds', /^7$/],
      ['date', /GMT$/],
      ['absurd', /^\d{10,}$/],
      ['absent', /^null$/],
    ] as const)('is 429 with Retry-After: %s', async (retryAfter, expected) => {
      strike({ kind: 'rate-limit', retryAfter, seconds: 7 });
      const { status, headers, body } = await create();
      expect([status, body.errors[0].message, exists()]).toEqual([429, 'Rate limit exceeded', false]);
      expect(String(headers.get('retry-after'))).toMatch(expected);
    });

    it('is 429 for each call over an enforced limit, and for none below', async () => {
      box.faults.add({ rules: [{ mounts: ['kitemaker-rest'], fault: { kind: 'limit', calls: 3, windowMs: 60_000 } }] });
      const ask = (): Promise<number> => box.rest('GET', '/organization').then(({ status }) => status);
      expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429]);
      aheadMs = 60_001;
      expect(await ask()).toBe(200);
    });

    it('is a page of HTML with 200, though the item was created', async () => {
      strike({ kind: 'html' });
      const { status, headers, body } = await create();
      expect([status, headers.get('content-type'), exists()]).toEqual([200, 'text/html; charset=utf-8', true]);
      expect(body).toContain('<html>');
    });

    it('ends in the middle of the announced length', async () => {
      strike({ kind: 'truncated' });
      const { ended, bytes } = await raw();
      expect(ended).toBe('ECONNRESET');
      expect(bytes).toBeGreaterThan(50);
      expect(exists()).toBe(true);
    });

    it('is huge, and valid JSON', async () => {
      strike({ kind: 'huge', bytes: 6_000_000 });
      expect(await raw()).toEqual({ ended: 'complete', bytes: 6_000_000 });
    });

    it('has another content type', async () => {
      strike({ kind: 'wrong-content-type', contentType: 'text/plain' });
      expect((await create()).headers.get('content-type')).toBe('text/plain');
    });

    it('drips', async () => {
      strike({ kind: 'slow-drip', bytesPerSecond: 1_000 });
      const begun = performance.now();
      expect((await create()).status).toBe(201);
      expect(performance.now() - begun).toBeGreaterThan(250);
    });

    it('has fields of another type, new ones, and lacks some', async () => {
      const id = (await create()).body.id;
      box.faults.add({
        rules: [{ fault: { kind: 'alter', id, set: { title: 42, extra: [] }, remove: ['updatedAt'] } }],
      });
      const { body } = await box.rest('GET', `/recent/workitems?spaceId=${box.mobile.id}&count=50`);
      const altered = body.find((item) => item.id === id);
      expect(altered).toMatchObject({ title: 42, extra: [] });
      expect(altered).not.toHaveProperty('updatedAt');
      expect(body.filter((item) => (item.title as unknown) === 42)).toHaveLength(1);
    });
  });

  describe('which requests are struck', () => {
    const subject: FaultSubject = {
      mount: 'kitemaker-rest', method: 'POST', route: '/workitem', write: true, operation: null, text: () => 'abc',
    }; // prettier-ignore
    const plan = (rule: Omit<FaultRule, 'fault'>, seed = 1): Faults => {
      const faults = new Faults(
        seed,
        () => 0,
        () => undefined,
      );
      faults.addRule({ ...rule, fault: { kind: 'status', status: 500 } });
      return faults;
    };
    const struck = (faults: Faults, times: number, what = subject): boolean[] =>
      Array.from({ length: times }, () => faults.decide(what).fault !== null);

    it('strikes the same requests for the same seed, and others for another', () => {
      const one = struck(plan({ share: 0.2 }, 7), 200);
      expect(struck(plan({ share: 0.2 }, 7), 200)).toEqual(one);
      expect(struck(plan({ share: 0.2 }, 8), 200)).not.toEqual(one);
      expect(one.filter(Boolean).length).toBeGreaterThan(20);
      expect(one.filter(Boolean).length).toBeLessThan(60);
    });

    it('counts only the calls that it let through against a limit', () => {
      let nowMs = 0;
      const faults = new Faults(
        1,
        () => nowMs,
        () => undefined,
      );
      faults.addRule({ fault: { kind: 'limit', calls: 2, windowMs: 1_000 } });
      expect(struck(faults, 5)).toEqual([false, false, true, true, true]);
      nowMs = 500;
      expect(struck(faults, 3)).toEqual([true, true, true]);
      nowMs = 1_000;
      expect(struck(faults, 3)).toEqual([false, false, true]);
    });

    it('skips the first, strikes the next, then stops', () => {
      expect(struck(plan({ skip: 2, next: 1 }), 5)).toEqual([false, false, true, false, false]);
    });

    it.each([
      [{ mounts: ['craft-guide' as const] }],
      [{ methods: ['GET'] }],
      [{ routes: ['/comment'] }],
      [{ write: false }],
      [{ operation: 'createWorkItem' }],
      [{ mentions: 'xyz' }],
    ])('leaves alone what is outside %o', (scope) => {
      expect(struck(plan(scope), 1)).toEqual([false]);
    });

    it('tells a GraphQL query from a mutation', async () => {
      box.faults.add({
        rules: [{ mounts: ['kitemaker-graphql'], write: true, fault: { kind: 'status', status: 500 } }],
      });
      expect((await box.graphql('{ organization { id } }')).status).toBe(200);
      const label = `mutation { createLabel(input: { spaceId: "${box.mobile.id}", name: "x" }) { label { id } } }`;
      expect((await box.graphql(label)).status).toBe(500);
    });
  });
});
