/**
 * The dev tools of the sandbox besides Kitemaker, one line each: the folder of a system builds its tables, its API and its
 * people's side.
 */
import type { Behaviour } from './behaviour.js';
import { buildCraftdesk } from '../craftdesk/index.js';
import { buildCraftnote } from '../craftnote/index.js';
import type { DevSide } from '../people/devSide.js';
import type { Mount } from '../http/mount.js';
import { buildRedmine } from '../redmine/index.js';
import type { System } from './systems.js';
import type { WebhookTarget } from '../http/webhookTarget.js';
import type { WorldBase } from './world.js';

export type DevToolSystem = Exclude<System, 'craft' | 'kitemaker'>;

/** What a client needs to use the system. */
export interface DevAccess {
  /** As `baseUrl` of the configuration. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Ids by what they are called, for a configuration: `{ 'project Mobile': '1', 'status New': '2' }`. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface DevSystem {
  readonly side: DevSide;
  readonly mounts: readonly Mount[];
  /** How long writes stay invisible to lists. */
  setLag(lagMs: number): void;
  /** Fills an empty world. */
  seed(): void;
  /** Takes away what was delivered and commented; places and statuses stay. */
  reset(): void;
  /** `url`: of the sandbox, without a slash at the end. */
  access(url: string): DevAccess;
  /** Where the system calls when something changed; off until a target is set. */
  readonly webhooks?: { set(target: WebhookTarget | null): void; close(): void };
}

export interface DevSystemParts {
  readonly world: WorldBase;
  /** The key that is accepted now. */
  readonly key: () => string;
  /** As it is at each request: switches may be flipped. */
  readonly behaviour: Behaviour;
}

export type BuildDevSystem = (parts: DevSystemParts) => DevSystem;

export const DEV_SYSTEMS = {
  craftdesk: buildCraftdesk,
  craftnote: buildCraftnote,
  redmine: buildRedmine,
} as const satisfies Record<DevToolSystem, BuildDevSystem>;
