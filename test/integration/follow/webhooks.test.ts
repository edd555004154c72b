/**
 * Webhooks that are doubled, out of order, replayed, forged, too large, too many or lost, and a killed listener (design
 * 4, Inbox).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { kitemakerSigns } from '../../connectors/conformance/kitemaker.js';
import {
  eventually,
  type ConfigurationChanges,
  type Listener,
  type TestDeployment,
} from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';

const SECRET = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;
const tool = kitemakerSigns(SECRET);
/** No sweep comes in between unless a test asks for one. */
const SELDOM: ConfigurationChanges = {
  km: { progressEvery: '7 days', webhookSecret: SECRET },
  pipeline: { sweepEvery: '7 days', driftEvery: '31 days' },
};

let started: after.Followed;
let deployment: TestDeployment;
let listener: Listener;
let pool: pg.Pool;

beforeAll(async () => {
  started = await after.startFollowed(21, SELDOM);
  ({ deployment } = started);
  listener = await deployment.startListener();
  pool = new pg.Pool({ connectionString: deployment.env['DATABASE_URL'], max: 2 });
  pool.on('error', () => undefined);
}, 120_000);
afterAll(async () => {
  await pool.end();
  await deployment.close();
}, 60_000);

interface Signed {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

function newsOf(link: ItemLink, at?: Date): Signed {
  return tool.signed(tool.news(link.devItemId ?? ''), at);
}

async function post({ headers, body }: Signed, to: string = listener.url): Promise<number> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const answer = await fetch(`${to}/webhooks/km`, { method: 'POST', headers: given as Record<string, string>, body });
  await answer.arrayBuffer();
  return answer.status;
}

async function deliveries(): Promise<{ stored: number; waiting: number }> {
  const { rows } = await pool.query<{ stored: number; waiting: number }>(
    `select count(*)::int as stored, count(*) filter (where handed_on_at is null)::int as waiting from webhook_delivery`,
  );
  return rows[0] ?? after.never('no count');
}

/** Makes waiting deliveries old enough for the programs that look through the inbox. */
async function age(): Promise<void> {
  await pool.query(
    `update webhook_delivery set received_at = received_at - interval '31 seconds', tried_at = null where handed_on_at is null`,
  );
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${listener.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

describe('integration/follow/webhooks', () => {
  it('bring progress without a sweep, each change once, the newest last, however doubled and shuffled they come', async () => {
    const link = started.take();
    const before = await deliveries();
    after.move(deployment, link, 'In Progress');
    const first = newsOf(link);
    expect(await post(first)).toBe(200);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    after.move(deployment, link, 'In Review');
    const second = newsOf(link);
    const answers = await Promise.all(
      [second, first, second, second, first, newsOf(link, new Date(Date.now() - 60_000))].map((one) => post(one)),
    );
    expect(answers).toEqual([200, 200, 200, 200, 200, 200]);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In Review');
    expect(await post(first)).toBe(200);
    await after.update(deployment, link, 'resyncNow');
    expect(after.valuesWritten(deployment, link, 'dev_status')).toEqual(['To do', 'In development', 'In Review']);
    expect((await deliveries()).stored - before.stored).toBe(3);
  }, 60_000);

  it('change nothing when they are forged or replayed, and are counted', async () => {
    const link = started.take();
    const before = await deliveries();
    const refused = 'craftsync_webhook_refused_total{dev_tool="km",reason="signature"}';
    const late = 'craftsync_webhook_refused_total{dev_tool="km",reason="time"}';
    const [forgedBefore, lateBefore] = [await metric(refused), await metric(late)];
    after.move(deployment, link, 'Done');
    const forger = kitemakerSigns(`whsec_${Buffer.from('a guess').toString('base64')}`);
    const real = newsOf(link);
    expect(await post(forger.signed(real.body))).toBe(401);
    expect(await post({ ...real, body: real.body.replace('updated', 'created') })).toBe(401);
    expect(await post({ ...real, headers: { 'content-type': 'application/json' } })).toBe(401);
    expect(await post(newsOf(link, new Date(Date.now() - 600_000)))).toBe(401);
    await sleep(1_500);
    expect(after.craftField(deployment, link, 'dev_status')).toBe('To do');
    expect(await deliveries()).toEqual(before);
    expect((await metric(refused)) - forgedBefore).toBe(2);
    expect((await metric(late)) - lateBefore).toBe(1);
    expect(listener.lines.join('\n')).not.toContain(SECRET);
  }, 60_000);

  it('are refused beyond 1 MiB, and the listener goes on', async () => {
    const huge = tool.signed(JSON.stringify({ id: 'x'.repeat(1_100_000), type: 'WorkItem', event: 'updated' }));
    expect(await post(huge).catch(() => 413)).toBe(413);
    expect((await fetch(`${listener.url}/healthz`)).status).toBe(200);
  }, 30_000);

  it('in a flood are taken or asked to come again, while health answers, and none that was taken is lost', async () => {
    const link = started.take();
    after.move(deployment, link, 'In Progress');
    const before = await deliveries();
    const flood = Array.from({ length: 1_500 }, () => newsOf(link));
    const all = Promise.all(flood.map((one) => post(one).catch(() => 0)));
    expect((await fetch(`${listener.url}/healthz`)).status).toBe(200);
    const answers = await all;
    const taken = answers.filter((status) => status === 200).length;
    expect(answers.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(taken).toBeGreaterThan(0);
    expect((await deliveries()).stored - before.stored).toBe(taken);
    await eventually(async () => (await deliveries()).waiting === 0, 'all have woken their items');
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    expect(after.valuesWritten(deployment, link, 'dev_status')).toEqual(['To do', 'In development']);
  }, 120_000);

  it('that are lost are made up for by the next sweep', async () => {
    const link = started.take();
    after.move(deployment, link, 'In Review');
    await after.sweepProgress(deployment);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In Review');
  }, 60_000);

  it('are not lost by a listener that is killed between storing and waking: another one wakes their items', async () => {
    const link = started.take();
    const doomed = await deployment.startListener({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    after.move(deployment, link, 'In Progress');
    expect(await post(newsOf(link), doomed.url)).toBe(200);
    // It has stored the delivery, and cannot reach Temporal to signal the run.
    await sleep(1_500);
    await doomed.kill();
    expect((await deliveries()).waiting).toBe(1);
    expect(after.craftField(deployment, link, 'dev_status')).toBe('To do');
    await age();
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    await eventually(async () => (await deliveries()).waiting === 0, 'it is marked');
  }, 60_000);

  it('are dealt with by the progress sweep where no listener runs any more', async () => {
    const link = started.take();
    const doomed = await deployment.startListener({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    await listener.stop();
    after.move(deployment, link, 'In Progress');
    expect(await post(newsOf(link), doomed.url)).toBe(200);
    await doomed.kill();
    await age();
    await after.sweepProgress(deployment);
    expect((await deliveries()).waiting).toBe(0);
    await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
    listener = await deployment.startListener();
  }, 60_000);
});
