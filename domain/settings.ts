/**
 * The configuration after parsing, as plain data (design 7, Configuration): `config/` produces it, all others trust it.
 * Durations are milliseconds here and strings in the file. Secrets are never in these objects: `config/` holds them as
 * functions.
 */
import type { CraftSource } from './craftItem.js';

export interface RateLimit {
  readonly perMinute: number | null;
  readonly burst: number;
  readonly perMonth: number | null;
}

/** The settings that every connection has, Craft.io included. */
export interface ConnectionSettings {
  /** `craft`, or the name in `devTools`. */
  readonly name: string;
  readonly baseUrl: string;
  readonly rateLimit: RateLimit;
  /** The time limit of one request. */
  readonly timeoutMs: number;
  readonly proxy: string | null;
  readonly caFile: string | null;
}

export interface CraftSettings extends ConnectionSettings {
  readonly dialect: 'guide' | 'swagger';
  readonly accountId: string | null;
  readonly freshForMs: number;
}

export interface DevToolSettings extends ConnectionSettings {
  readonly type: string;
  readonly itemUrl: string | null;
  readonly progressEveryMs: number;
  readonly inventoryEveryMs: number;
  /** The listener's address as the tool reaches it; `apply` registers it there. Null: nothing is registered. */
  readonly webhookUrl?: string | null;
  /** True if a `webhookSecret` is configured: the tool should announce changes. */
  readonly expectsWebhooks?: boolean;
  /** How long a create may stay invisible to the tool's lists. */
  readonly readAfterWriteMs: number;
  /** How long an unanswered write may still be applied. */
  readonly lateWriteMs: number;
  /** The tool's own settings, as the connector's schema accepted them, e.g. `graphqlUrl`. */
  readonly own: Readonly<Record<string, unknown>>;
}

export interface FieldCondition {
  /** A Craft.io property, or `customFields.<name or id>`. */
  readonly field: string;
  readonly equals: string | number | boolean;
}

/** All parts that are given must hold. */
export interface ReadyRule {
  readonly status: string | null;
  readonly types: readonly string[] | null;
  readonly where: readonly FieldCondition[];
}

/** Where the value of a dev item field comes from. */
export type FieldRule =
  | { readonly template: string }
  | {
      readonly from: string;
      /** Craft.io's value → the tool's; a value that is missing here blocks the item. Null: taken as it is. */
      readonly values: Readonly<Record<string, string>> | null;
      readonly required: boolean;
    };

export interface ProgressRule {
  /** The Craft custom field that receives the mapped status; null: nothing is written back (feedback portals). */
  readonly field: string | null;
  readonly linkField: string | null;
  readonly keyField: string | null;
  readonly stateField: string | null;
  /** The tool's exact words → ours. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly unmapped: 'keep' | 'ignore' | 'block';
  readonly doneWhen: readonly string[];
  readonly droppedWhen: readonly string[];
  readonly onDropped: 'flag' | 'release';
}

export interface LockRule {
  /** Status by name (or id in swagger); null writes no status. */
  readonly status: string | null;
  readonly field: string;
  readonly value: string;
  /** What `release` writes into `field`. */
  readonly released: string;
  /** What `release` writes as the status; null leaves it. */
  readonly releasedStatus: string | null;
  readonly onDrift: 'flag' | 'revert' | 'forward';
}

export interface PipelineSettings {
  readonly name: string;
  readonly source: CraftSource;
  readonly ready: ReadyRule;
  readonly devTool: string;
  /** The rest of `target`, parsed by the connector's schema. */
  readonly target: unknown;
  readonly sweepEveryMs: number;
  readonly driftEveryMs: number;
  readonly maxNewPerSweep: number;
  /** Dev item field → rule; `title` and `description` always exist. */
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Null: the dev item is followed, and never counts as done. */
  readonly progress: ProgressRule | null;
  /** Null for sources to which Craft.io documents no write. */
  readonly lock: LockRule | null;
  readonly onDevItemDeleted: 'flag' | 'release' | 'recreate';
  readonly settleForMs: number;
  readonly feedback: 'none' | 'link';
  readonly alsoHandedOver: boolean;
  /** IANA name: where a moment of Craft.io is a day. The pipeline's own, else its dev tool's, else UTC. */
  readonly timeZone: string;
}

/** An intake: dev items with a label become feedback in a Craft.io portal. */
export interface IntakeSettings {
  readonly name: string;
  readonly devTool: string;
  /** The label by its name or id in the tool. */
  readonly label: string;
  readonly feedbackPortal: string;
  /** By name or id. */
  readonly category: string | null;
  readonly submitter: string | null;
  readonly everyMs: number;
}

export interface Settings {
  readonly craft: CraftSettings;
  readonly devTools: Readonly<Record<string, DevToolSettings>>;
  readonly pipelines: Readonly<Record<string, PipelineSettings>>;
  readonly intakes: Readonly<Record<string, IntakeSettings>>;
  readonly alertsWebhook: string | null;
  readonly keepLogMs: number;
}
