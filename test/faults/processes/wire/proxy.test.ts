import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireFault } from '../plan/faults.js';
import { startRecordingProxy, type RecordingProxy } from './proxy.js';

const BODY = JSON.stringify({ description: 'Words\n\ncraftsync:mobile/17/1' });
const FOUR = { kind: 'status-404', calls: 'create', next: 1 } as const;

describe('faults/processes/wire/proxy', () => {
  let server: http.Server;
  let applied: number;
  let proxy: RecordingProxy;

  beforeEach(async () => {
    applied = 0;
    server = http.createServer((request, response) => {
      request.resume().once('end', () => {
        applied += 1;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `w${applied}` }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    proxy = await startRecordingProxy(() => url);
  });
  afterEach(async () => {
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** What the client is told: a status and whether the body can be read, or that there was no answer. */
  async function create(): Promise<string> {
    try {
      const url = `${proxy.url('tool', 'worker')}/workitem`;
      const answer = await fetch(url, { method: 'POST', body: BODY, signal: AbortSignal.timeout(1_000) });
      return await answer.json().then(
        () => String(answer.status),
        () => `${answer.status}, unreadable`,
      );
    } catch {
      return 'no answer';
    }
  }

  it('passes a request on, and writes down whose it was and what it made', async () => {
    expect(await create()).toBe('200');
    expect(proxy.calls).toMatchObject([
      { kind: 'create', side: 'tool', from: 'worker', craftItemId: '17', madeId: 'w1', told: 200, fault: null },
    ]);
    expect(proxy.calls[0]?.marker).toBe('craftsync:mobile/17/1');
  });

  it.each<readonly [WireFault, string, number]>([
    [{ kind: 'reset-before', calls: 'create', next: 1 }, 'no answer', 0],
    [{ kind: 'reset-after', calls: 'create', next: 1 }, 'no answer', 1],
    [{ kind: 'hang-before', calls: 'create', next: 1 }, 'no answer', 0],
    [{ kind: 'hang-after', calls: 'create', next: 1 }, 'no answer', 1],
    [{ kind: 'slow-body', calls: 'create', next: 1, forMs: 80 }, '200', 1],
    [{ kind: 'slow-body', calls: 'create', next: 1, forMs: 8_000 }, '200, unreadable', 1],
    [{ kind: 'cut-body', calls: 'create', next: 1 }, '200, unreadable', 1],
    [{ kind: 'malformed-json', calls: 'create', next: 1 }, '200, unreadable', 1],
    [{ kind: 'html', calls: 'create', next: 1 }, '200, unreadable', 1],
    [{ kind: 'altered', calls: 'create', next: 1, set: { id: 17 } }, '200', 1],
    [{ kind: 'status-5xx', calls: 'create', next: 1, status: 503, applied: false }, '503', 0],
    [{ kind: 'status-5xx', calls: 'create', next: 1, status: 502, applied: true }, '502', 1],
    [{ kind: 'status-429', calls: 'create', next: 1, retryAfter: 'date' }, '429', 0],
    [{ kind: 'status-401', calls: 'create', next: 1 }, '401', 0],
    [{ kind: 'status-403', calls: 'create', next: 1 }, '403', 0],
    [FOUR, '404', 0],
  ])('carries %o out, on the next call alone', async (fault, told, carriedOut) => {
    void proxy.strike(fault);
    expect(await create()).toBe(told);
    expect(applied).toBe(carriedOut);
    expect(proxy.calls[0]).toMatchObject({
      fault: fault.kind,
      appliedMs: carriedOut === 0 ? null : (expect.any(Number) as number),
    });
    expect(await create()).toBe('200');
  });

  it('lets a request be applied after its client has given up', async () => {
    void proxy.strike({ kind: 'late', calls: 'create', next: 1, afterMs: 100 });
    expect(await create()).toBe('no answer');
    expect(applied).toBe(0);
    await expect.poll(() => applied).toBe(1);
    expect(proxy.calls[0]).toMatchObject({ told: 'nothing', madeId: 'w1' });
  });

  it('refuses the connections of one side alone, until it accepts them again on the same port', async () => {
    await proxy.refuse('tool');
    expect(await create()).toBe('no answer');
    expect((await fetch(`${proxy.url('craft', 'worker')}/item/5`)).status).toBe(200);
    await proxy.accept('tool');
    expect(await create()).toBe('200');
  });

  it('holds a call until what waited for it is done', async () => {
    const done: string[] = [];
    proxy.await('create', 2, 'arrives', async () => void done.push(`${applied} applied`));
    await create();
    expect(done).toEqual([]);
    await create();
    expect(done).toEqual(['1 applied']);
  });

  it('knows what a command sends, and spares it', async () => {
    void proxy.strike({ ...FOUR, calls: 'craft-by-id' });
    expect((await fetch(`${proxy.url('craft', 'command')}/item/5`)).status).toBe(200);
    expect(proxy.calls).toMatchObject([{ from: 'command', kind: 'craft-by-id', fault: null }]);
  });
});
