/** What a sweep that is stretched still does, and what its run shows (design 5, Month). */
import { randomUUID } from 'node:crypto';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKFLOWS_PATH } from '../../workers/paths.js';
import { freshNamespace, type FreshNamespace } from '../harness/servers/temporal.js';

const WORDS = 'stretched: every 60 minutes became about 3.2 hours';

describe('workflows/stretched', { timeout: 120_000 }, () => {
  let temporal: FreshNamespace;
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    [temporal, workflowBundle] = await Promise.all([
      freshNamespace(),
      bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH }),
    ]);
  });
  afterAll(() => temporal.close());

  /** The steps that one run made, with their inputs, and its result. */
  async function sweep(workflow: string, input: object, words: string | null = WORDS) {
    const steps: [string, ...unknown[]][] = [];
    const step =
      (name: string, result: unknown) =>
      (...given: unknown[]) => {
        steps.push([name, ...given]);
        return Promise.resolve(result);
      };
    const { nativeConnection } = await temporal.environment();
    const taskQueue = `sweep-${randomUUID()}`;
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace: temporal.namespace,
      taskQueue,
      workflowBundle,
      activities: {
        beginSweep: step('beginSweep', words),
        handOnInbox: step('handOnInbox', 1),
        handOnPending: step('handOnPending', 2),
        reviveLost: step('reviveLost', 0),
        listScopes: step('listScopes', ['a']),
        readFeed: step('readFeed', { read: 4, changed: 0, signalled: 0, inventoryDue: true }),
        takeInventory: step('takeInventory', 0),
        collectReady: step('collectReady', { found: 0, known: 0, unseen: 0, failed: 0, maxNew: 1, devTool: 'km' }),
        nextUnknown: step('nextUnknown', []),
        compareListing: step('compareListing', { compared: 1, differing: 0, signalled: 0 }),
        collectFeedback: step('collectFeedback', { found: 0, skipped: 0, done: 0 }),
        nextSubmissions: step('nextSubmissions', []),
        noteSweep: step('noteSweep', undefined),
      },
    });
    const running = temporal.client.workflow.execute(workflow, { taskQueue, workflowId: taskQueue, args: [input] });
    const result: unknown = await worker.runUntil(running);
    return { steps, result, names: steps.map(([name]) => name) };
  }

  it.each([
    ['readySweep', { pipeline: 'mobile' }, ['reviveLost', 'beginSweep'], { found: 0, started: 0, known: 0, failed: 0 }],
    [
      'progressSweep',
      { devTool: 'km' },
      ['handOnInbox', 'handOnPending', 'beginSweep'],
      { read: 0, changed: 3, signalled: 3 },
    ],
    ['driftSweep', { pipeline: 'mobile' }, ['beginSweep'], { compared: 0, differing: 0, signalled: 0 }],
    [
      'intakeSweep',
      { intake: 'support' },
      ['beginSweep'],
      { found: 0, started: 0, running: 0, known: 0, skipped: 0, failed: 0 },
    ],
  ])('%s does what needs no call, ends well, and says in its result how it is stretched', async (...given) => {
    const [workflow, input, names, counts] = given;
    const ended = await sweep(workflow, input);
    expect(ended.names).toEqual(names);
    expect(ended.result).toEqual({ ...counts, stretched: WORDS });
  });

  it('one that is not stretched goes on, and says nothing of it', async () => {
    const { names, result } = await sweep('driftSweep', { pipeline: 'mobile' }, null);
    expect(names).toEqual(['beginSweep', 'compareListing', 'noteSweep']);
    expect(result).not.toHaveProperty('stretched');
  });

  it('one that a person asked for is not stretched, and each step knows of it', async () => {
    const ready = await sweep('readySweep', { pipeline: 'mobile', byHand: true });
    expect(ready.names).not.toContain('beginSweep');
    expect(ready.steps.find(([name]) => name === 'collectReady')?.[1]).toMatchObject({ byHand: true });
    const progress = await sweep('progressSweep', { devTool: 'km', byHand: true });
    expect(progress.names).not.toContain('beginSweep');
    const given = Object.fromEntries(progress.steps.map(([name, ...inputs]) => [name, inputs]));
    expect(given['listScopes']).toEqual(['km', { byHand: true }]);
    expect(given['readFeed']).toEqual([{ devTool: 'km', scope: 'a', byHand: true }]);
    expect(given['takeInventory']).toEqual([{ devTool: 'km', scope: 'a', byHand: true }]);
  });
});
