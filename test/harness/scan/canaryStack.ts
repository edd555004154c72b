/**
 * The one-machine stack with a canary in the place of every secret, before two systems that can be made to repeat all
 * of them, and a record of all that commands and the listener have shown.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { readStack, type Stack } from '../../../config/stack.js';
import { createLedger } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/ledger.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { configurationFor, runCraftsync } from '../deployment/deployment.js';
import { never } from '../deployment/followed.js';
import { startCraftsync, type Program } from '../servers/program.js';
import { startEchoingSystems, type EchoingSystems } from './echoingSystems.js';
import * as places from './places.js';
import type { Rules } from './scan.js';

const random = (bytes = 30): string => randomBytes(bytes).toString('base64');

export interface Canaries {
  readonly CANARY_CRAFT: string;
  readonly CANARY_TOOL: string;
  readonly CANARY_HOOK: string;
  readonly CRAFTSYNC_TOKEN: string;
  readonly TEMPORAL_API_KEY: string;
  /** The key of `CRAFTSYNC_ENCRYPTION_KEYS`. */
  readonly ENCRYPTION_KEY: string;
  /** Of the stack's own Postgres, which the stack has made. */
  readonly DATABASE_PASSWORD: string;
  /** That a command is given by mistake; no other process has heard of it. */
  readonly WRONG_PASSWORD: string;
}

export const ITEM_WORDS = { title: 'Quokkaparade canary', description: 'Xylophonegarden canary' } as const;

export interface CanaryStack {
  readonly sandbox: Sandbox;
  readonly systems: EchoingSystems;
  readonly stack: Stack;
  readonly client: Client;
  readonly ledger: Ledger;
  readonly canaries: Canaries;
  /** `craftsync <args>`; resolves with its stdout. What it writes is looked through. */
  run(args: readonly string[], more?: Readonly<Record<string, string>>): Promise<string>;
  /** Asks the listener; resolves with the status. What it answers is looked through. */
  visit(path: string, init?: RequestInit): Promise<number>;
  /** Writes the configuration with a change, for the next commands and the running processes. */
  configure(changes: Parameters<typeof configurationFor>[1]): Promise<void>;
  everything(): Promise<readonly places.Place[]>;
  rules(): Rules;
  close(): Promise<void>;
}

/** The ledger holds what was handed over, and what sweeps have read; the log of steps and everything else does not. */
const MAY_HOLD_ITEMS = [
  /^ledger: (?:item_link|item_detail|item_snapshot)$/,
  /^state folder: postgres\//,
  /^commands: preview/,
];
/** Its owner alone may read them; the other commands find the database by them. */
const KEPT = ['state folder: stack.json', 'state folder: postgres/password'];

export async function startCanaryStack(): Promise<CanaryStack> {
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-scan-'));
  const state = join(folder, 'state');
  const given = {
    CANARY_CRAFT: `cr+${random()}/=z`,
    CANARY_TOOL: `km/${random()}+=y`,
    CANARY_HOOK: `whsec_${random()}`,
    CRAFTSYNC_TOKEN: `tok-${randomBytes(24).toString('hex')}`,
    TEMPORAL_API_KEY: `tmprl_${randomBytes(24).toString('hex')}`,
  };
  const own = { ENCRYPTION_KEY: random(32), WRONG_PASSWORD: randomBytes(18).toString('hex') };
  const { sandbox, systems } = await startOtherSide(given);
  const configPath = join(folder, 'craftsync.yaml');
  const configure: CanaryStack['configure'] = (changes) =>
    writeFile(configPath, stringify(configurationOf(sandbox, systems, changes)), { mode: 0o600 });
  await configure({});
  const env = {
    ...given,
    CRAFTSYNC_ENCRYPTION_KEYS: `none,k1:${own.ENCRYPTION_KEY}`,
    CRAFTSYNC_CONFIG: configPath,
    CRAFTSYNC_STATE: state,
    NO_COLOR: '1',
  };
  const closeOtherSide = async (): Promise<void> => {
    await systems.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  };
  const up = await startUp(folder, env).catch(async (error: unknown) => {
    await closeOtherSide();
    throw error;
  });
  const stack = readStack(state) ?? never('no stack.json');
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const client = new Client({ connection, namespace: 'default' });
  const ledger = createLedger({ databaseUrl: stack.databaseUrl, applicationName: 'test' });
  const canaries = { ...given, ...own, DATABASE_PASSWORD: decodeURIComponent(new URL(stack.databaseUrl).password) };
  const shown: places.Place[] = [];
  return {
    ...{ sandbox, systems, stack, client, ledger, canaries, configure },
    async run(args, more = {}) {
      const { stdout, stderr } = await runCraftsync(args, { ...env, ...more });
      shown.push({ place: `commands: ${args.join(' ')}`, text: `${stdout}\n${stderr}` });
      return stdout;
    },
    async visit(path, init = {}) {
      const answer = await fetch(`${stack.listenUrl ?? ''}${path}`, init);
      const heads = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      shown.push({ place: `pages: ${named(path)}`, text: `${heads}\n${await answer.text()}` });
      return answer.status;
    },
    everything: async () => [...(await keptBy(up, client, stack, state)), ...shown],
    rules: () => rulesFor(canaries),
    async close() {
      await ledger.close();
      await connection.close();
      await up.stop();
      await closeOtherSide();
    },
  };
}

/** A report shows no canary: neither what stands after the path, nor a name of a tool that is none. */
const named = (path: string): string => path.replace(/\?.*|(?<=^\/webhooks\/)whsec_.*/, '…');

type Keys = Pick<Canaries, 'CANARY_CRAFT' | 'CANARY_TOOL'>;

async function startOtherSide(keys: Keys): Promise<{ sandbox: Sandbox; systems: EchoingSystems }> {
  const sandbox = await startSandbox({ port: 0, items: 0 });
  sandbox.world.keys.put({ id: 'craft', key: keys.CANARY_CRAFT });
  sandbox.world.keys.put({ id: 'kitemaker', key: keys.CANARY_TOOL });
  return { sandbox, systems: await startEchoingSystems(() => new URL(sandbox.craft.guideUrl).origin) };
}

/** The log of every process says all that it can. */
async function startUp(folder: string, env: Readonly<Record<string, string>>): Promise<Program> {
  const ports = ['--temporal-port', '0', '--ui-port', '0', '--listen-port', '0'];
  const none = { DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined };
  const up = await startCraftsync(['up', '--no-sandbox', ...ports], {
    cwd: folder,
    env: { ...none, ...env, LOG_LEVEL: 'trace' },
  });
  await up.waitForLine(/^ready/, 180_000);
  return up;
}

function configurationOf(
  sandbox: Sandbox,
  systems: EchoingSystems,
  changes: Parameters<typeof configurationFor>[1],
): object {
  const through = (url: string): string => url.replace(new URL(url).origin, systems.url);
  const { craft, tools } = sandbox;
  return configurationFor(sandbox, {
    ...changes,
    craft: {
      baseUrl: through(craft.guideUrl),
      apiKey: '${CANARY_CRAFT}',
      rateLimit: { perMinute: 600, burst: 20 },
      ...changes.craft,
    },
    km: {
      baseUrl: through(tools.kitemaker.baseUrl),
      graphqlUrl: through(tools.kitemaker.graphqlUrl),
      apiKey: '${CANARY_TOOL}',
      webhookSecret: '${CANARY_HOOK}',
      ...changes.km,
    },
  });
}

async function keptBy(up: Program, client: Client, stack: Stack, state: string): Promise<readonly places.Place[]> {
  const processes = places.processesBelow(up.pid);
  return [
    ...(await places.temporalPlaces(client)),
    ...(await places.ledgerPlaces(stack.databaseUrl)),
    ...places.filePlaces(state),
    ...places.argumentPlaces(processes),
    ...places.environmentPlaces(processes),
    { place: 'logs of all processes, as up prints them', text: up.lines.join('\n'), records: up.lines.length },
  ];
}

function rulesFor(canaries: Canaries): Rules {
  const wanted = (of: object): Rules['secrets'] =>
    Object.entries(of).map(([name, value]) => ({ name, value: String(value) }));
  return {
    secrets: wanted(canaries),
    itemWords: wanted(ITEM_WORDS),
    mayHoldItems: (place) => MAY_HOLD_ITEMS.some((one) => one.test(place)),
    mayHold: (secret, place) => secret === 'DATABASE_PASSWORD' && KEPT.includes(place),
  };
}
