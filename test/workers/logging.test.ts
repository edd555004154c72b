import { describe, expect, it } from 'vitest';
import { sdkLine } from '../../workers/logging.js';

/** As the SDK's core logs it, shortened. */
const FAILURE =
  'Failure { failure: Some(Failure { message: "[TMPRL1100] Nondeterminism error: Non-deprecated patch marker ' +
  'encountered for change first-attempt-in-task, but there is no corresponding change command!", source: "" }) }';

describe('workers/logging', () => {
  it('a run of another release is told in words, with the patch and what to do, instead of a dump', () => {
    const meta = { sdkComponent: 'core', runId: 'r-1', failure: FAILURE };
    expect(sdkLine({ message: 'Failing workflow task', meta })).toEqual({
      fields: { sdk: true, runId: 'r-1', patch: 'first-attempt-in-task' },
      message: expect.stringMatching(/another release.*nothing is lost.*replace the workers.*runbook/) as string,
    });
  });

  it('tells it without a patch where commands differ otherwise', () => {
    const meta = { runId: 'r-1', failure: 'Failure { message: "[TMPRL1100] Nondeterminism error: Timer machine…" }' };
    expect(sdkLine({ message: 'Failing workflow task', meta })?.fields).toEqual({ sdk: true, runId: 'r-1' });
  });

  it('leaves every other line as it is, but for the retries of calls', () => {
    const meta = { failure: 'Failure { message: "it broke" }' };
    expect(sdkLine({ message: 'Failing workflow task', meta })).toEqual({
      fields: { sdk: true, ...meta },
      message: 'Failing workflow task',
    });
    expect(sdkLine({ message: 'gRPC call poll_workflow_task_queue retried 7 times' })).toBeNull();
  });
});
