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
