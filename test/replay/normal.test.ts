import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { normal, tracesIn } from './normal.js';

const payload = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify(value)).toString('base64'),
});

const started = (value: unknown, more: object = {}): string =>
  JSON.stringify({
    events: [
      {
        eventId: '1',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
        workflowExecutionStartedEventAttributes: { input: { payloads: [payload(value)] }, ...more },
      },
    ],
  });

describe('replay/normal', () => {
  it('takes out who took a task, sticky names, stack traces and the names of test namespaces, in payloads too', () => {
    const namespace = 'test-beec45e6-0317-4b90-8a58-2a03e51c5282';
    const text = normal(
      started(
        { in: namespace },
        {
          identity: `12@${hostname()}`,
          taskQueue: { name: `12@${hostname()}-9f`, kind: 'TASK_QUEUE_KIND_STICKY', normalName: 'craftsync' },
          parentWorkflowNamespace: namespace,
          continuedFailure: { message: 'it broke', stackTrace: 'Error\n    at run (/home/ann/craftsync/a.ts:1:2)' },
        },
      ),
    );
    expect(text).not.toMatch(/beec45e6|stackTrace|home/);
    expect(text).not.toContain(`@${hostname()}`);
    expect(JSON.parse(text)).toMatchObject({
      events: [
        {
          workflowExecutionStartedEventAttributes: {
            identity: 'worker',
            taskQueue: { name: 'sticky', normalName: 'craftsync' },
            input: { payloads: [payload({ in: 'test' })] },
          },
        },
      ],
    });
  });

  it.each([
    ['a path in a payload', { at: '/home/ann/craftsync/dist/a.js' }, /^path: \/home\/ann/],
    ['a path of Windows', { at: 'C:\\Users\\ann' }, /^path: C:/],
    ['a stack', { message: 'broke\n    at run (eval:1:2)' }, /^stack trace/],
    ['a process', { by: '4711@build-7' }, /^process: 4711@build-7/],
    ['a key of the sandbox', { key: 'kitemaker-sandbox-0abc123' }, /^key: kitemaker-sandbox/],
    ['an address with a password', { url: 'postgres://ann:hunter22@db/x' }, /^credential: :\/\/ann/],
  ])('finds %s', async (_what, value, words) => {
    expect(await tracesIn(started(value))).toEqual([expect.stringMatching(words)]);
  });

  it('finds none of it in what runs hold anyway', async () => {
    const value = {
      url: 'http://127.0.0.1:8080/kitemaker/MOB/5',
      why: 'craft: the API key is refused (401)',
      tmp: 'a/tmp/b',
    };
    expect(await tracesIn(started(value))).toEqual([]);
  });
});
