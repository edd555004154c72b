/**
 * What a `craftsync.yaml` says about each dev tool of the sandbox and about the pipeline that feeds it. The teams of
 * the one workspace decide which tool an item goes to (`seeding/teams.ts`).
 */
import type { SandboxAccess } from '../access.js';
import { TEAMS } from '../seeding/teams.js';
import type { DevSystemName } from '../world/systems.js';

interface ToolFacts {
  /** Its name in `devTools`. */
  readonly name: string;
  /** What `devTools` says besides what all tools have. */
  devTool(access: SandboxAccess): Readonly<Record<string, unknown>>;
  /** What `apply` tells the tool about webhooks, where it tells it. */
  readonly subscribes?: true;
  target(ids: Readonly<Record<string, string>>): Readonly<Record<string, unknown>>;
  /** Besides title and description. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly statuses: Readonly<Record<string, string>>;
}

/** Short, so that you can watch. */
const DEMO_TIMES = {
  progressEvery: '15 seconds',
  inventoryEvery: '5 minutes',
  readAfterWrite: '1 second',
  lateWrite: '2 seconds',
  timeout: '5 seconds',
};

const RATE_LIMIT = { perMinute: 600, burst: 20 };

const FACTS = {
  kitemaker: {
    name: 'km',
    devTool: ({ url, tools: { kitemaker } }) => ({
      graphqlUrl: kitemaker.graphqlUrl,
      webhookSecret: kitemaker.webhookSecret,
      rateLimit: RATE_LIMIT,
      itemUrl: `${url}/#{spaceKey}-{number}`,
    }),
    target: (ids) => ({ spaceId: ids['space MOB'], status: 'To do' }),
    fields: { effort: { from: 'effort', values: { 1: 'small', 2: 'medium', 3: 'large' }, required: true } },
    statuses: {
      Backlog: 'To do',
      'To do': 'To do',
      'In Progress': 'In development',
      'In Review': 'In review',
      Done: 'Done',
      Dropped: 'Dropped',
    },
  },
  craftdesk: {
    name: 'desk',
    devTool: ({ url, tools: { craftdesk } }) => ({
      plan: 'business',
      itemUrl: `${url}/#craftdesk:{id}`,
      webhookSecret: craftdesk.webhookSecret,
    }),
    target: () => ({}),
    statuses: {
      planned: 'To do',
      in_progress: 'In development',
      in_review: 'In review',
      completed: 'Done',
      archived: 'Dropped',
    },
  },
  craftnote: {
    name: 'note',
    devTool: ({ url, tools: { craftnote } }) => ({
      rateLimit: RATE_LIMIT,
      itemUrl: `${url}/#craftnote:{id}`,
      webhookSecret: craftnote.webhookSecret,
    }),
    subscribes: true,
    target: (ids) => ({ resource: 'project', statusId: ids['status To Do'] }),
    statuses: {
      'no status': 'To do',
      'To Do': 'To do',
      'In Progress': 'In development',
      Done: 'Done',
      Dropped: 'Dropped',
      archived: 'Dropped',
    },
  },
  redmine: {
    name: 'red',
    devTool: ({ url }) => ({
      rateLimit: RATE_LIMIT,
      itemUrl: `${url}/#redmine:{id}`,
      textFormatting: 'common_mark',
    }),
    target: (ids) => ({ projectId: ids['project Web'], trackerId: 2, markerField: Number(ids['field Craft ID']) }),
    statuses: {
      New: 'To do',
      'In Progress': 'In development',
      Resolved: 'In review',
      Feedback: 'In review',
      Closed: 'Done',
      Rejected: 'Dropped',
    },
  },
} as const satisfies Record<DevSystemName, ToolFacts>;

/** The name in `devTools`. */
export function nameOf(system: DevSystemName): string {
  return FACTS[system].name;
}

/** The team whose items go to the tool; its pipeline has the same name. */
export function teamOf(system: DevSystemName): string {
  const team = TEAMS.find((candidate) => candidate.system === system)?.team;
  if (team === undefined) throw new Error(`no team works with ${system}`);
  return team;
}

/** Where the listener takes the tool's webhooks. */
export function webhookUrlOf(system: DevSystemName, listenUrl: string): string {
  return `${listenUrl}/webhooks/${nameOf(system)}`;
}

/** An entry of `devTools`. `listenUrl`: of the listener, where there is one. */
export function devToolOf(access: SandboxAccess, system: DevSystemName, listenUrl: string | null): unknown {
  const { baseUrl, apiKey } = access.tools[system];
  const facts: ToolFacts = FACTS[system];
  const isTold = facts.subscribes === true && listenUrl !== null;
  return {
    type: system,
    baseUrl,
    apiKey,
    ...facts.devTool(access),
    ...(isTold && { webhookUrl: webhookUrlOf(system, listenUrl) }),
    ...DEMO_TIMES,
  };
}

/** An entry of `pipelines`. */
export function pipelineOf({ craft, tools }: SandboxAccess, system: DevSystemName): unknown {
  const facts: ToolFacts = FACTS[system];
  return {
    source: { workspace: craft.workspaceId },
    ready: {
      status: 'Ready for Development',
      types: ['Feature', 'Story'],
      where: [{ field: 'customFields.team', equals: teamOf(system) }],
    },
    target: { devTool: facts.name, ...facts.target(tools[system].ids) },
    sweepEvery: '1 minute',
    driftEvery: '1 minute',
    fields: {
      title: '{shortId} {title}',
      description: { from: 'description', required: true },
      ...facts.fields,
    },
    progress: {
      field: 'dev_status',
      linkField: 'dev_link',
      keyField: 'dev_key',
      stateField: 'dev_state',
      statuses: facts.statuses,
      unmapped: 'keep',
      doneWhen: ['Done'],
      droppedWhen: ['Dropped'],
      onDropped: 'flag',
    },
    lock: { status: 'In Development', field: 'dev_lock', value: 'View only', released: '', onDrift: 'flag' },
    onDevItemDeleted: 'flag',
    settleFor: '5 minutes',
  };
}
