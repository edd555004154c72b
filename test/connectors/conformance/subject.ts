/**
 * What the conformance suite needs to put a connector to the test: the connector itself, the people of its tool, and the
 * wire between. A new connector brings one harness and runs the suite in one line.
 */
import type { CallBudget } from '../../../connectors/port/calls.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import type { PipelineSettings } from '../../../domain/settings.js';

export interface Harness {
  readonly name: string;
  /** The capabilities with tests of their own that the connector has; a test compares. */
  readonly capabilities?: readonly ('labels' | 'feedback')[];
  start(): Promise<Subject>;
}

/** Thrown where a harness names a capability and cannot put it to the test. */
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
  /** Speak to this port of this machine instead. */
  readonly port?: number;
}

export interface Texts {
  readonly title: string;
  readonly description: string;
}

/** One POST of the tool's; header names in lower case. */
export interface SignedWebhook {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** How the tool posts webhooks, by its document and without the connector's code. */
export interface SubjectWebhooks {
  /** As `webhookSecret` of the configuration. */
  readonly secret: string;
  /** Of the same form. */
  readonly wrongSecret: string;
  /** Headers without which a delivery is refused, and whose every change is seen. */
  readonly protectedHeaders: readonly string[];
  /** False where the secret itself is a header. */
  readonly signsBody: boolean;
  /** How old, and how far ahead of our clock, a delivery may be; null where it carries no time. */
  readonly window: { readonly pastMs: number; readonly futureMs: number } | null;
  /** A body that tells of a change of the dev item. */
  news(devItemId: string): string;
  /** @default `at` now */
  signed(body: string, at?: Date): SignedWebhook;
}

/** Items under others, as people make and see them. */
export interface SubjectHierarchy {
  /** Makes an item under which one of the target can be created; null: nothing can be under anything there. */
  parent(): string | null | Promise<string | null>;
  /** Makes an item under which none can. */
  unfit(): string | Promise<string>;
  /** The ids of the items under one. */
  under(id: string): readonly string[] | Promise<readonly string[]>;
}

/** What people do may take its time: a real server is asked over its API. */
export interface Subject {
  readonly apiKey: string;
  /** A sound target, its scope, and another scope that the key sees; null: no item moves to another scope. */
  readonly target: unknown;
  readonly scope: string;
  readonly otherScope: string | null;
  /** False: items have no time of their last change. @default true */
  readonly hasUpdateTimes?: boolean;
  /** False: items of this scope have no comments, though others of the connector have. @default true */
  readonly hasComments?: boolean;
  /** A pipeline to the target whose mapping is sound. */
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
  /** People: give an item its next status, and get that word. */
  changeStatus(id: string): string | Promise<string>;
  /** To `otherScope`. */
  moveAway(id: string): void | Promise<void>;
  remove(id: string): void | Promise<void>;
  /** The key does not see `scope` any more. */
  hideScope(): void | Promise<void>;
  /** The texts of an item as the tool holds them. */
  textsOf(id: string): Texts | Promise<Texts>;
  /** Absent where the tool has no hierarchy. */
  readonly hierarchy?: SubjectHierarchy;
  /** Absent where the tool has no webhooks. */
  readonly webhooks?: SubjectWebhooks;
  /** People: put a label on an item, made in its scope where it is missing; the label's id. Where the tool has labels. */
  readonly labelling?: { put(id: string, label: string): string | Promise<string> };
  /** The feedback that is linked with an item. Where the tool has such a thing. */
  readonly feedbackOf?: (id: string) => readonly FeedbackTexts[] | Promise<readonly FeedbackTexts[]>;
  close(): Promise<void>;
}

export interface FeedbackTexts {
  readonly title: string;
  readonly text: string;
}
