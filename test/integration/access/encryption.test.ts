/**
 * Encryption is turned on and its key changed under running workflows, worker by worker, and nothing stops. What
 * Temporal then keeps can be read by nobody without a key (decision 36).
 */
import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEncryptionKeys } from '../../../config/encryption/keys.js';
import { itemSyncWorkflowId } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import { clientConverter, payloadCodec } from '../../../runtime/temporal/encryption.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { WORKFLOWS_PATH } from '../../../workers/paths.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { never } from '../../harness/deployment/followed.js';
import { handOverFacts } from '../../harness/deployment/handOverCheck.js';
import type { Program } from '../../harness/servers/program.js';

const NAME = 'CRAFTSYNC_ENCRYPTION_KEYS';
const K1 = `k1:${randomBytes(32).toString('base64')}`;
const K2 = `k2:${randomBytes(32).toString('base64')}`;
/** What a run may say of its item: short ids, the field that is missing, states in words. */
const WORDS = /craftItemId|devItemId|Description|devItemKey|In sync/;

let deployment: TestDeployment;
let workers: Program[] = [];

beforeAll(async () => {
  deployment = await startDeployment({ items: 0 });
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

async function start(keys: string | null): Promise<void> {
  workers.push(await deployment.startWorker(keys === null ? {} : { [NAME]: keys }));
}
/** The ones before go one after the other, each with what it holds handed back. */
async function stopOldest(): Promise<void> {
  const [oldest, ...others] = workers;
  workers = others;
  await oldest?.stop();
}

function clientWith(keys: string): Client {
  const { client, namespace } = deployment.temporal;
  return new Client({ connection: client.connection, namespace, dataConverter: clientConverter(read(keys)) });
}
const runOf = (link?: ItemLink): string => itemSyncWorkflowId(link ?? never('no link'));
const read = (keys: string) => readEncryptionKeys(keys, []);

/** How many items were ever handed over. */
let handedOver = 0;

async function handOver(count: number, keys: string | null): Promise<void> {
  handedOver += count;
  seedReadyItems(deployment.sandbox.world, count);
  const { exitCode, stderr } = await deployment.runWith(keys === null ? {} : { [NAME]: keys }, 'sweep', 'mobile');
  expect([exitCode, stderr]).toEqual([0, '']);
  await eventually(async () => {
    const { links } = await handOverFacts(deployment);
    return links.length === handedOver && links.every(({ phase }) => phase === 'following');
  }, 'all items are followed');
}

/** Exit code, and what stderr says. */
async function resync(link: ItemLink | undefined, keys: string): Promise<readonly [number, string]> {
  const { exitCode, stderr } = await deployment.runWith({ [NAME]: keys }, 'resync', 'mobile', link?.craftShortId ?? '');
  return [exitCode, stderr];
}

interface Event {
  readonly type: string;
  readonly payloads: readonly { readonly keyId: string | null; readonly text: string }[];
}

/** The payloads of each event as Temporal keeps them, but for search attributes, which it must read. */
async function kept(workflowId: string): Promise<readonly Event[]> {
  const { events } = await deployment.temporal.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).map((event) => {
    const json = JSON.parse(historyToJSON({ events: [event] })) as { events: [Record<string, unknown>] };
    const payloads: { keyId: string | null; text: string }[] = [];
    JSON.stringify(json, (name, value: unknown) => {
      if (name === 'searchAttributes' || name === 'header') return undefined;
      // The SDK's core notes beside a step's result which step it was, and a patch its name.
      if (['data', 'patch-data'].includes(name) && isObject(value)) return expectNames(value);
      const { metadata, data } = (value ?? {}) as { metadata?: Record<string, string>; data?: string };
      if (metadata?.['encoding'] !== undefined) {
        const keyId = metadata['encryption-key-id'];
        payloads.push({
          keyId: keyId === undefined ? null : Buffer.from(keyId, 'base64').toString(),
          text: Buffer.from(data ?? '', 'base64').toString('latin1'),
        });
      }
      return value;
    });
    return { type: String(json.events[0]['eventType']), payloads };
  });
}

const isObject = (value: unknown): value is { payloads: [{ data: string }] } =>
  typeof value === 'object' && value !== null && 'payloads' in value;

function expectNames({ payloads: [{ data }] }: { payloads: [{ data: string }] }): undefined {
  const noted = JSON.parse(Buffer.from(data, 'base64').toString()) as Record<string, unknown>;
  const known = [
    'seq',
    'attempt',
    'activity_id',
    'activity_type',
    'complete_time',
    'backoff',
    'original_schedule_time',
  ];
  expect([...known, 'id', 'deprecated']).toEqual(expect.arrayContaining(Object.keys(noted)));
}

const keyIds = (events: readonly Event[]): Set<string | null> =>
  new Set(events.flatMap(({ payloads }) => payloads.map(({ keyId }) => keyId)));

describe('integration/access/encryption', { timeout: 240_000 }, () => {
  it('is turned on under running workflows, which go on, and both ends read both', async () => {
    await start(null);
    await handOver(3, null);
    await start(`none,${K1}`);
    await stopOldest();
    await start(K1);
    await handOver(3, K1);
    await stopOldest();
    const { links, broken, devItems } = await handOverFacts(deployment);
    expect([links.length, broken, devItems]).toEqual([6, [], 6]);
    for (const link of links) expect(await resync(link, K1)).toEqual([0, '']);
  });

  it('a new run keeps nothing in Temporal that can be read without the key but its search attributes', async () => {
    const before = new Set((await handOverFacts(deployment)).links.map(({ craftItemId }) => craftItemId));
    await handOver(1, K1);
    const fresh = (await handOverFacts(deployment)).links.find(({ craftItemId }) => !before.has(craftItemId));
    const workflowId = runOf(fresh);
    const events = await kept(workflowId);
    expect(events.flatMap(({ payloads }) => payloads).length).toBeGreaterThan(4);
    expect(keyIds(events)).toEqual(new Set(['k1']));
    expect(events.flatMap(({ payloads }) => payloads.map(({ text }) => text)).join('')).not.toMatch(WORDS);
    const description = await clientWith(K1).workflow.getHandle(workflowId).describe();
    expect(description.memo).toMatchObject({ startedBy: expect.any(String) as unknown });
    await expect(deployment.temporal.client.workflow.getHandle(workflowId).query('status')).rejects.toThrow();
    expect(await clientWith(K1).workflow.getHandle(workflowId).query('status')).toMatchObject({ phase: 'following' });
  });

  it('replays what was recorded while it was turned on', async () => {
    const { links } = await handOverFacts(deployment);
    const [first] = links;
    const workflowId = runOf(first);
    const history = await deployment.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    expect(keyIds(await kept(workflowId))).toEqual(new Set([null, 'k1']));
    const replay = (keys: string): Promise<void> =>
      Worker.runReplayHistory(
        { workflowsPath: WORKFLOWS_PATH, dataConverter: { payloadCodecs: [payloadCodec(read(keys))] } },
        history,
        workflowId,
      );
    await replay(`${K2},${K1}`);
    await expect(replay(K2)).rejects.toThrow(/encrypted with the key k1/);
  });

  it('keeps the words of a failure encrypted, too', async () => {
    const { sandbox, temporal } = deployment;
    sandbox.faults.add({
      rules: [{ mounts: ['kitemaker-rest', 'kitemaker-graphql'], fault: { kind: 'status', status: 503 } }],
    });
    const client = clientWith(K1);
    const options = { taskQueue: 'craftsync', workflowId: 'sweep-of-the-test', args: [{ devTool: 'km' }] };
    const handle = await client.workflow.start('progressSweep', options);
    const { namespace } = temporal;
    const failure = await eventually(async () => {
      const { pendingActivities } = await client.workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId: handle.workflowId },
      });
      return pendingActivities?.[0]?.lastFailure ?? null;
    }, 'the sweep fails for the first time');
    sandbox.faults.clear();
    expect([failure.message, failure.stackTrace]).toEqual(['Encoded failure', '']);
    expect(JSON.stringify(failure)).not.toMatch(/km: |GET |503/);
    const told = await decodeOptionalFailureToOptionalError(clientConverter(read(K1)), failure);
    expect(told?.message).toMatch(/^km: .* 503/);
    await handle.terminate();
  });

  it('a command without the keys says which one it needs, and one with a wrong key so, too', async () => {
    const [link] = (await handOverFacts(deployment)).links;
    expect(await resync(link, '')).toEqual([
      1,
      expect.stringMatching(/encrypted with the key k1, and CRAFTSYNC_ENCRYPTION_KEYS is not set here: set it to/),
    ]);
    const wrong = `none,k1:${randomBytes(32).toString('base64')}`;
    expect(await resync(link, wrong)).toEqual([1, expect.stringMatching(/the key of that name .* does not open it/)]);
  });

  it('changes its key under running workflows: first known everywhere, then first in the list', async () => {
    await start(`${K1},${K2}`);
    await stopOldest();
    await start(`${K2},${K1}`);
    await stopOldest();
    await handOver(2, `${K2},${K1}`);
    const { links, broken } = await handOverFacts(deployment);
    expect([links.length, broken]).toEqual([9, []]);
    for (const link of links) expect(await resync(link, `${K2},${K1}`)).toEqual([0, '']);
  });

  it('a worker without a key leaves a run as it is and says which key it lacks; the next one that has it goes on', async () => {
    await start(null);
    await stopOldest();
    const [link] = (await handOverFacts(deployment)).links;
    const handle = clientWith(`${K2},${K1}`).workflow.getHandle(runOf(link));
    await handle.signal('resync', {});
    const [deaf] = workers;
    await deaf?.waitForLine(/encrypted with the key k[12], and CRAFTSYNC_ENCRYPTION_KEYS is not set here/, 60_000);
    await start(`${K2},${K1}`);
    await stopOldest();
    // Temporal takes no update while it waits, ever longer, to try the failed task again.
    const answered = async (): Promise<boolean> => (await resync(link, `${K2},${K1}`))[0] === 0;
    await eventually(answered, 'the run is resynced', 120_000);
    expect((await handOverFacts(deployment)).broken).toEqual([]);
  });
});
