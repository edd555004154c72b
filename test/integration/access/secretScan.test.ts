/**
 * The one-machine stack with a canary in the place of every secret, run through errors that repeat them all: nothing of
 * them is left in what it keeps or shows, and words of items only where design 7 lets them be (I7). Then each kind of
 * leak is planted, and the scan finds it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readStack, type Stack } from '../../../config/stack.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { kitemakerSigns } from '../../connectors/conformance/kitemaker.js';
import { configurationFor, eventually, runCraftsync } from '../../harness/deployment/deployment.js';
import { never } from '../../harness/deployment/followed.js';
import { startEchoingSystems, type EchoingSystems } from '../../harness/scan/echoingSystems.js';
import * as places from '../../harness/scan/places.js';
import { scan, type Rules, type Scan } from '../../harness/scan/scan.js';
import { startCraftsync, startProgram, type Program } from '../../harness/servers/program.js';

const random = (bytes = 30): string => randomBytes(bytes).toString('base64');
const CANARIES = {
  CANARY_CRAFT: `cr+${random()}/=z`,
  CANARY_TOOL: `km/${random()}+=y`,
  CANARY_HOOK: `whsec_${random()}`,
  CRAFTSYNC_TOKEN: `tok-${randomBytes(24).toString('hex')}`,
  TEMPORAL_API_KEY: `tmprl_${randomBytes(24).toString('hex')}`,
} as const;
const ENCRYPTION_KEY = random(32);
const OTHER_PASSWORD = randomBytes(18).toString('hex');
const ITEM_WORDS = { title: 'Quokkaparade canary', description: 'Xylophonegarden canary' };

/** The ledger holds what was handed over, and what sweeps have read; the log of steps and everything else does not. */
const ITEM_TABLES = /^ledger: (?:item_link|item_detail|item_snapshot)$/;
const PRINTS_ITEMS = /^commands: preview/;
const LEDGER_FILES = /^state folder: postgres\//;

let folder = '';
let state = '';
let sandbox: Sandbox;
let systems: EchoingSystems;
let up: Program;
let stack: Stack;
let temporal: { connection: Connection; client: Client };
let env: Record<string, string> = {};
const shown: places.Place[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'craftsync-scan-'));
  state = join(folder, 'state');
  sandbox = await startSandbox({ port: 0, items: 0 });
  sandbox.world.keys.put({ id: 'craft', key: CANARIES.CANARY_CRAFT });
  sandbox.world.keys.put({ id: 'kitemaker', key: CANARIES.CANARY_TOOL });
  systems = await startEchoingSystems(() => new URL(sandbox.craft.guideUrl).origin);
  const configPath = join(folder, 'craftsync.yaml');
  await writeFile(configPath, stringify(configuration()), { mode: 0o600 });
  env = {
    ...CANARIES,
    CRAFTSYNC_ENCRYPTION_KEYS: `none,k1:${ENCRYPTION_KEY}`,
    CRAFTSYNC_CONFIG: configPath,
    CRAFTSYNC_STATE: state,
    NO_COLOR: '1',
  };
  const ports = ['--temporal-port', '0', '--ui-port', '0', '--listen-port', '0'];
  const none = { DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined };
  up = await startCraftsync(['up', '--no-sandbox', ...ports], { cwd: folder, env: { ...none, ...env } });
  await up.waitForLine(/^ready/, 180_000);
  stack = readStack(state) ?? never('no stack.json');
  const connection = await Connection.connect({ address: stack.temporalAddress });
  temporal = { connection, client: new Client({ connection, namespace: 'default' }) };
}, 240_000);

afterAll(async () => {
  await temporal.connection.close();
  await up.stop();
  await systems.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

function configuration(): object {
  const through = (url: string): string => url.replace(new URL(url).origin, systems.url);
  const { craft, tools } = sandbox;
  return configurationFor(sandbox, {
    craft: { baseUrl: through(craft.guideUrl), apiKey: '${CANARY_CRAFT}', rateLimit: { perMinute: 600, burst: 20 } },
    km: {
      baseUrl: through(tools.kitemaker.baseUrl),
      graphqlUrl: through(tools.kitemaker.graphqlUrl),
      apiKey: '${CANARY_TOOL}',
      webhookSecret: '${CANARY_HOOK}',
    },
  });
}

const databasePassword = (): string => decodeURIComponent(new URL(stack.databaseUrl).password);

function rules(): Rules {
  const secrets = Object.entries({
    ...CANARIES,
    ENCRYPTION_KEY,
    OTHER_PASSWORD,
    DATABASE_PASSWORD: databasePassword(),
  });
  return {
    secrets: secrets.map(([name, value]) => ({ name, value })),
    itemWords: Object.entries(ITEM_WORDS).map(([name, value]) => ({ name, value })),
    mayHoldItems: (place) => ITEM_TABLES.test(place) || PRINTS_ITEMS.test(place) || LEDGER_FILES.test(place),
    // The other commands find the database by it; its owner alone may read it.
    mayHold: (secret, place) => secret === 'DATABASE_PASSWORD' && place === 'state folder: stack.json',
  };
}

async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout, stderr } = await runCraftsync(args, { ...env, ...more });
  shown.push({ place: `commands: ${args.join(' ')}`, text: `${stdout}\n${stderr}` });
  return stdout;
}

async function visit(path: string, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(`${stack.listenUrl ?? ''}${path}`, init);
  const heads = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  shown.push({ place: `pages: ${path}`, text: `${heads}\n${await answer.text()}` });
  return answer.status;
}

/** Hands over two items, then both systems repeat every secret in all that they answer. */
async function runThroughErrors(): Promise<void> {
  for (const id of seedReadyItems(sandbox.world, 2))
    sandbox.act({ as: 'product-manager', action: 'edit', id, edit: ITEM_WORDS });
  await run(['sweep', 'mobile']);
  await eventually(async () => (await run(['status'])).includes('following'), 'the items are followed', 90_000);
  await run(['preview', 'mobile']);
  const [first] = [...sandbox.world.craft.items.values()];
  const hook = kitemakerSigns(CANARIES.CANARY_HOOK);
  const cards = sandbox.world.tools.kitemaker.side.cards();
  const signed = hook.signed(hook.news(cards[0]?.id ?? ''));
  const post = { method: 'POST', body: signed.body };
  expect(await visit('/webhooks/km', { ...post, headers: signed.headers as Record<string, string> })).toBe(200);
  systems.leak([...Object.values(CANARIES), ENCRYPTION_KEY, OTHER_PASSWORD, databasePassword()]);
  for (const id of seedReadyItems(sandbox.world, 2))
    sandbox.act({ as: 'product-manager', action: 'edit', id, edit: ITEM_WORDS });
  await run(['sweep', 'mobile']);
  for (const args of [
    ['progress', 'km'],
    ['check'],
    ['check', '--json'],
    ['preview', 'mobile'],
    ['resync', 'mobile', first?.shortId ?? ''],
    ['status'],
    ['status', '--json'],
    ['log', '--json'],
    ['apply'],
  ])
    await run(args);
}

/** Wrong settings and strangers. */
async function misuse(): Promise<void> {
  const database = `postgres://craftsync:${OTHER_PASSWORD}@127.0.0.1:1/craftsync`;
  await run(['status'], { DATABASE_URL: database });
  await run(['status'], { DATABASE_URL: database.replace(':1/', ':x/') });
  await run(['apply'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  await run(['check'], { CRAFTSYNC_ENCRYPTION_KEYS: `k1:${ENCRYPTION_KEY},k1:${ENCRYPTION_KEY}` });
  await run(['check'], { LOG_LEVEL: CANARIES.CANARY_CRAFT, CRAFTSYNC_LISTEN: CANARIES.CRAFTSYNC_TOKEN });
  await run(['status', '--wrong', CANARIES.CANARY_TOOL.slice(0, 4)]);
  const { CANARY_HOOK, CRAFTSYNC_TOKEN } = CANARIES;
  for (const path of ['/', '/metrics', '/readyz']) {
    expect(await visit(path, { headers: { authorization: `Bearer ${CRAFTSYNC_TOKEN}` } })).toBeLessThan(504);
    expect(await visit(path, { headers: { authorization: `Bearer ${CRAFTSYNC_TOKEN}x` } })).toBe(401);
  }
  const forged = { 'webhook-signature': `v1,${CANARY_HOOK}`, 'content-type': 'application/json' };
  await visit('/webhooks/km', { method: 'POST', body: JSON.stringify({ secret: CANARY_HOOK }), headers: forged });
}

async function everything(): Promise<readonly places.Place[]> {
  const processes = places.processesBelow(up.pid);
  return [
    ...(await places.temporalPlaces(temporal.client)),
    ...(await places.ledgerPlaces(stack.databaseUrl)),
    ...places.filePlaces(state),
    ...places.argumentPlaces(processes),
    ...places.environmentPlaces(processes),
    { place: 'logs of all processes, as up prints them', text: up.lines.join('\n') },
    ...shown,
  ];
}

const scanned = async (): Promise<Scan> => scan(await everything(), rules());

describe('integration/access/secretScan', { timeout: 300_000 }, () => {
  it('finds no secret anywhere, and words of items only in the ledger and preview', async () => {
    await runThroughErrors();
    await misuse();
    const result = await scanned();
    process.stdout.write(`${result.report}\n`);
    expect(result.leaks).toEqual([]);
    const all = (await everything()).map(({ place, text }) => [place, text] as const);
    const textOf = (start: string): string =>
      all.flatMap(([place, text]) => (place.startsWith(start) ? [text] : [])).join();
    // The errors have come as far as each of these, and the words of the items into the ledger.
    for (const start of ['Temporal: histories', 'ledger: sync_log', 'commands: check', 'state folder: logs'])
      expect(textOf(start), start).toContain('[redacted]');
    expect(result.hits.map(({ what, place }) => `${what} ${place}`)).toEqual(
      expect.arrayContaining(['title ledger: item_link', 'DATABASE_PASSWORD state folder: stack.json']),
    );
    expect(all.filter(([place]) => place.startsWith('environment: ')).length).toBeGreaterThan(1);
    expect(textOf('arguments: ')).toContain('temporal');
  });

  it('finds each kind of leak that is planted', async () => {
    const { CANARY_CRAFT, CANARY_TOOL, CRAFTSYNC_TOKEN } = CANARIES;
    const hex = Buffer.from(CANARY_CRAFT).toString('hex');
    const { client } = temporal;
    const on = { taskQueue: 'nobody', args: [{ deep: [Buffer.from(CANARY_TOOL).toString('base64')] }] };
    await client.workflow.start('planted', {
      ...on,
      workflowId: 'planted',
      memo: { hint: hex.slice(0, 40) },
      staticSummary: `about ${CRAFTSYNC_TOKEN.slice(6, 16)}`,
      searchAttributes: { CraftsyncItem: [CANARY_CRAFT.slice(4, 14)] },
    });
    await client.workflow.getHandle('planted').signal('told', { title: ITEM_WORDS.title });
    const action = {
      type: 'startWorkflow' as const,
      workflowType: 'planted',
      taskQueue: 'nobody',
      args: [CANARY_TOOL],
    };
    await client.schedule.create({ scheduleId: 'planted', action, spec: {}, state: { paused: true } });
    const own = new pg.Client({ connectionString: stack.databaseUrl, application_name: CANARY_CRAFT.slice(0, 20) });
    own.on('error', () => undefined);
    await own.connect();
    await own.query(
      `insert into sync_log (at, pipeline_id, step, outcome, attempt, detail) values (now(), 'mobile', 'check', 'failed', 1, $1), (now(), 'mobile', 'check', 'failed', 1, $2)`,
      [encodeURIComponent(encodeURIComponent(CANARY_CRAFT)), ITEM_WORDS.description],
    );
    await writeFile(join(state, 'logs', 'planted.log'), `{"msg":"x ${JSON.stringify(ITEM_WORDS.title)}"}`);
    await writeFile(join(state, 'planted.db'), Buffer.concat([randomBytes(2_000_000), Buffer.from(CANARY_TOOL)]));
    const idle = 'setTimeout(() => undefined, 60_000)';
    const withKey = startProgram({
      command: process.execPath,
      args: ['-e', idle, '--', 'temporal server', CANARY_TOOL],
      env: { PLANTED: `${CANARY_CRAFT.slice(0, 12)}` },
    });
    const planted = places.processesBelow(withKey.pid);
    const extra = [
      ...places.argumentPlaces(planted).map((one) => ({ ...one, place: 'arguments: planted' })),
      ...places.environmentPlaces(planted).map((one) => ({ ...one, place: 'environment: planted' })),
      { place: 'pages: planted', text: `<p>${CANARY_CRAFT.replaceAll('/', '&#x2f;').slice(0, 30)}</p>` },
      { place: 'commands: planted', text: `no ${CRAFTSYNC_TOKEN.slice(4, 12).toUpperCase()}` },
      { place: 'commands: status planted', text: ITEM_WORDS.title },
      { place: 'Temporal: current details, planted', text: JSON.stringify({ currentDetails: CANARY_TOOL }) },
    ];
    const { leaks } = scan([...(await everything()), ...extra], rules());
    await Promise.all([own.end(), withKey.kill()]);
    expect([...new Set(leaks.map(({ what, place }) => `${what} in ${place}`))].sort()).toEqual(
      [
        'CANARY_CRAFT in Postgres: connections and statements',
        'CANARY_CRAFT in Temporal: histories, payloads decoded',
        'CANARY_CRAFT in Temporal: visibility, search attributes, memos',
        'CANARY_CRAFT in Temporal: descriptions, pending failures',
        'CANARY_CRAFT in environment: planted',
        'CANARY_CRAFT in ledger: sync_log',
        'CANARY_CRAFT in pages: planted',
        'CANARY_TOOL in Temporal: current details, planted',
        'CANARY_TOOL in Temporal: histories, payloads decoded',
        'CANARY_TOOL in Temporal: schedules',
        'CANARY_TOOL in arguments: planted',
        'CANARY_TOOL in state folder: planted.db',
        'CRAFTSYNC_TOKEN in Temporal: descriptions, pending failures',
        'CRAFTSYNC_TOKEN in Temporal: histories, payloads decoded',
        'CRAFTSYNC_TOKEN in commands: planted',
        'description in ledger: sync_log',
        'title in Temporal: histories, payloads decoded',
        'title in commands: status planted',
        'title in state folder: logs/planted.log',
        // Temporal and Postgres keep what was planted in their files.
        ...leaks
          .map(({ what, place }) => `${what} in ${place}`)
          .filter((line) => /state folder: (?:temporal\.db|postgres\/)/.test(line)),
      ]
        .sort()
        .filter((line, at, all) => all.indexOf(line) === at),
    );
    expect(leaks.some(({ place }) => place.startsWith('state folder: temporal.db'))).toBe(true);
    expect(leaks.some(({ place }) => place.startsWith('state folder: postgres/'))).toBe(true);
  });
});
