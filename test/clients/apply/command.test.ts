import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SearchAttributePair } from '@temporalio/common';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SEARCH_ATTRIBUTES } from '../../../domain/searchAttributes.js';
import { createLedger } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/ledger.js';
import { freshDatabase, type FreshDatabase } from '../../harness/servers/database.js';
import { freshNamespace, type FreshNamespace } from '../../harness/servers/temporal.js';
import { CREATE } from '../../fixtures/ledger.js';
import { runCommand, type CommandResult } from '../../harness/runCommand.js';

const ITEM = '2305843010635321210';

/** Nothing listens at these addresses: `apply` calls no outside system. */
function yaml(pipelines: Record<string, { space?: string; done?: string; workspace?: string; more?: string }>): string {
  const sections = Object.entries(pipelines).map(
    ([name, { space = 'space-a', done = 'Done', workspace = '1', more = '' }]) => `
  ${name}:
    source: { workspace: "${workspace}" }
    ready: { status: Ready }
    target: { devTool: km, spaceId: "${space}", statusId: "todo" }
    fields: { title: "{title}", description: { from: description } }
    progress: { field: dev_status, statuses: { Done: "${done}" }, doneWhen: ["${done}"] }
    lock: { field: dev_lock, value: View only }${more}`,
  );
  return `craft: { baseUrl: "http://127.0.0.1:9", dialect: guide, apiKey: craft-key-1 }
devTools:
  km: { type: kitemaker, baseUrl: "http://127.0.0.1:9", apiKey: km-key-1 }
pipelines:${sections.join('')}
`;
}

describe('clients/apply/command', () => {
  let temporal: FreshNamespace;
  let database: FreshDatabase;
  let folder: string;
  let ledger: Ledger;

  beforeEach(async () => {
    [temporal, database, folder] = await Promise.all([
      freshNamespace(),
      freshDatabase(),
      mkdtemp(join(tmpdir(), 'craftsync-apply-')),
    ]);
    ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
  });

  afterEach(async () => {
    await ledger.close();
    await Promise.all([temporal.close(), database.drop(), rm(folder, { recursive: true })]);
  });

  const environment = () => ({
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    CRAFTSYNC_STATE: folder,
  });

  async function apply(pipelines: Parameters<typeof yaml>[0], ...flags: string[]): Promise<CommandResult> {
    await writeFile(join(folder, 'craftsync.yaml'), yaml(pipelines), { mode: 0o600 });
    return runCommand(['apply', ...flags], environment(), folder);
  }

  /** A row that is followed, as after a hand-over. */
  async function follow(pipeline: string, craftItemId = ITEM, devItemId = `dev-${craftItemId}`): Promise<void> {
    const item = { pipeline, craftItemId };
    await ledger.links.begin(item, { devTool: 'km', craftShortId: `S-${craftItemId.slice(-2)}`, craftUrl: null });
    const { token } = await ledger.leases.take(item, 5_000);
    await ledger.leases.noteSent(item, token, CREATE);
    const updatedAt = '2026-01-01T00:00:00.000Z';
    const devItem = {
      id: devItemId,
      key: 'KM-1',
      url: null,
      scope: 'space-a',
      status: 'Done',
      updatedAt,
      createdAt: null,
    };
    await ledger.pairings.storeDevItem(item, token, devItem);
    const handedOver = { values: {}, lockField: 'View only', lockStatus: null };
    await ledger.pushes.storeLock(item, token, { handedOver, fingerprint: 'f', lastProgress: { dev_status: 'Done' } });
  }

  async function signalsOf(workflowId: string): Promise<readonly { name: string; input: unknown }[]> {
    const { events } = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
      const data = signal?.input?.payloads?.[0]?.data;
      const input: unknown = data ? JSON.parse(Buffer.from(data).toString()) : null;
      return signal ? [{ name: signal.signalName ?? '', input }] : [];
    });
  }

  async function startRun(typedSearchAttributes: SearchAttributePair[] = []): Promise<void> {
    const args = [{ pipeline: 'mobile', craftItemId: ITEM }];
    const options = { workflowId: `item-sync:mobile:${ITEM}`, taskQueue: 'craftsync', args, typedSearchAttributes };
    await temporal.client.workflow.start('itemSync', options);
  }

  async function isRunning(workflowId: string): Promise<string> {
    return temporal.client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        ({ status }) => status.name,
        () => 'NONE',
      );
  }

  it('says what it changed, and the second time that there is nothing to change', async () => {
    const first = await apply({ mobile: {} });
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('ledger: applied 0001_links_and_log');
    expect(first.out).toContain('schedule: created ready-sweep:mobile, every 1 hour');
    expect(first.out).toContain('schedule: created progress-sweep:km, every 5 minutes');
    const second = await apply({ mobile: {} });
    expect(second.out).toMatch(/^nothing to change: 3 schedules and the ledger are as /);
  });

  it('registers missing search attributes, and does not end before they can be used', async () => {
    const bare = await freshNamespace({ searchAttributes: false });
    try {
      await writeFile(join(folder, 'craftsync.yaml'), yaml({ mobile: {} }), { mode: 0o600 });
      const result = await runCommand(['apply'], { ...environment(), TEMPORAL_NAMESPACE: bare.namespace }, folder);
      expect(result.out).toContain('search attributes: registered CraftsyncPipeline, CraftsyncItem, CraftsyncPhase');
      await expect(
        bare.client.workflow.count("CraftsyncPhase = 'blocked' AND CraftsyncDrift = true"),
      ).resolves.toBeDefined();
    } finally {
      await bare.close();
    }
  }, 120_000);

  it('refuses an attribute of another type, and prints the command that helps', async () => {
    const bare = await freshNamespace({ searchAttributes: false });
    try {
      const { connection } = bare.client;
      const searchAttributes = { CraftsyncDrift: 1 };
      await connection.operatorService.addSearchAttributes({ namespace: bare.namespace, searchAttributes });
      await writeFile(join(folder, 'craftsync.yaml'), yaml({ mobile: {} }), { mode: 0o600 });
      const result = await runCommand(['apply'], { ...environment(), TEMPORAL_NAMESPACE: bare.namespace }, folder);
      expect(result.code).toBe(1);
      expect(result.err).toContain('CraftsyncDrift exists with another type than Bool');
      expect(result.out).toContain('temporal operator search-attribute remove');
    } finally {
      await bare.close();
    }
  }, 120_000);

  it('deletes the schedules of a pipeline that was removed, and wakes its items', async () => {
    await apply({ mobile: {}, web: { workspace: '2' } });
    await follow('web');
    const result = await apply({ mobile: {} });
    expect(result.out).toContain('schedule: deleted ready-sweep:web');
    expect(result.out).toContain('removed: web is no longer configured; 1 live item woken');
    expect(await signalsOf(`item-sync:web:${ITEM}`)).toMatchObject([{ name: 'resync' }]);
  });

  it('wakes the items of a pipeline that is back', async () => {
    await apply({ mobile: {}, web: { workspace: '2' } });
    await follow('web');
    await ledger.phases.set({ pipeline: 'web', craftItemId: ITEM }, { phase: 'paused', blockedBy: 'pipeline-removed' });
    const gone = await apply({ mobile: {} });
    expect(gone.out).not.toContain('removed:');
    const result = await apply({ mobile: {}, web: { workspace: '2' } });
    expect(result.out).toContain('restored: web is configured again; 1 item woken');
  });

  it('refuses what looks like a rename, changes nothing, and names both ways out', async () => {
    await apply({ mobile: {} });
    const result = await apply({ app: {} });
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.err).toContain('apply --rename mobile=app');
    expect(result.err).toContain('apply --accept');
    await expect(temporal.client.schedule.getHandle('ready-sweep:mobile').describe()).resolves.toBeDefined();
  });

  it('moves the links with --rename: the old run is ended, the new one started, nothing left behind', async () => {
    await apply({ mobile: {} });
    await follow('mobile');
    await follow('mobile', '99');
    await ledger.phases.set({ pipeline: 'mobile', craftItemId: '99' }, { phase: 'released' });
    await apply({ mobile: { done: 'Shipped' } });
    const result = await apply({ app: { done: 'Shipped' } }, '--rename', 'mobile=app');
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(result.out).toContain('renamed: mobile is now app; 2 links moved, 1 of them running again');
    expect(await isRunning(`item-sync:mobile:${ITEM}`)).toBe('TERMINATED');
    expect(await isRunning(`item-sync:app:${ITEM}`)).toBe('RUNNING');
    expect(await isRunning('item-sync:app:99')).toBe('NONE');
    expect(await ledger.links.list({ pipeline: 'mobile' })).toEqual([]);
    expect(await ledger.links.get({ pipeline: 'app', craftItemId: ITEM })).toMatchObject({
      devItemKey: 'KM-1',
      phase: 'following',
    });
    const again = await apply({ app: { done: 'Shipped' } }, '--rename', 'mobile=app');
    expect(again.out).toMatch(/^nothing to change/);
  });

  it('ends a run that news started again under the old name while --rename moved the links', async () => {
    await apply({ mobile: {} });
    await follow('mobile');
    const sql = new pg.Pool({ connectionString: database.url });
    const holder = await sql.connect();
    // The runs under the old name have been ended, and the rows are about to move.
    await holder.query('begin; select from item_link for update');
    const renaming = apply({ app: {} }, '--rename', 'mobile=app');
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await expect.poll(async () => (await sql.query(waits)).rowCount).toBe(1);
    await startRun();
    await holder.query('commit');
    holder.release();
    await sql.end();
    expect(await renaming).toMatchObject({ code: 0, err: '' });
    expect(await isRunning(`item-sync:mobile:${ITEM}`)).toBe('TERMINATED');
    expect(await isRunning(`item-sync:app:${ITEM}`)).toBe('RUNNING');
  }, 60_000);

  it('refuses an empty ledger beside runs that have a dev item, unless that is accepted', async () => {
    await apply({ mobile: {} });
    await startRun([
      { key: SEARCH_ATTRIBUTES.pipeline, value: 'mobile' },
      { key: SEARCH_ATTRIBUTES.devItem, value: 'KM-1' },
    ]);
    const refused = /no item of pipeline mobile, but Temporal shows 1 run of it .*DATABASE_URL.*apply --accept/;
    await expect.poll(async () => (await apply({ mobile: {} })).err).toMatch(refused);
    expect(await apply({ mobile: {} }, '--accept')).toMatchObject({ code: 0 });
  });

  it('refuses to rename while the outcome of a create is not known, and leaves its run alone', async () => {
    await apply({ mobile: {} });
    const item = { pipeline: 'mobile', craftItemId: '7' };
    await ledger.links.begin(item, { devTool: 'km', craftShortId: null, craftUrl: null });
    const { token } = await ledger.leases.take(item, 5_000);
    await ledger.leases.noteSent(item, token, CREATE);
    const result = await apply({ app: {} }, '--rename', 'mobile=app');
    expect(result.code).toBe(1);
    expect(result.err).toContain('1 item of mobile (7) waits for the outcome of a create');
    expect(await ledger.links.get(item)).not.toBeNull();
    expect(await ledger.renaming.renamePipeline('mobile', 'app')).toMatchObject({ status: 'creating' });
  });

  it('refuses a changed target while items are linked; --accept leaves them where they are', async () => {
    await apply({ mobile: {} });
    expect(await apply({ mobile: { space: 'space-b' } })).toMatchObject({ code: 0 });
    await follow('mobile');
    const refused = await apply({ mobile: { space: 'space-c' } });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('pipelines.mobile.target changed while 1 item of it is linked');
    expect(await apply({ mobile: { space: 'space-c' } }, '--accept')).toMatchObject({ code: 0 });
    expect((await apply({ mobile: { space: 'space-c' } })).out).toMatch(/^nothing to change/);
  });

  it('wakes exactly the items that a changed mapping changes, with what the ledger knows', async () => {
    await apply({ mobile: {} });
    await follow('mobile');
    await follow('mobile', '99');
    await ledger.phases.patch(
      { pipeline: 'mobile', craftItemId: '99' },
      { devStatus: 'Backlog', lastProgress: { dev_status: 'Backlog' } },
    );
    const result = await apply({ mobile: { done: 'Shipped' } });
    expect(result.out).toContain('progress: the mapping of mobile changed; 1 item woken');
    const snapshot = { id: `dev-${ITEM}`, key: 'KM-1', status: 'Done', fromLedger: true };
    expect(await signalsOf(`item-sync:mobile:${ITEM}`)).toMatchObject([
      { name: 'devItemChanged', input: { snapshot } },
    ]);
    expect(await isRunning('item-sync:mobile:99')).toBe('NONE');
  });

  it('starts the run of a live row again that was lost, once nothing touched the row for ten minutes', async () => {
    await apply({ mobile: {} });
    await follow('mobile');
    expect((await apply({ mobile: {} })).out).toMatch(/^nothing to change/);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("update item_link set updated_at = now() - interval '11 minutes'");
    await client.end();
    expect((await apply({ mobile: {} })).out).toContain('started again: 1 item of mobile');
    expect(await isRunning(`item-sync:mobile:${ITEM}`)).toBe('RUNNING');
  });

  it('--accept takes effect while a comparison that has failed is tried again, and says when one is only under way', async () => {
    await apply({ mobile: {} });
    const item = { pipeline: 'mobile', craftItemId: ITEM };
    await ledger.links.begin(item, { devTool: 'km', craftShortId: 'S-1', craftUrl: null });
    await ledger.phases.set(item, { phase: 'blocked', blockedBy: 'bad-answer' });
    const compare = async () => {
      const claiming = await ledger.continuity.claim('mobile', 'km', 60_000);
      if (claiming.status === 'busy') throw new Error('somebody else compares');
      return claiming.claim;
    };
    const first = await compare();
    const early = await apply({ mobile: {} }, '--accept');
    expect(early.err + early.out).toMatch(
      /mobile: what km holds has been for \d+ seconds? compared.*--accept overrides only/,
    );
    await ledger.continuity.fail(first, 0, { reason: 'bad-answer', why: 'there are items that cannot be read' });
    await compare();
    const noted = await apply({ mobile: {} });
    expect(noted.err + noted.out).toMatch(/mobile: nothing is created.*cannot be read.*apply --accept/);
    const accepted = await apply({ mobile: {} }, '--accept');
    expect(accepted.out).toMatch(/accepted: km holds nothing of mobile.*\n.*told 1 item that waited for it/);
    expect(await ledger.continuity.openComparisons()).toEqual([]);
    expect(await isRunning(`item-sync:mobile:${ITEM}`)).toBe('RUNNING');
  });

  it('leaves alone a schedule that somebody else created under one of our ids', async () => {
    await temporal.client.schedule.create({
      scheduleId: 'ready-sweep:mobile',
      spec: { intervals: [{ every: 3_600_000 }] },
      action: { type: 'startWorkflow', workflowType: 'theirs', taskQueue: 'theirs' },
    });
    const result = await apply({ mobile: {} });
    expect(result.code).toBe(1);
    expect(result.err).toContain('a schedule ready-sweep:mobile exists');
  });
});
