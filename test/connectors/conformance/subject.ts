/**
 * What the conformance suite needs to test a connector: the connector itself, the people of its tool, and the wire in
 * between. A new connector brings one harness and runs the suite in one line.
 */
import type { CallBudget } from '../../../connectors/port/calls.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import type { PipelineSettings } from '../../../domain/settings.js';

export interface Harness {
  readonly name: string;
  /** The connector's capabilities that have tests of their own; a test compares this with the connector. */
  readonly capabilities?: readonly ('labels' | 'feedback')[];
  start(): Promise<Subject>;
}

/** Thrown where a harness names a capability but cannot test it. */
export const NO_HARNESS = new Error('the harness lacks what this capability needs');

/** What goes wrong on the wire, until `mend`. */
export type Trouble =
  /** Applied, and the connection reset before an answer. */
  | 'answer-lost'
  /** Not applied, and the connection reset before an answer. */
  | 'request-lost'
  | 'status-500'
  | 'status-401'
  | 'rate-limit'
  | 'html'
  | 'truncated'
  | 'wrong-content-type';

export interface ConnectOptions {
  readonly budget?: CallBudget;
  readonly apiKey?: string;
  /** Connect to this local port instead. */
  readonly port?: number;
}

export interface Texts {
  readonly title: string;
  readonly description: string;
}

/** One POST by the tool; header names in lower case. */
export interface SignedWebhook {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** How the tool posts webhooks, written from its document without the connector's code. */
export interface SubjectWebhooks {
  /** As `webhookSecret` of the configuration. */
  readonly secret: string;
  /** A secret of the same form. */
  readonly wrongSecret: string;
  /** Headers without which, or with any change of which, a delivery is refused. */
  readonly protectedHeaders: readonly string[];
  /** False where the secret itself is a header. */
  readonly signsBody: boolean;
  /** How old, and how far ahead of our clock, a delivery may be; null where it carries no time. */
  readonly window: { readonly pastMs: number; readonly futureMs: number } | null;
  /** A body that reports a change of the dev item. */
  news(devItemId: string): string;
  /** @default `at` now */
  signed(body: string, at?: Date): SignedWebhook;
}

/** Items under others, as people make and see them. */
export interface SubjectHierarchy {
  /** Makes an item under which one of the target can be created; null where nothing can be under anything. */
  parent(): string | null | Promise<string | null>;
  /** Makes an item under which none can be created. */
  unfit(): string | Promise<string>;
  /** The ids of the items under one. */
  under(id: string): readonly string[] | Promise<readonly string[]>;
}

/** What people do may be asynchronous: a real server is driven over its API. */
export interface Subject {
  readonly apiKey: string;
  /** A valid target, its scope, and another scope that the key sees, null where no item can be moved to another. */
  readonly target: unknown;
  readonly scope: string;
  readonly otherScope: string | null;
  /** False: items have no time of their last change. @default true */
  readonly hasUpdateTimes?: boolean;
  /** False: items of this scope have no comments, though others of the connector have. @default true */
  readonly hasComments?: boolean;
  /** A pipeline to the target with a valid mapping. */
  readonly pipeline: PipelineSettings;
  /** An id of the tool's form that no item has. */
  readonly unknownId: string;
  connect(options?: ConnectOptions): DevToolConnector;
  /** Requests that reached the tool since the start, and how many of them were writes. */
  counts(): { readonly requests: number; readonly writes: number };
  trouble(kind: Trouble, where: 'reads' | 'writes'): void;
  mend(): void;
  /** How far apart two changes must be for the tool's times to tell them apart. @default 5 */
  readonly timeStepMs?: number;
  /** People: create one item in `scope` with this description, and get its id. */
  create(description: string): string | Promise<string>;
  /** People: give an item its next status, and get its word. */
  changeStatus(id: string): string | Promise<string>;
  /** To `otherScope`. */
  moveAway(id: string): void | Promise<void>;
  remove(id: string): void | Promise<void>;
  /** The key no longer sees `scope`. */
  hideScope(): void | Promise<void>;
  /** The texts of an item as the tool holds them. */
  textsOf(id: string): Texts | Promise<Texts>;
  /** Absent where the tool has no hierarchy. */
  readonly hierarchy?: SubjectHierarchy;
  /** Absent where the tool has no webhooks. */
  readonly webhooks?: SubjectWebhooks;
  /**
   * Where the tool has labels. People put a label on an item, creating it in the item's scope where it is missing;
   * returns its id.
   */
  readonly labelling?: { put(id: string, label: string): string | Promise<string> };
  /** Where the tool has feedback: the feedback that is linked with an item. */
  readonly feedbackOf?: (id: string) => readonly FeedbackTexts[] | Promise<readonly FeedbackTexts[]>;
  close(): Promise<void>;
}

export interface FeedbackTexts {
  readonly title: string;
  readonly text: string;
}
