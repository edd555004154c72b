/**
 * Replays recorded histories with today's workflow code (invariant I9). A change that does not replay would break the
 * runs of the last release: keep the old path behind `patched()`, and leave the histories as they are.
 *
 * To record one: run the workflow against a Temporal server (`npm start`, or a test that is held at its end), then
 *   node scripts/record-history.js <workflow id> test/replay/histories/<workflow>-<what it guards>.json
 * This test takes every file of that folder. Record with the code of a release, before the change that it guards.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { WORKFLOWS_PATH } from '../../workers/paths.js';

const HISTORIES = fileURLToPath(new URL('./histories/', import.meta.url));
const CONTROL = fileURLToPath(new URL('./control/workflows.ts', import.meta.url));

const files = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));

function history(name: string): unknown {
  return JSON.parse(readFileSync(`${HISTORIES}${name}`, 'utf8'));
}

describe('replay/replay', () => {
  let bundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    bundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
  }, 60_000);

  it('has histories to replay', () => {
    expect(files.length).toBeGreaterThanOrEqual(5);
  });

  it.each(files)('replays what the last release recorded: %s', async (name) => {
    await Worker.runReplayHistory({ workflowBundle: bundle }, history(name), name);
  });

  it('fails for a workflow that begins with a timer that no history has', async () => {
    const changed = await bundleWorkflowCode({ workflowsPath: CONTROL });
    const [name = ''] = files.filter((file) => file.startsWith('itemSync'));
    await expect(Worker.runReplayHistory({ workflowBundle: changed }, history(name), name)).rejects.toThrow(
      /[Nn]ondeterminis/,
    );
  }, 60_000);
});
