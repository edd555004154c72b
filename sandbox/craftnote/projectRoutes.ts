/** Craftnote's API for projects and folders, their deeplinks and chat messages. No route deletes a project. */
import type { Answer, Call, Route } from '../http/mount.js';
import { CreateMessage, CreateProject, parseBody, PatchProject, sent } from './bodies.js';
import type { CraftnoteWorld } from './craftnoteWorld.js';
import { caught, invalid, notFound } from './errors.js';
import type { Project, ProjectParts } from './model.js';
import { pageOf, refuseUnknown } from './paging.js';
import { renderMessage, renderProject } from './render.js';

const WEB = 'https://app.mycraftnote.de/#/project?id=';
const MOBILE = 'mycrafty://project?id=';

export function projectRoutes(world: CraftnoteWorld): readonly Route[] {
  return [...readingRoutes(world), ...writingRoutes(world), ...chatRoutes(world)];
}

/** A route whose handler may throw the errors of `errors.ts`. */
export function route(method: Route['method'], path: string, handler: (call: Call) => Answer): Route {
  return { method, path, handle: (call) => caught(() => handler(call)) };
}

function readingRoutes(world: CraftnoteWorld): readonly Route[] {
  return [
    route('GET', '/projects', (call) => {
      const isSeen = call.sight.of(world.company().id) === 'full';
      const seen = isSeen ? world.listedProjects().filter(({ id }) => call.sight.of(id) !== 'missing') : [];
      return ok({ projects: pageOf(seen, call.query).map((project) => renderProject(world, project)) });
    }),
    route('GET', '/projects/:id', (call) => {
      refuseUnknown(call.query);
      return ok(renderProject(world, projectOf(world, call)));
    }),
    route('GET', '/projects/:id/deeplink', (call) => {
      refuseUnknown(call.query);
      const { id } = projectOf(world, call);
      return ok({ webLink: `${WEB}${id}`, appDeepLink: `${MOBILE}${id}` });
    }),
  ];
}

function writingRoutes(world: CraftnoteWorld): readonly Route[] {
  return [
    route('POST', '/projects', (call) => {
      const {
        name,
        projectType = 'PROJECT',
        archived = false,
        projects,
        ...parts
      } = parseBody(CreateProject, call.body);
      check(world, parts, { projectType, projects });
      const project = world.createProject({ name, projectType, archived, parts: sent(parts) }, 'api');
      putInto(world, project.id, projects);
      return written(world, project);
    }),
    route('PUT', '/projects/:id', (call) => {
      const before = projectOf(world, call);
      const {
        name,
        projectType = 'PROJECT',
        archived = false,
        projects,
        ...parts
      } = parseBody(CreateProject, call.body);
      check(world, parts, { projectType, projects });
      const project = world.updateProject(before, { name, projectType, archived, parts: sent(parts) }, 'api');
      putInto(world, project.id, projects);
      return written(world, project);
    }),
    route('PATCH', '/projects/:id', (call) => {
      const before = projectOf(world, call);
      const { name, projectType, archived, projects, ...changed } = sent(parseBody(PatchProject, call.body));
      check(world, changed, { projectType: projectType ?? before.projectType, projects });
      const parts = { ...before.parts, ...changed };
      const project = world.updateProject(before, { ...sent({ name, projectType, archived }), parts }, 'api');
      putInto(world, project.id, projects);
      return written(world, project);
    }),
  ];
}

function chatRoutes(world: CraftnoteWorld): readonly Route[] {
  return [
    route('GET', '/projects/:id/messages', (call) => {
      refuseUnknown(call.query);
      return ok({ messages: world.listedMessages(chatOf(world, call).id).map(renderMessage) });
    }),
    route('POST', '/projects/:id/messages', (call) => {
      const { id } = chatOf(world, call);
      const { content } = parseBody(CreateMessage, call.body);
      const message = world.createMessage({ projectId: id, content }, world.owner(), 'api');
      return { ...ok(renderMessage(message)), applied: { itemId: id } };
    }),
  ];
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

function written(world: CraftnoteWorld, project: Project): Answer {
  return { ...ok(renderProject(world, project)), applied: { itemId: project.id } };
}

/** The project of the path, if the key sees it. */
export function projectOf(world: CraftnoteWorld, { params, sight }: Call): Project {
  const project = world.projects.get(params['id'] ?? '');
  const isSeen = sight.of(world.company().id) === 'full' && project !== undefined && sight.of(project.id) !== 'missing';
  if (!isSeen) throw notFound(params['id'] ?? '');
  return project;
}

/** Normal projects have a chat; folders have none. */
function chatOf(world: CraftnoteWorld, call: Call): Project {
  const project = projectOf(world, call);
  if (project.projectType === 'FOLDER') throw invalid('projectType', 'FOLDER has no messages');
  return project;
}

/** What a project refers to must exist. */
function check(
  world: CraftnoteWorld,
  { statusId, parentProject }: Pick<ProjectParts, 'statusId' | 'parentProject'>,
  {
    projectType,
    projects,
  }: { readonly projectType: Project['projectType']; readonly projects?: readonly string[] | undefined },
): void {
  if (statusId !== undefined && world.statuses.get(statusId) === undefined) {
    throw invalid('statusId', 'is not a status of the company');
  }
  if (parentProject !== undefined && world.projects.get(parentProject)?.projectType !== 'FOLDER') {
    throw invalid('parentProject', 'is not a folder');
  }
  if (projects === undefined) return;
  if (projectType !== 'FOLDER') throw invalid('projects', 'only applies to type FOLDER');
  if (projects.some((id) => world.projects.get(id) === undefined)) throw invalid('projects', 'has unknown ids');
}

/** A client may also set the children on the folder itself. */
function putInto(world: CraftnoteWorld, folderId: string, children: readonly string[] = []): void {
  for (const childId of children) {
    const child = world.projects.get(childId);
    if (child !== undefined) world.updateProject(child, { parts: { ...child.parts, parentProject: folderId } }, 'api');
  }
}
