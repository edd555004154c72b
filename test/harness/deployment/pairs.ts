/**
 * Each source in Craft.io with each kind of target: one pipeline for each pair, and one ready item that only it takes.
 */
import type { Sandbox } from '../../../sandbox/sandbox.js';
import type { System } from '../../../sandbox/world/systems.js';
import type { ConfigurationChanges } from './deployment.js';
import { toCraftdesk } from './tools/craftdesk.js';
import { craftnoteParts } from './tools/craftnote.js';
import { toRedmine } from './tools/redmine.js';

export type Dialect = 'guide' | 'swagger';

export interface Pair {
  readonly source: keyof typeof SOURCES;
  readonly target: keyof typeof TARGETS;
  readonly pipeline: string;
  /** The title of its item; no other item has it. */
  readonly title: string;
}

interface Source {
  /** False where Craft.io documents no write to its items. */
  readonly writable: boolean;
  /** As `source` of a pipeline. */
  place(craft: Sandbox['craft']): Readonly<Record<string, string>>;
  readonly readyStatus: string;
  /** Makes a ready item; its id. */
  make(sandbox: Sandbox, item: { readonly title: string; readonly description: string }): string;
}

const READY = 'Ready for Development';

export const SOURCES = {
  workspace: {
    writable: true,
    place: ({ workspaceId }) => ({ workspace: workspaceId }),
    readyStatus: READY,
    make: (sandbox, item) => makeItem(sandbox, sandbox.craft.workspaceId, item),
  },
  portfolio: {
    writable: true,
    place: ({ portfolioId }) => ({ portfolio: portfolioId }),
    readyStatus: READY,
    make: (sandbox, item) => makeItem(sandbox, sandbox.craft.portfolioId, item),
  },
  'feedback portal': {
    writable: false,
    place: ({ feedbackPortalId }) => ({ feedbackPortal: feedbackPortalId }),
    readyStatus: 'Planned',
    make({ craft: { feedbackPortalId: portalId }, world }, item) {
      const { feedback } = world.craft;
      const statusId = feedback.statusNamed(portalId, 'Planned')?.id ?? null;
      return feedback.create({ portalId, statusId, ...item }, 'product-manager').id;
    },
  },
} as const satisfies Record<string, Source>;

function makeItem(
  sandbox: Sandbox,
  workspaceId: string,
  item: { readonly title: string; readonly description: string },
): string {
  const edit = { ...item, workspaceId, status: READY };
  const outcome = sandbox.act({ as: 'product-manager', action: 'create', edit });
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}

interface Target {
  readonly system: Exclude<System, 'craft'>;
  /** Its name in `devTools`. */
  readonly devTool: string;
  /** The connection, and a pipeline's target and progress, on top of the defaults of a test deployment. */
  parts(sandbox: Sandbox): { readonly devTools: Sections; readonly pipeline: Section };
  /** The statuses that a developer gives an item one after the other; the last one closes it. */
  readonly moves: readonly string[];
  /** Whether its items have a key besides their id. */
  readonly hasKeys: boolean;
  /** What Craft.io shows meanwhile. */
  readonly words: readonly string[];
}

type Section = Readonly<Record<string, unknown>>;
type Sections = Readonly<Record<string, Record<string, unknown>>>;

const WORDS = ['To do', 'In development', 'Done'] as const;

export const TARGETS = {
  Kitemaker: {
    system: 'kitemaker',
    devTool: 'km',
    parts: () => ({ devTools: {}, pipeline: {} }),
    moves: ['In Progress', 'Done'],
    hasKeys: true,
    words: WORDS,
  },
  CraftDesk: {
    system: 'craftdesk',
    devTool: 'cd',
    parts: (sandbox) => partsOf(toCraftdesk(sandbox)),
    moves: ['in_progress', 'completed'],
    hasKeys: false,
    words: WORDS,
  },
  'Craftnote project': {
    system: 'craftnote',
    devTool: 'cn',
    parts(sandbox) {
      const { devTools, projects } = craftnoteParts(sandbox);
      return { devTools, pipeline: projects };
    },
    moves: ['In Progress', 'Done'],
    hasKeys: false,
    words: WORDS,
  },
  'Craftnote task': {
    system: 'craftnote',
    devTool: 'cn',
    parts(sandbox) {
      const { devTools, tasks } = craftnoteParts(sandbox);
      return { devTools, pipeline: tasks };
    },
    // A task is open or done; there is nothing in between.
    moves: ['done'],
    hasKeys: false,
    words: ['To do', 'Done'],
  },
  Redmine: {
    system: 'redmine',
    devTool: 'rm',
    parts: (sandbox) => partsOf(toRedmine(sandbox)),
    moves: ['In Progress', 'Closed'],
    hasKeys: true,
    words: WORDS,
  },
} as const satisfies Record<string, Target>;

function partsOf({ devTools = {}, pipeline = {} }: ConfigurationChanges): ReturnType<Target['parts']> {
  return { devTools, pipeline };
}

export const PAIRS: readonly Pair[] = keysOf(SOURCES).flatMap((source) =>
  keysOf(TARGETS).map((target) => ({
    source,
    target,
    pipeline: `${source}-${target}`.toLowerCase().replaceAll(' ', '-'),
    title: `From the ${source} to ${target}`,
  })),
);

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}

export function sourceOf({ source }: Pair): Source {
  return SOURCES[source];
}

export function targetOf({ target }: Pair): Target {
  return TARGETS[target];
}

/** A configuration of these pipelines alone. */
export function pairsConfiguration(sandbox: Sandbox, dialect: Dialect): ConfigurationChanges {
  const { craft, world } = sandbox;
  const parts = PAIRS.map((pair) => ({ pair, ...targetOf(pair).parts(sandbox) }));
  // The Swagger writes a status by its id, and no item has this one yet.
  const status = dialect === 'guide' ? 'In Development' : world.craft.statusNamed('In Development')?.id;
  const pipelines = parts.map(({ pair, pipeline }) => [pair.pipeline, pipelineOf(craft, pair, pipeline)]);
  return {
    craft: { dialect, baseUrl: dialect === 'guide' ? craft.guideUrl : craft.swaggerUrl },
    devTools: Object.assign({}, ...parts.map(({ devTools }) => devTools)) as Sections,
    pipeline: { settleFor: '1 second', lock: { status } },
    pipelines: { mobile: null, ...(Object.fromEntries(pipelines) as Sections) },
  };
}

/** The fields that a pipeline with a read-only source may not name. */
const NO_WRITE_BACK = { field: null, linkField: null, keyField: null, stateField: null };

function pipelineOf(craft: Sandbox['craft'], pair: Pair, { target, progress }: Section): Section {
  const source = sourceOf(pair);
  return {
    source: { workspace: null, ...source.place(craft) },
    ready: { status: source.readyStatus, where: [{ field: 'title', equals: pair.title }] },
    ...(target !== undefined && { target }),
    ...(source.writable
      ? progress !== undefined && { progress }
      : { lock: null, progress: { ...(progress as Section | undefined), ...NO_WRITE_BACK } }),
  };
}
