import { randomUUID } from 'node:crypto';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { expect, it, describe } from 'vitest';

import { WORKFLOWS_PATH } from '../../../workers/paths.js';
import { runToItsEnd } from '../../../workers/runToItsEnd.js';
import { freshNamespace } from '../../harness/servers/temporal.js';

describe('integration/processes/hanging', { timeout: 60_000 }, () => {
  it('a worker that is told to stop while a local activity hangs ends without an error, and its run is left to others', async () => {
    const temporal = await freshNamespace();
    const { nativeConnection } = await temporal.environment();
    const workflowId = `item-${randomUUID()}`;
    let begun = 0;
    const beginItem = () => {
      begun += 1;
      return new Promise(() => undefined);
    };
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace: temporal.namespace,
      taskQueue: workflowId,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH }),
      shutdownGraceTime: '1 second',
      shutdownForceTime: '2 seconds',
      activities: { beginItem },
    });
    const stopping = new AbortController();
    const running = runToItsEnd(worker, stopping);
    const args = [{ pipeline: 'mobile', craftItemId: 'a' }];
    const handle = await temporal.client.workflow.start('itemSync', { taskQueue: workflowId, workflowId, args });
    await expect.poll(() => begun, { timeout: 20_000 }).toBe(1);
    stopping.abort();
    worker.shutdown();
    await expect(running).resolves.toBeUndefined();
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
    await temporal.close();
  });
});
