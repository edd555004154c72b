/**
 * Builds the workflow bundle ahead of time (`npm run build`): workers start faster, and all workers of a release run
 * exactly the same workflow code.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { ENCODED_FAILURES, ENCODING_BUNDLE, WORKFLOW_BUNDLE, WORKFLOWS_PATH } from './paths.js';

export async function buildWorkflowBundle(failures: 'plain' | 'encoded' = 'plain'): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    ...(failures === 'encoded' && { failureConverterPath: ENCODED_FAILURES }),
  });
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(WORKFLOW_BUNDLE, await buildWorkflowBundle());
  await writeFile(ENCODING_BUNDLE, await buildWorkflowBundle('encoded'));
}
