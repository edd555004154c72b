/** Craftnote as a dev tool: a project of the company, or a task in one project (design 6). */
import type { ToolError } from '../../domain/errors.js';
import type { DevToolSettings } from '../../domain/settings.js';
import type { OpenHttp } from '../http/request.js';
import type { ReadCall } from '../port/calls.js';
import type { DevToolConnector } from '../port/devTool.js';
import { checkCraftnote } from './check.js';
import { commentsOf } from './capabilities/comments.js';
import type { CraftnoteContext } from './context.js';
import { hierarchyOf } from './capabilities/hierarchy.js';
import { readItems, readMarked, readProject } from './items.js';
import { ALL_PROJECTS, describeItem, taskId } from './mapping.js';
import { createAsProject, listProjects, readProjectFeed } from './projects.js';
import { type Craftnote, failure, projectsPage } from './requests.js';
import { ErrorBody } from './schema.js';
import { markedProjects, markedTasks, searchProjects, searchTasks } from './search.js';
import { createDirectory } from './directory.js';
import { CraftnoteTarget } from './target.js';
import { createAsTask, listTasks, readTaskFeed } from './tasks.js';
import { requiredFields } from './capabilities/requiredFields.js';
import { webhooksOf } from './capabilities/webhooks.js';

export function createCraftnoteConnector(settings: DevToolSettings, openHttp: OpenHttp): DevToolConnector {
  const http = openHttp({ authHeaders: (apiKey) => ({ 'X-CN-API-KEY': apiKey }), describeError });
  const cn: Craftnote = { connection: settings.name, http };
  const context: CraftnoteContext = { settings, cn, directory: createDirectory(cn, () => Date.now()) };
  return {
    name: settings.name,
    type: settings.type,
    describe: (draft) => describeItem(draft),
    createItem: (draft, call) =>
      CraftnoteTarget.parse(draft.target).resource === 'task'
        ? createAsTask(context, draft, call)
        : createAsProject(context, draft, call),
    findByMarker({ target, marker }, call) {
      const { resource, projectId = '' } = CraftnoteTarget.parse(target);
      if (resource === 'task') return searchTasks(context, { projectId, marker }, call);
      return searchProjects(context, marker, call);
    },
    listMarked({ target, start }, call) {
      const { resource, projectId = '' } = CraftnoteTarget.parse(target);
      return resource === 'task'
        ? markedTasks(context, { projectId, start }, call)
        : markedProjects(context, start, call);
    },
    readItems: (ids, call) => readItems(context, ids, call),
    readMarked: (id, marker, call) => readMarked(context, id, marker, call),
    readFeed: (scope, since, call) =>
      scope === ALL_PROJECTS ? readProjectFeed(context, call) : readTaskFeed(context, scope, since, call),
    listIds: (scope, call) => listIds(context, scope, call),
    // Both come from the target itself: nothing is looked up.
    scopeOf(target) {
      const { resource, projectId = '' } = CraftnoteTarget.parse(target);
      return Promise.resolve(resource === 'task' ? projectId : ALL_PROJECTS);
    },
    seesScope: (scope, call) => seesScope(context, scope, call),
    check: (pipelines, call) => checkCraftnote(context, pipelines, call),
    comments: commentsOf(cn),
    hierarchy: hierarchyOf(context),
    requiredFields,
    webhooks: webhooksOf(cn),
  };
}

function describeError(_status: number, body: unknown): string | null {
  const read = ErrorBody.safeParse(body);
  if (!read.success) return null;
  const { code, description } = read.data;
  if (description == null) return code ?? null;
  return code == null ? description : `${description} (${code})`;
}

/** Deleted tasks are listed but do not count; entries that cannot be read do. */
async function listIds(context: CraftnoteContext, scope: string, call: ReadCall): Promise<readonly string[]> {
  if (scope === ALL_PROJECTS) {
    const { items, malformed, whole } = await listProjects(context, 'short-page', call);
    if (!whole) throw endless(context.cn, 'GET /projects');
    return [...items, ...malformed].map(({ id }) => id);
  }
  const { items, malformed, whole } = await listTasks(context, scope, 'short-page', call);
  if (!whole) throw endless(context.cn, 'GET /projects/{id}/tasks');
  const living = items.filter(({ isDeleted }) => isDeleted !== true);
  return [...living, ...malformed].map(({ id }) => taskId(scope, id));
}

function endless(cn: Craftnote, place: string): ToolError {
  return failure(
    cn,
    'unexpected-response',
    `${place} answered pages that do not come to an end: does the server support token pagination?`,
  );
}

/**
 * A key that sees no project at all counts as one that no longer sees them, although a company may have none: a wrong
 * "gone" would release items, a wrong "not seen" only makes them wait.
 */
async function seesScope(context: CraftnoteContext, scope: string, call: ReadCall): Promise<boolean> {
  if (scope !== ALL_PROJECTS) return (await readProject(context, scope, call)) !== null;
  return (await projectsPage(context.cn, null, call, 1)).length > 0;
}
