/** What each dev tool gives the sandbox: its API, its people's side, its seeds. `index.ts` of its folder builds it. */
import type { Logger } from 'pino';
import type { Mount } from '../http/mount.js';
import type { WebhookTarget } from '../http/webhookTarget.js';
import type { DevSide } from '../people/devSide.js';
import type { Behaviour } from './behaviour.js';
import type { WorldBase } from './worldBase.js';

/** What a client needs to use the system. */
export interface DevAccess {
  /** As `baseUrl` of the configuration. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** What its webhooks are signed with, where it sends any. */
  readonly webhookSecret: string;
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
  /** Removes what was delivered and commented; places and statuses stay. */
  reset(): void;
  /** `url`: of the sandbox, without a slash at the end. */
  access(url: string): DevAccess;
  /** Absent where the tool calls nobody, or where clients subscribe over its API. */
  readonly webhooks?: DevWebhooks;
}

/** Where the system calls when something changed; off until a target is set. */
export interface DevWebhooks {
  set(target: WebhookTarget | null): void;
  close(): void;
}

export interface DevSystemParts {
  readonly world: WorldBase;
  /** The key that is accepted now. */
  readonly key: () => string;
  /** As it is at each request: switches may be flipped. */
  readonly behaviour: Behaviour;
  readonly log?: Pick<Logger, 'warn'>;
}

export type BuildDevSystem = (parts: DevSystemParts) => DevSystem;
