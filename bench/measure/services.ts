/** The two services that hand ready items over: craftsync, and the peer in the manner of Temporal's samples. */
import { randomUUID } from 'node:crypto';
import { eventually, type TestDeployment } from '../../test/harness/deployment/deployment.js';
import { handOverFacts, isLocked } from '../../test/harness/deployment/handOverCheck.js';
import type { PeerProcess } from '../peer/worker.js';
import { startCompiled } from './programs.js';

export interface Service {
  readonly name: 'peer' | 'craftsync';
  /** Of the workflow that handles one item. */
  readonly itemWorkflow: string;
  /** Starts one worker; resolves with its process group when it polls. */
  startWorker(deployment: TestDeployment): Promise<number>;
  startSweep(deployment: TestDeployment): Promise<void>;
  /** Until the service itself knows that `items` are done; throws where one is not as it should be. */
  untilDone(deployment: TestDeployment, items: number): Promise<void>;
}

const PEER_QUEUE = 'hand-over';
const GIVES_UP_AFTER_MS = 1_500_000;

export const craftsync: Service = {
  name: 'craftsync',
  itemWorkflow: 'itemSync',
  startWorker: async (deployment) => (await deployment.startWorker()).pid,
  startSweep: async ({ temporal }) => {
    const workflowId = `ready-sweep:mobile:${randomUUID()}`;
    const args = [{ pipeline: 'mobile', all: true }];
    await temporal.client.workflow.start('readySweep', { taskQueue: 'craftsync', workflowId, args });
  },
  async untilDone(deployment, items) {
    const { ledger } = deployment;
    const followed = async (): Promise<boolean> => {
      const counts = await ledger.links.countByPhase('mobile');
      return counts.some(({ phase, count }) => phase === 'following' && count === items);
    };
    await eventually(followed, `${items} items are followed`);
    const { broken } = await handOverFacts(deployment);
    if (broken.length > 0) throw new Error(broken.join('\n'));
  },
};

export const peer: Service = {
  name: 'peer',
  itemWorkflow: 'handOver',
  async startWorker({ sandbox, temporal, env }) {
    const { craft, tools } = sandbox;
    const { kitemaker } = tools;
    const options: PeerProcess = {
      guideUrl: craft.guideUrl,
      craftKey: craft.apiKey,
      workspaceId: craft.workspaceId,
      toolUrl: kitemaker.baseUrl,
      toolKey: kitemaker.apiKey,
      statusId: kitemaker.spaces[0]?.statuses[1]?.id ?? '',
      address: temporal.address,
      namespace: temporal.namespace,
      taskQueue: PEER_QUEUE,
      databaseUrl: env['DATABASE_URL'] ?? '',
    };
    const files = ['bench/peer/worker.ts', 'bench/peer/activities.ts', 'bench/peer/workflows.ts'] as const;
    const program = await startCompiled([...files], options);
    await program.waitForLine(/^ready$/, 120_000);
    return program.pid;
  },
  startSweep: async ({ temporal }) => {
    await temporal.client.workflow.start('sweep', { taskQueue: PEER_QUEUE, workflowId: `sweep:${randomUUID()}` });
  },
  async untilDone({ temporal }, items) {
    const completed = async (): Promise<boolean> => {
      const query = `WorkflowType = 'handOver' and ExecutionStatus = 'Completed'`;
      return (await temporal.client.workflow.count(query)).count === items;
    };
    await eventually(completed, `${items} hand-overs are completed`);
  },
};

/** Ready items that have what a hand-over needs; one of the seeded ones lacks its description. */
export function completeItems({ sandbox }: TestDeployment): readonly string[] {
  const { craft } = sandbox.world;
  const ready = craft.statusNamed('Ready for Development')?.id;
  const complete = [...craft.items.values()]
    .filter(({ statusId, description }) => statusId === ready && Boolean(description))
    .map(({ id }) => id);
  if (complete.length === 0) throw new Error('no item is ready and complete: ask for more (CRAFTSYNC_BENCH_ITEMS)');
  return complete;
}

/** Until Craft.io shows so many of them locked. Asks nobody: the sandbox is in this process. */
export async function untilLocked(
  { sandbox }: TestDeployment,
  ids: readonly string[],
  count = ids.length,
): Promise<void> {
  const open = new Set(ids);
  const look = async (): Promise<boolean> => {
    for (const id of open) if (isLocked(sandbox, id)) open.delete(id);
    return ids.length - open.size >= count;
  };
  await eventually(look, `${count} items are locked`, GIVES_UP_AFTER_MS);
}
