/**
 * Starts the sandbox: Craft.io in both dialects and the dev tools, over HTTP on one port, by the documents alone.
 *
 * Stands for the real servers in the demo, in fault tests and in benchmarks; it shares no code with the connectors, so
 * that it cannot repeat their misreadings.
 */
import { act, type Act, type ActOutcome } from './people/act.js';
import { mountAdmin } from './admin/admin.js';
import { behaviourWith, type Behaviour } from './world/behaviour.js';
import { craftMounts } from './craft/mounts.js';
import type { DevAccess, DevSystem, DevToolSystem } from './world/devSystems.js';
import { Faults, type FaultPlan } from './http/faults.js';
import { createServer } from './http/server.js';
import { LateCommits } from './http/lateCommits.js';
import { kitemakerMounts } from './kitemaker/index.js';
import { WebhookSender } from './kitemaker/webhooks.js';
import { openState, type OpenState } from './world/persist.js';
import { Records } from './http/record.js';
import { firstPortalId, firstPortfolioId, firstWorkspaceId, seedWorld } from './seeding/seedWorld.js';
import type { WebhookTarget } from './http/webhookTarget.js';
import { webhookSecretOf } from './http/secret.js';
import { World, type WorldListener } from './world/world.js';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

export interface SandboxOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Where the state is kept over restarts; absent: in memory only. A `.journal` stands beside it. */
  readonly stateFile?: string;
  /** Default 1. A kept state keeps the seed that it began with. */
  readonly seed?: number;
  /** How many Craft items an empty world gets; default the believable ones, more are filled up with ready ones. */
  readonly items?: number;
  readonly log?: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly faults?: FaultPlan;
  readonly behaviour?: Partial<Behaviour>;
  /** Signed webhooks of Kitemaker; off by default. */
  readonly webhooks?: WebhookTarget;
  /** Adds pages to the same server, before it listens. */
  readonly pages?: (app: FastifyInstance, sandbox: Sandbox) => void;
  /** How many requests the records keep in full; default 50,000. */
  readonly recordLimit?: number;
  readonly nowMs?: () => number;
}

export interface SandboxSpace {
  readonly id: string;
  readonly key: string;
  readonly statuses: readonly { readonly id: string; readonly name: string }[];
}

export interface Sandbox {
  /** Of the server: pages at `/`, the admin API at `/_sandbox/`. */
  readonly url: string;
  readonly craft: {
    readonly guideUrl: string;
    readonly swaggerUrl: string;
    readonly apiKey: string;
    readonly workspaceId: string;
    readonly portfolioId: string;
    readonly feedbackPortalId: string;
    readonly accountId: string;
  };
  readonly kitemaker: {
    readonly restUrl: string;
    readonly graphqlUrl: string;
    readonly apiKey: string;
    /** What its webhooks are signed with, where the sandbox is told to send them here. */
    readonly webhookSecret: string;
    readonly spaces: readonly SandboxSpace[];
  };
  /** How to use the dev tools besides Kitemaker. */
  readonly tools: Readonly<Record<DevToolSystem, DevAccess>>;
  readonly world: World;
  readonly faults: Faults;
  readonly records: Records;
  readonly behaviour: Behaviour;
  readonly webhooks: WebhookSender;
  act(what: Act): ActOutcome;
  /** Returns the function that ends the subscription. */
  onChange(listener: WorldListener): () => void;
  close(): Promise<void>;
}

/** Throws what `listen` throws (`EADDRINUSE`), and where the state file cannot be read or written. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const parts = build(options);
  const { app } = parts;
  // The address is known only after `listen`, and routes can be added only before it.
  let url = '';
  const sandbox = sandboxOf(parts, () => url);
  mountAdmin(app, sandbox);
  options.pages?.(app, sandbox);
  try {
    await app.listen({ port: options.port, host });
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the sandbox listens on no TCP port');
  url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  options.log?.info({ url }, 'sandbox serves');
  return sandbox;
}

interface Parts {
  readonly app: FastifyInstance;
  readonly world: World;
  readonly faults: Faults;
  readonly records: Records;
  readonly behaviour: Behaviour;
  readonly webhooks: WebhookSender;
  readonly lateCommits: LateCommits;
  readonly state: OpenState | null;
}

function build(options: SandboxOptions): Parts {
  const nowMs = options.nowMs ?? Date.now;
  const seed = options.seed ?? 1;
  const behaviour = behaviourWith(options.behaviour ?? {});
  const world = new World({ seed, nowMs, behaviour });
  const state = options.stateFile === undefined ? null : openState(options.stateFile, world);
  if (world.isEmpty()) seedWorld(world, options.items);
  const faults = new Faults(seed, nowMs, (system, lagMs) => {
    if (system === 'craft') world.craft.setLag(lagMs);
    else if (system === 'kitemaker')
      for (const lag of [world.kitemaker.lag, world.kitemaker.commentLag]) lag.set(lagMs);
    else toolOf(world, system).setLag(lagMs);
  });
  if (options.faults !== undefined) faults.add(options.faults);
  const records = new Records(options.recordLimit);
  const lateCommits = new LateCommits();
  const webhooks = new WebhookSender(world, options.webhooks ?? null, options.log ?? null);
  const toolMounts = Object.values<DevSystem>(world.tools).flatMap(({ mounts }) => mounts);
  const mounts = [...craftMounts(world, behaviour), ...kitemakerMounts(world, behaviour), ...toolMounts];
  const app = createServer({ mounts, faults, records, lateCommits, nowMs, keep: () => state?.flush() });
  return { app, world, faults, records, behaviour, webhooks, lateCommits, state };
}

function sandboxOf(parts: Parts, url: () => string): Sandbox {
  const { world, faults, records, behaviour, webhooks } = parts;
  return {
    get url() {
      return url();
    },
    get craft() {
      return craftAccess(world, url());
    },
    get kitemaker() {
      return kitemakerAccess(world, url());
    },
    get tools() {
      const tools = Object.entries<DevSystem>(world.tools);
      return Object.fromEntries(tools.map(([name, tool]) => [name, tool.access(url())])) as Sandbox['tools'];
    },
    world,
    faults,
    records,
    behaviour,
    webhooks,
    act: (what) => {
      const outcome = act(world, what);
      parts.state?.flush();
      return outcome;
    },
    onChange: (listener) => world.onChange(listener),
    close: async () => {
      parts.lateCommits.cancel();
      webhooks.close();
      for (const tool of Object.values<DevSystem>(world.tools)) tool.webhooks?.close();
      await parts.app.close();
      parts.state?.close();
    },
  };
}

function toolOf(world: World, system: DevToolSystem): DevSystem {
  return world.tools[system];
}

function craftAccess(world: World, url: string): Sandbox['craft'] {
  return {
    guideUrl: `${url}/craft/guide`,
    swaggerUrl: `${url}/craft/swagger`,
    apiKey: world.key('craft'),
    workspaceId: firstWorkspaceId(world),
    portfolioId: firstPortfolioId(world),
    feedbackPortalId: firstPortalId(world),
    accountId: world.craft.accountId(),
  };
}

function kitemakerAccess(world: World, url: string): Sandbox['kitemaker'] {
  return {
    restUrl: `${url}/developers/rest/v1`,
    graphqlUrl: `${url}/developers/graphql`,
    apiKey: world.key('kitemaker'),
    webhookSecret: webhookSecretOf(world.seed, 'kitemaker'),
    spaces: [...world.kitemaker.spaces.values()].map(({ id, key, statuses }) => ({
      id,
      key,
      statuses: statuses.map((status) => ({ id: status.id, name: status.name })),
    })),
  };
}
