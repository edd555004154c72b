/**
 * What one scope that cannot be read leaves to the others (invariant I6), and how often a tool that is down is asked.
 */
import { randomUUID } from 'node:crypto';

import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { WORKFLOWS_PATH } from '../../workers/paths.js';
import { freshNamespace, type FreshNamespace } from '../harness/servers/temporal.js';

const SEVERAL = 6;

describe('workflows/progressSweep', { timeout: 120_000 }, () => {
  let temporal: FreshNamespace;
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    [temporal, workflowBundle] = await Promise.all([
      freshNamespace(),
      bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH }),
    ]);
  });
  afterAll(() => temporal.close());

  /**
   * Sweeps scopes a, b, c and d, whose reads fail as `failing` says; how often each was read, and whether it failed.
   */
  async function sweep(failing: Readonly<Record<string, () => ApplicationFailure>>) {
    const reads: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 };
    const { nativeConnection } = await temporal.environment();
    const taskQueue = `sweep-${randomUUID()}`;
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace: temporal.namespace,
      taskQueue,
      workflowBundle,
      activities: {
        handOnInbox: async () => 0,
        handOnPending: async () => 0,
        beginSweep: async () => null,
        listScopes: async () => Object.keys(reads),
        async readFeed({ scope }: { scope: string }) {
          reads[scope] = (reads[scope] ?? 0) + 1;
          const failure = failing[scope]?.();
          if (failure !== undefined) throw failure;
          return { read: 1, changed: 0, signalled: 0, inventoryDue: false };
        },
        noteSweep: async () => undefined,
      },
    });
    const sweeping = temporal.client.workflow.execute('progressSweep', {
      taskQueue,
      workflowId: taskQueue,
      args: [{ devTool: 'km' }],
    });
    const failed = await worker.runUntil(
      sweeping.then(
        () => false,
        () => true,
      ),
    );
    return { reads, failed };
  }

  const soon = { nextRetryDelay: '1 millisecond' } as const;
  const down = () => ApplicationFailure.create({ type: 'unavailable', message: 'km: 503', ...soon });
  const unreachable = () =>
    ApplicationFailure.create({
      type: 'unavailable',
      message: 'km: refused',
      details: [{ ofTheConnection: true }],
      ...soon,
    });
  const gone = () => ApplicationFailure.create({ type: 'not-found', message: 'km: no space a', nonRetryable: true });

  it('a scope that fails by itself stops no other, and the run fails at its end', async () => {
    expect(await sweep({ a: gone, c: gone })).toEqual({ reads: { a: 1, b: 1, c: 1, d: 1 }, failed: true });
  });

  it('only the attempts of one scope ask a tool that cannot be reached', async () => {
    const all = { a: unreachable, b: unreachable, c: unreachable, d: unreachable };
    expect(await sweep(all)).toEqual({ reads: { a: SEVERAL, b: 0, c: 0, d: 0 }, failed: true });
  });

  it('after a scope has used up its attempts, the next ones get one each, until one succeeds', async () => {
    const few = await sweep({ a: down, b: down, d: down });
    expect(few).toEqual({ reads: { a: SEVERAL, b: 1, c: 1, d: SEVERAL }, failed: true });
    expect(await sweep({})).toEqual({ reads: { a: 1, b: 1, c: 1, d: 1 }, failed: false });
  });
});
