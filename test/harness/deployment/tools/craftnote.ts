/**
 * A deployment whose only target is Craftnote: one connection, two pipelines. Features become projects in a folder,
 * stories become tasks of one project.
 */
import type { DevDeed, DevSide } from '../../../../sandbox/people/devSide.js';
import type { Sandbox } from '../../../../sandbox/sandbox.js';
import type { ConfigurationChanges } from '../deployment.js';

/** One table for the statuses of projects and of tasks. */
const PROGRESS = {
  statuses: { 'To Do': 'To do', open: 'To do', 'In Progress': 'In development', done: 'Done', archived: 'Dropped' },
};

/** The connection, and what a pipeline says for projects in a folder and for tasks of one project. */
export function craftnoteParts({ tools }: Pick<Sandbox, 'tools'>) {
  const { baseUrl, apiKey, ids } = tools.craftnote;
  const cn = { type: 'craftnote', baseUrl, apiKey, timeout: '3 seconds' };
  const projects = { devTool: 'cn', resource: 'project', status: 'To Do', parentProject: ids['folder From product'] };
  const tasks = { devTool: 'cn', resource: 'task', projectId: ids['project Branch refit'] };
  return {
    devTools: { cn: { ...cn, readAfterWrite: '1 second', lateWrite: '2 seconds' } },
    // These replace what the default pipeline says about Kitemaker.
    projects: { target: { spaceId: null, ...projects }, progress: PROGRESS },
    tasks: { target: { spaceId: null, status: null, ...tasks }, progress: PROGRESS },
  };
}

export function craftnoteConfiguration(sandbox: Sandbox): ConfigurationChanges {
  const { devTools, projects, tasks } = craftnoteParts(sandbox);
  const ready = (type: string) => ({ status: 'Ready for Development', types: [type] });
  return {
    devTools,
    pipeline: { ...projects, ready: ready('Feature') },
    pipelines: { tasks: { target: { parentProject: null, ...tasks.target }, ready: ready('Story') } },
  };
}

/** What people do in Craftnote; throws where the sandbox refuses. Returns the id of the item. */
export function inCraftnote(sandbox: Sandbox, deed: DevDeed): string {
  const outcome = sideOf(sandbox).do(deed);
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}

export function sideOf(sandbox: Sandbox): DevSide {
  return sandbox.world.tools.craftnote.side;
}
