/**
 * A deployment whose only target is Craftnote: one connection, two pipelines. Features become projects in a folder,
 * stories become tasks of one project.
 */
import type { DevDeed, DevSide } from '../../../src/local/sandbox/devSide.js';
import type { Sandbox } from '../../../src/local/sandbox/sandbox.js';
import type { ConfigurationChanges } from '../deployment.js';

/** The statuses of both, so that one table serves. */
const PROGRESS = {
  statuses: { 'To Do': 'To do', open: 'To do', 'In Progress': 'In development', done: 'Done', archived: 'Dropped' },
};

export function craftnoteConfiguration(sandbox: Sandbox): ConfigurationChanges {
  const { baseUrl, apiKey, ids } = sandbox.tools.craftnote;
  const projects = { devTool: 'cn', resource: 'project', status: 'To Do', parentProject: ids['folder From product'] };
  const tasks = { devTool: 'cn', resource: 'task', projectId: ids['project Branch refit'] };
  const cn = { type: 'craftnote', baseUrl, apiKey, timeout: '3 seconds' };
  const ready = (type: string) => ({ status: 'Ready for Development', types: [type] });
  return {
    devTools: { cn: { ...cn, readAfterWrite: '1 second', lateWrite: '2 seconds' } },
    // In the place of the pipeline to Kitemaker.
    pipeline: { target: { spaceId: null, ...projects }, ready: ready('Feature'), progress: PROGRESS },
    pipelines: { tasks: { target: { status: null, parentProject: null, ...tasks }, ready: ready('Story') } },
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
