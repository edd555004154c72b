/** Real runs: workers of this build, a real ledger and the sandbox. Their inputs and results are what steps give. */
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readEncryptionKeys } from '../../../config/encryption/keys.js';
import { itemSyncWorkflowId } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import { clientConverter } from '../../../runtime/temporal/encryption.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { HISTORY_KEY } from '../histories.js';
import type { Situation } from './stage.js';

const KEYS = 'CRAFTSYNC_ENCRYPTION_KEYS';

/** A deployment with one item that was just handed over, until the history is taken. */
async function withHandedOver(
  env: Readonly<Record<string, string>>,
  live: (deployment: TestDeployment, link: ItemLink) => Promise<string>,
): Promise<string> {
  const configuration = after.quick({
    pipeline: { settleFor: '1 second', sweepEvery: '7 days', driftEvery: '31 days' },
  });
  const deployment = await startDeployment({ items: 0, configuration });
  try {
    await deployment.startWorker(env);
    const [craftItemId = ''] = seedReadyItems(deployment.sandbox.world, 1);
    const { exitCode, stderr } = await deployment.runWith(env, 'sweep', 'mobile');
    if (exitCode !== 0) throw new Error(stderr);
    const link = await after.inPhase(deployment, { craftItemId, craftShortId: null }, 'following');
    const text = await live(deployment, link);
    refuseTexts(deployment, text);
    return text;
  } finally {
    await deployment.close();
  }
}

/** Titles and descriptions are in no history (design 7), so none is committed. */
function refuseTexts({ sandbox }: TestDeployment, text: string): void {
  const decoded = text.replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
  for (const { title, description } of sandbox.world.craft.items.values()) {
    for (const words of [title, description ?? ''])
      if (words.length > 8 && decoded.includes(words)) throw new Error(`the history holds the text “${words}”`);
  }
}

async function historyOf(deployment: TestDeployment, workflowId: string): Promise<string> {
  return historyToJSON(await deployment.temporal.client.workflow.getHandle(workflowId).fetchHistory());
}

/** Until its run has ended. */
async function done(deployment: TestDeployment, link: ItemLink): Promise<string> {
  for (const status of ['In Progress', 'Done']) {
    after.move(deployment, link, status);
    await deployment.run('progress', 'km');
  }
  const workflowId = itemSyncWorkflowId(link);
  await deployment.temporal.client.workflow.getHandle(workflowId).result();
  return historyOf(deployment, workflowId);
}

async function swept(deployment: TestDeployment, type: string, workflowId: string, input: object): Promise<string> {
  const options = { taskQueue: 'craftsync', workflowId, args: [input] };
  await deployment.temporal.client.workflow.execute(type, options);
  return historyOf(deployment, workflowId);
}

/** Paused by an order that was encrypted too. */
async function encryptedPause({ temporal, ...deployment }: TestDeployment, link: ItemLink): Promise<string> {
  const { client, namespace } = temporal;
  const dataConverter = clientConverter(readEncryptionKeys(HISTORY_KEY, []));
  const encrypting = new Client({ connection: client.connection, namespace, dataConverter });
  const handle = encrypting.workflow.getHandle(itemSyncWorkflowId(link));
  await handle.signal('pause', { reason: 'for a test' });
  await after.inPhase({ temporal, ...deployment }, link, 'paused');
  await handle.query('status');
  return historyToJSON(await handle.fetchHistory());
}

const life = (
  file: string,
  live: (deployment: TestDeployment, link: ItemLink) => Promise<string>,
  env: Readonly<Record<string, string>> = {},
): Situation => ({ file, record: () => withHandedOver(env, live) });

export const LIVES: readonly Situation[] = [
  life('itemSync-from-ready-to-done', done),
  life('itemSync-encrypted-and-paused', encryptedPause, { [KEYS]: HISTORY_KEY }),
  life('readySweep-by-hand', (deployment) => historyOf(deployment, 'ready-sweep:mobile:now')),
  life('readySweep-of-the-schedule', (deployment) =>
    swept(deployment, 'readySweep', 'ready-sweep:mobile-2026-11-30T10:00:00Z', { pipeline: 'mobile' }),
  ),
  life('progressSweep-of-the-schedule', (deployment) =>
    swept(deployment, 'progressSweep', 'progress-sweep:km-2026-11-30T10:00:00Z', { devTool: 'km' }),
  ),
  life('driftSweep-of-the-schedule', (deployment) =>
    swept(deployment, 'driftSweep', 'drift-sweep:mobile-2026-11-30T10:00:00Z', { pipeline: 'mobile' }),
  ),
];
