/**
 * Starts the sandbox: Craft.io in both dialects and the dev tools, over HTTP on one port, written from their documents
 * alone.
 *
 * It plays the real servers in the demo, in fault tests and in benchmarks. It shares no code with the connectors, so
 * that it cannot repeat their misreadings.
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { craftAccess, toolsAccess, type SandboxAccess } from './access.js';
import { mountAdmin } from './admin/admin.js';
import { craftMounts } from './craft/mounts.js';
import { Faults, type FaultPlan } from './http/faults.js';
import { LateCommits } from './http/lateCommits.js';
import { Records } from './http/record.js';
import { createServer } from './http/server.js';
import { act, type Act, type ActOutcome } from './people/act.js';
import { seedWorld } from './seeding/seedWorld.js';
import { behaviourWith, type Behaviour } from './world/behaviour.js';
import { openState, type OpenState } from './world/persist.js';
import { World } from './world/world.js';
import type { WorldListener } from './world/worldBase.js';

export interface SandboxOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Where the state is kept over restarts; absent: in memory only. Its `.journal` is beside it. */
  readonly stateFile?: string;
  /** Default 1. A kept state keeps the seed that it began with. */
  readonly seed?: number;
  /** How many Craft items an empty world gets; default the believable ones, more are filled up with ready ones. */
  readonly items?: number;
  readonly log?: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly faults?: FaultPlan;
  readonly behaviour?: Partial<Behaviour>;
  /** Adds pages to the same server, before it listens. */
  readonly pages?: (app: FastifyInstance, sandbox: Sandbox) => void;
  /** How many requests the records keep in full; default 50,000. */
  readonly recordLimit?: number;
  readonly nowMs?: () => number;
}

export interface Sandbox extends SandboxAccess {
  readonly world: World;
  readonly faults: Faults;
  readonly records: Records;
  readonly behaviour: Behaviour;
  act(what: Act): ActOutcome;
  /** Returns the function that ends the subscription. */
  onChange(listener: WorldListener): () => void;
  close(): Promise<void>;
}

/** Throws what `listen` throws (`EADDRINUSE`), and when the state file cannot be read or written. */
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
  readonly lateCommits: LateCommits;
  readonly state: OpenState | null;
}

function build(options: SandboxOptions): Parts {
  const { nowMs = Date.now, seed = 1, log } = options;
  const behaviour = behaviourWith(options.behaviour ?? {});
  const world = new World({ seed, nowMs, behaviour, ...(log !== undefined && { log }) });
  const state = options.stateFile === undefined ? null : openState(options.stateFile, world);
  if (world.isEmpty()) seedWorld(world, options.items);
  const faults = new Faults(seed, nowMs, (system, lagMs) => {
    if (system === 'craft') world.craft.setLag(lagMs);
    else world.tools[system].setLag(lagMs);
  });
  if (options.faults !== undefined) faults.add(options.faults);
  const records = new Records(options.recordLimit);
  const lateCommits = new LateCommits();
  const mounts = [...craftMounts(world, behaviour), ...world.toolList().flatMap((tool) => tool.mounts)];
  const app = createServer({ mounts, faults, records, lateCommits, nowMs, keep: () => state?.flush() });
  return { app, world, faults, records, behaviour, lateCommits, state };
}

function sandboxOf(parts: Parts, url: () => string): Sandbox {
  const { world, faults, records, behaviour } = parts;
  return {
    get url() {
      return url();
    },
    get craft() {
      return craftAccess(world, url());
    },
    get tools() {
      return toolsAccess(world, url());
    },
    world,
    faults,
    records,
    behaviour,
    act: (what) => {
      const outcome = act(world, what);
      parts.state?.flush();
      return outcome;
    },
    onChange: (listener) => world.onChange(listener),
    close: async () => {
      parts.lateCommits.cancel();
      for (const tool of world.toolList()) tool.webhooks?.close();
      await parts.app.close();
      parts.state?.close();
    },
  };
}
