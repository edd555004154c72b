/**
 * Replays recorded histories with today's workflow code (invariant I9). A change that does not replay would break the
 * runs of the last release: keep the old path behind `patched()`, and leave the histories as they are.
 *
 * `npm run record-histories` records what `histories/unreleased/` lacks, with the code as it is: do it before the
 * change that is to be guarded. With a release that folder gets the release's number. matrix.test.ts says what is
 * missing.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENCODED_FAILURES, WORKFLOWS_PATH } from '../../workers/paths.js';
import { historyCodec, recordedHistories, type Recorded } from './histories.js';

const CONTROL = fileURLToPath(new URL('./control/workflows.ts', import.meta.url));

/** A query met its first step, and its patch was asked for after that: of a build before `decidePatches`. */
const PATCH_TOO_LATE = fileURLToPath(new URL('./control/patch-after-a-divided-task.json', import.meta.url));

const all = recordedHistories();
const isEncrypted = ({ text }: Recorded): boolean => text.includes('encryption-key-id');
const plain = all.filter((recorded) => !isEncrypted(recorded));
const encrypted = all.filter(isEncrypted);
const named = (histories: readonly Recorded[]) => histories.map((one) => [one.file, one] as const);

async function replay(workflowBundle: WorkflowBundleWithSourceMap, { file, text }: Recorded): Promise<void> {
  const dataConverter = { payloadCodecs: [historyCodec] };
  await Worker.runReplayHistory({ workflowBundle, dataConverter }, JSON.parse(text), file);
}

describe('replay/replay', () => {
  let bundle: WorkflowBundleWithSourceMap;
  let encodingBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    bundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
    encodingBundle = await bundleWorkflowCode({
      workflowsPath: WORKFLOWS_PATH,
      failureConverterPath: ENCODED_FAILURES,
    });
  }, 120_000);

  it('has histories of the last release and of the next one to replay', () => {
    expect(new Set(all.map(({ release }) => release)).size).toBeGreaterThanOrEqual(2);
    expect(encrypted.length).toBeGreaterThan(0);
  });

  it.each(named(plain))('replays what was recorded: %s', async (_file, recorded) => {
    await replay(bundle, recorded);
  });

  it.each(named(encrypted))('replays what was recorded encrypted: %s', async (_file, recorded) => {
    await replay(encodingBundle, recorded);
  });

  it('fails for a run that asked for a patch after a task that a query divided, so patches are decided at the start', async () => {
    const recorded = { file: 'control', release: '', text: readFileSync(PATCH_TOO_LATE, 'utf8') };
    await expect(replay(bundle, recorded)).rejects.toThrow(/TMPRL1100.*first-attempt-in-task/);
  });

  it('fails for a workflow that begins with a timer that no history has', async () => {
    const changed = await bundleWorkflowCode({ workflowsPath: CONTROL });
    const items = plain.filter(({ file }) => /\/itemSync/.test(file));
    const outcomes = await Promise.allSettled(items.map((recorded) => replay(changed, recorded)));
    const survived = items.filter((_, at) => outcomes[at]?.status === 'fulfilled').map(({ file }) => file);
    expect(survived).toEqual([]);
  }, 120_000);
});
