/**
 * The one-machine stack with a canary in the place of every secret, run through errors that repeat them all: nothing of
 * them is left in what it keeps or shows, and words of items only where design 7 lets them be (I7). Then each kind of
 * leak is planted, and the scan finds it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { kitemakerSigns } from '../../connectors/conformance/kitemaker.js';
import { eventually } from '../../harness/deployment/deployment.js';
import { ITEM_WORDS, startCanaryStack, type CanaryStack } from '../../harness/scan/canaryStack.js';
import { plantLeaks, stateFolderOf } from '../../harness/scan/planted.js';
import { scan } from '../../harness/scan/scan.js';

let canary: CanaryStack;

beforeAll(async () => {
  canary = await startCanaryStack();
}, 240_000);
afterAll(() => canary?.close(), 120_000);

function readyItems(count: number): void {
  for (const id of seedReadyItems(canary.sandbox.world, count))
    canary.sandbox.act({ as: 'product-manager', action: 'edit', id, edit: ITEM_WORDS });
}

/** Side by side, since each waits for the others' calls anyway. */
async function runAll(commands: readonly (readonly string[])[]): Promise<void> {
  await Promise.all(commands.map((args) => canary.run(args)));
}

/** Two items are followed, and a webhook of the tool was believed. */
async function handOver(): Promise<void> {
  const { sandbox, canaries } = canary;
  readyItems(2);
  await canary.run(['sweep', 'mobile']);
  const isFollowed = async () =>
    (await canary.ledger.links.list({ pipeline: 'mobile', phases: ['following'] })).length === 2;
  await eventually(isFollowed, 'the items are followed', 120_000);
  await runAll([['preview', 'mobile'], ['apply'], ['status']]);
  const hook = kitemakerSigns(canaries.CANARY_HOOK);
  const [card] = sandbox.world.tools.kitemaker.side.cards();
  const signed = hook.signed(hook.news(card?.id ?? ''));
  const headers = signed.headers as Record<string, string>;
  expect(await canary.visit('/webhooks/km', { method: 'POST', body: signed.body, headers })).toBe(200);
}

/** Both systems repeat every secret, and what they were sent, in all that they answer; at first to writes alone. */
async function runThroughErrors(): Promise<void> {
  const { sandbox, systems, canaries } = canary;
  const { WRONG_PASSWORD: _unknown, ...known } = canaries;
  const leaked = { secrets: Object.values(known) };
  const [first] = [...sandbox.world.craft.items.values()];
  const item = first?.shortId ?? '';
  systems.leak({ ...leaked, requests: 'writes', answers: 'errors' });
  readyItems(3);
  await runAll([
    ['sweep', 'mobile'],
    ['resync', 'mobile', item],
    ['release', 'mobile', item],
  ]);
  await eventually(async () => systems.answered() >= 4, 'writes were answered by errors', 60_000);
  systems.leak({ ...leaked, requests: 'all', answers: 'errors' });
  readyItems(1);
  await runAll([
    ['sweep', 'mobile', '--json'],
    ['progress', 'km', '--json'],
    ['check'],
    ['check', '--json'],
    ['preview', 'mobile'],
    ['feedback', 'list'],
    ['resync', 'mobile', item],
  ]);
  systems.leak({ ...leaked, requests: 'all', answers: 'unauthorized' });
  await runAll([['check'], ['progress', 'km']]);
  systems.leak({ ...leaked, requests: 'all', answers: 'forbidden' });
  await runAll([['check'], ['preview', 'mobile']]);
  await runAll([
    ['status', 'mobile', item],
    ['status', '--json'],
    ['status', '--budget', '--json'],
    ['log'],
    ['log', '--json'],
  ]);
}

/** Secrets in the wrong settings, in the file and in the environment. */
async function misconfigure(): Promise<void> {
  const { CANARY_CRAFT, CRAFTSYNC_TOKEN, ENCRYPTION_KEY, WRONG_PASSWORD } = canary.canaries;
  const database = `postgres://craftsync:${WRONG_PASSWORD}@127.0.0.1:1/craftsync`;
  const port = new URL(canary.stack.databaseUrl).port;
  await Promise.all([
    ...['info', 'trace'].flatMap((level) => [
      canary.run(['status'], { DATABASE_URL: database, LOG_LEVEL: level }),
      canary.run(['status'], { DATABASE_URL: database.replace(':1/', `:${port}/`), LOG_LEVEL: level }),
      canary.run(['apply'], { TEMPORAL_ADDRESS: '127.0.0.1:1', LOG_LEVEL: level }),
    ]),
    canary.run(['status'], { DATABASE_URL: database.replace(':1/', ':x/') }),
    canary.run(['check'], { CRAFTSYNC_ENCRYPTION_KEYS: `k1:${ENCRYPTION_KEY},k1:${ENCRYPTION_KEY}` }),
    canary.run(['check'], { CRAFTSYNC_ENCRYPTION_KEYS: ENCRYPTION_KEY }),
    canary.run(['check'], { LOG_LEVEL: CANARY_CRAFT, CRAFTSYNC_LISTEN: CRAFTSYNC_TOKEN }),
    canary.run(['status', '--wrong']),
  ]);
  await canary.configure({
    craft: {
      timeout: '${CANARY_CRAFT}',
      baseUrl: '${CANARY_TOOL}',
      dialect: '${CRAFTSYNC_TOKEN}',
      wrong: CANARY_CRAFT,
    },
    km: {
      rateLimit: { perMinute: '${CANARY_HOOK}' },
      webhookSecret: CANARY_CRAFT,
      lateWrite: `${CANARY_CRAFT} seconds`,
    },
    pipeline: { sweepEvery: '${CANARY_TOOL}', progress: { statuses: { '${CANARY_HOOK}': '${CANARY_HOOK}' } } },
  });
  await runAll([['check'], ['check', '--json'], ['apply'], ['preview', 'mobile']]);
  await canary.configure({});
}

/** Strangers at the listener, and its owner. */
async function visitListener(): Promise<void> {
  const { CANARY_HOOK, CRAFTSYNC_TOKEN } = canary.canaries;
  for (const path of ['/', '/metrics', '/readyz', '/healthz', '/items/mobile/none']) {
    expect(await canary.visit(path, { headers: { authorization: `Bearer ${CRAFTSYNC_TOKEN}` } })).toBeLessThan(504);
    await canary.visit(path, { headers: { authorization: `Bearer ${CRAFTSYNC_TOKEN}x` } });
    await canary.visit(`${path}?token=${CRAFTSYNC_TOKEN}`);
  }
  const forged = { 'webhook-signature': `v1,${CANARY_HOOK}`, 'content-type': 'application/json' };
  for (const headers of [forged, { ...forged, 'webhook-id': CANARY_HOOK, 'webhook-timestamp': CANARY_HOOK }])
    await canary.visit('/webhooks/km', { method: 'POST', body: JSON.stringify({ secret: CANARY_HOOK }), headers });
  await canary.visit(`/webhooks/${encodeURIComponent(CANARY_HOOK)}`, { method: 'POST', body: '{' });
}

describe('integration/access/secretScan', { timeout: 1_200_000 }, () => {
  it('finds no secret anywhere, and words of items only in the ledger and preview', async () => {
    await handOver();
    await runThroughErrors();
    await misconfigure();
    await visitListener();
    const all = await canary.everything();
    const { hits, leaks, report } = scan(all, canary.rules());
    process.stdout.write(`${report}\n`);
    expect(leaks).toEqual([]);
    // The errors have come as far as each of these, and the words of the items into the ledger.
    const textOf = (start: string): string =>
      all.flatMap(({ place, text }) => (place.startsWith(start) ? [text] : [])).join();
    for (const start of ['Temporal: histories', 'ledger: sync_log', 'commands: check'])
      expect(textOf(start).includes('[redacted]'), start).toBe(true);
    // Logs do not quote a tool; the alert that it refuses the key says when and by which call.
    expect(textOf('state folder: logs')).toMatch(/The connection \w+ is paused: .* was refused with status 401/);
    expect(hits.map(({ what, place }) => `${what} ${place}`)).toEqual(
      expect.arrayContaining(['title ledger: item_link', 'DATABASE_PASSWORD state folder: stack.json']),
    );
    expect(all.filter(({ place }) => place.startsWith('environment: ')).length).toBeGreaterThan(1);
    expect(textOf('arguments: ')).toContain('temporal');
  });

  it('finds each kind of leak that is planted, in each place', async () => {
    const planted = await plantLeaks(canary, stateFolderOf(canary));
    const { leaks } = scan([...(await canary.everything()), ...planted.places], canary.rules());
    await planted.close();
    // Temporal and Postgres keep what was planted in several of their files.
    const told = leaks.map(({ what, place }) => `${what} in ${place.replace(/(: temporal\.db|: postgres).*/, '$1')}`);
    expect(planted.expected.filter((one) => !told.includes(one))).toEqual([]);
  });
});
