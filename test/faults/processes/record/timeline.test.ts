import { describe, expect, it } from 'vitest';
import { create, deed, goodRecord, put, SAID, workflow } from './goodRecord.js';
import { timeline } from './timeline.js';

describe('faults/processes/record/timeline', () => {
  it('tells of both sides, of what was done, of the ledger, Temporal and the workers, in order of time', () => {
    const { startedMs } = goodRecord();
    const text = timeline(
      goodRecord({
        calls: [put(2_500, { f1: 'To do' }), create(100, { fault: 'reset-after', told: 'reset' })],
        deeds: [deed(50, { who: 'fault', what: 'kill -9 of worker 1' })],
        workflows: [workflow({ events: [{ atMs: startedMs + 1_000, type: 'workflowExecutionSignaled' }] })],
        said: [{ ...SAID, atMs: startedMs + 2_000 }],
      }),
    );
    const at = ['kill -9', 'reset-after', 'createDevItem created', 'Signaled', 'is ready', '#2500 put'].map((words) =>
      text.indexOf(words),
    );
    expect(at).not.toContain(-1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(text.split('\n')[0]).toMatch(/^ {3}0\.050 {2}! fault/);
  });
});
