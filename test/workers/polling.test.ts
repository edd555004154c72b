/** Whether Temporal hears a worker: by the times that Temporal tells, whatever the worker's clock says. */
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOT_POLLING, pollingProbe } from '../../workers/polling.js';

const HOUR_MS = 3_600_000;

describe.each([0, -1, 1])('workers/polling: with the clock of this process off by %i hours', (hours) => {
  /** By Temporal's clock; null: Temporal does not know this worker. */
  let lastPollMs: number | null;
  let passedMs: number;
  beforeEach(() => {
    const startMs = Date.now();
    [lastPollMs, passedMs] = [startMs, 0];
    vi.spyOn(Date, 'now').mockImplementation(() => startMs + hours * HOUR_MS + passedMs);
    vi.spyOn(performance, 'now').mockImplementation(() => passedMs);
  });
  afterEach(() => void vi.restoreAllMocks());

  function probe() {
    const poller = (identity: string, ms: number) => ({ identity, lastAccessTime: msToTs(ms) });
    const describeTaskQueue = () => {
      const own = lastPollMs === null ? [] : [poller('this', lastPollMs)];
      return Promise.resolve({ pollers: [poller('another', Date.now()), ...own] });
    };
    const client = {
      options: { namespace: 'default' },
      withDeadline: (_deadline: unknown, call: () => unknown) => call(),
      workflowService: { describeTaskQueue },
    };
    return pollingProbe(client as unknown as Client, 'this');
  }

  /** `polls`: Temporal hears the worker meanwhile. */
  function pass(ms: number, polls: 'polls' | 'silent'): void {
    passedMs += ms;
    if (polls === 'polls') lastPollMs = (lastPollMs ?? 0) + ms;
  }

  it('a worker is heard as long as its polls become newer', async () => {
    const look = probe();
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await look()).toBeNull();
      pass(60_000, 'polls');
    }
  });

  it('a worker is deaf once its last poll has stayed the same for two and a half minutes, until the next', async () => {
    const look = probe();
    expect(await look()).toBeNull();
    pass(149_000, 'silent');
    expect(await look()).toBeNull();
    pass(2_000, 'silent');
    expect(await look()).toBe(NOT_POLLING);
    pass(1_000, 'polls');
    expect(await look()).toBeNull();
  });

  it('a worker that Temporal does not know is deaf, however many others poll', async () => {
    lastPollMs = null;
    expect(await probe()()).toBe(NOT_POLLING);
  });
});
