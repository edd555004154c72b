/**
 * Every dev tool of the sandbox at once (`--sandbox all`): what a `craftsync.yaml` says of each besides Kitemaker, as
 * values. The teams of the one workspace decide which tool an item goes to (`seeding/teams.ts`).
 */
import type { DevToolSystem } from '../world/devSystems.js';
import type { Sandbox } from '../sandbox.js';
import { webhookSecretOf } from '../http/secret.js';
import { TEAMS } from '../seeding/teams.js';

export type AllToolsAccess = Pick<Sandbox, 'url' | 'craft' | 'tools'> & {
  readonly world: Pick<Sandbox['world'], 'seed'>;
};

/** The names in `devTools`. */
export const TOOL_NAMES = { craftdesk: 'desk', craftnote: 'note', redmine: 'red' } as const satisfies Record<
  DevToolSystem,
  string
>;

/** Short, to be watched. */
const DEMO_TIMES = {
  progressEvery: '15 seconds',
  inventoryEvery: '5 minutes',
  readAfterWrite: '1 second',
  lateWrite: '2 seconds',
  timeout: '5 seconds',
};

interface ToolFacts {
  /** Besides what all have. `hook`: where the listener is, null where there is none. */
  devTool(access: AllToolsAccess, hook: Hook): Record<string, unknown>;
  target(ids: Readonly<Record<string, string>>): Record<string, unknown>;
  readonly statuses: Readonly<Record<string, string>>;
}

interface Hook {
  readonly webhookSecret: string;
  readonly webhookUrl?: string;
}

const FACTS = {
  craftdesk: {
    devTool: ({ url }, { webhookSecret }) => ({
      plan: 'business',
      itemUrl: `${url}/#craftdesk:{id}`,
      webhookSecret,
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
    devTool: ({ url }, hook) => ({
      rateLimit: { perMinute: 600, burst: 20 },
      itemUrl: `${url}/#craftnote:{id}`,
      ...hook,
    }),
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
    devTool: ({ url }) => ({
      rateLimit: { perMinute: 600, burst: 20 },
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
} as const satisfies Record<DevToolSystem, ToolFacts>;

/** `devTools` and `pipelines` besides Kitemaker's, each by its name. `listenUrl`: of the listener, where there is one. */
export function allToolsConfiguration(access: AllToolsAccess, listenUrl: string | null): AllTools {
  const systems = Object.entries<ToolFacts>(FACTS) as [DevToolSystem, ToolFacts][];
  const devTools = systems.map(([system, facts]) => [TOOL_NAMES[system], devToolOf(access, system, facts, listenUrl)]);
  const pipelines = systems.map(([system, facts]) => [teamOf(system), pipelineOf(access, system, facts)]);
  return {
    devTools: Object.fromEntries(devTools) as AllTools['devTools'],
    pipelines: Object.fromEntries(pipelines) as AllTools['pipelines'],
  };
}

export interface AllTools {
  readonly devTools: Readonly<Record<string, unknown>>;
  readonly pipelines: Readonly<Record<string, unknown>>;
}

function devToolOf(access: AllToolsAccess, system: DevToolSystem, facts: ToolFacts, listenUrl: string | null): unknown {
  const { baseUrl, apiKey } = access.tools[system];
  const hook = {
    webhookSecret: webhookSecretOf(access.world.seed, system),
    ...(listenUrl !== null && { webhookUrl: `${listenUrl}/webhooks/${TOOL_NAMES[system]}` }),
  };
  return { type: system, baseUrl, apiKey, ...facts.devTool(access, hook), ...DEMO_TIMES };
}

function pipelineOf({ craft, tools }: AllToolsAccess, system: DevToolSystem, facts: ToolFacts): unknown {
  return {
    source: { workspace: craft.workspaceId },
    ready: {
      status: 'Ready for Development',
      types: ['Feature', 'Story'],
      where: [{ field: 'customFields.team', equals: teamOf(system) }],
    },
    target: { devTool: TOOL_NAMES[system], ...facts.target(tools[system].ids) },
    sweepEvery: '1 minute',
    driftEvery: '1 minute',
    fields: { title: '{shortId} {title}', description: { from: 'description', required: true } },
    progress: {
      field: 'dev_status',
      linkField: 'dev_link',
      keyField: 'dev_key',
      stateField: 'dev_state',
      statuses: facts.statuses,
      doneWhen: ['Done'],
      droppedWhen: ['Dropped'],
    },
    lock: { status: 'In Development', field: 'dev_lock', value: 'View only' },
    settleFor: '5 minutes',
  };
}

function teamOf(system: DevToolSystem): string {
  const team = TEAMS.find((candidate) => candidate.system === system)?.team;
  if (team === undefined) throw new Error(`no team works with ${system}`);
  return team;
}
