/**
 * CraftDesk's API (sources: CraftDesk). Where the document is silent, REST's convention holds: a single project is at
 * `/projects/{id}`, POST answers 201, one project is in `data`, a delete answers 204. `status` and `archived_at` are
 * added.
 *
 * Only writes must send the common headers: the document's own examples of GET leave them out.
 */
import { z } from 'zod';
import type { Answer, Call, Route } from '../http/mount.js';
import { STATUSES, type CraftdeskWorld, type Project } from './craftdeskWorld.js';
import { craftdeskError } from './errors.js';
import type { PlanLimits } from './limits.js';

/** The document names no limits; these are those of common columns (255 characters, 65,535 bytes). */
const Name = z.string().trim().min(1).max(255);
const Description = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= 65_535, { message: 'must not be longer than 65535 bytes' })
  .nullable();

const NewProject = z.strictObject({ name: Name, description: Description.optional() });
const ProjectChange = z.strictObject({
  name: Name.optional(),
  description: Description.optional(),
  status: z.enum(STATUSES).optional(),
});

const PER_PAGE = { default: 20, max: 100 } as const;
const PARAMETERS = ['page', 'per_page'];

export interface RouteParts {
  readonly world: CraftdeskWorld;
  readonly limits: PlanLimits;
  /** The workspace of the key that asks. */
  readonly workspaceOf: (header: Call['header']) => string;
  readonly order: () => 'created' | 'updated';
}

type Handler = (parts: RouteParts, call: Call, workspaceId: string) => Answer;

export function craftdeskRoutes(parts: RouteParts): readonly Route[] {
  const route = (method: Route['method'], path: string, handler: Handler): Route => ({
    method,
    path,
    handle: (call) => parts.limits.stamped(guarded(parts, method, call, handler)),
  });
  return [
    route('GET', '/projects', list),
    route('POST', '/projects', create),
    route('GET', '/projects/:id', (p, call, workspaceId) => withProject(p, call, workspaceId, answerWith(200))),
    route('PATCH', '/projects/:id', (p, call, workspaceId) =>
      withProject(p, call, workspaceId, (project) => change(p, call, project)),
    ),
    route('DELETE', '/projects/:id', (p, call, workspaceId) =>
      withProject(p, call, workspaceId, (project) => remove(p, project)),
    ),
  ];
}

function guarded(parts: RouteParts, method: Route['method'], call: Call, handler: Handler): Answer {
  if (method !== 'GET' && call.header('x-requested-with') !== 'XMLHttpRequest') {
    return craftdeskError(400, 'Bad Request', { 'X-Requested-With': ['must be XMLHttpRequest'] });
  }
  const workspaceId = parts.workspaceOf(call.header);
  if (call.sight.of(workspaceId) === 'missing') return craftdeskError(403);
  return handler(parts, call, workspaceId);
}

function list({ world, order }: RouteParts, call: Call, workspaceId: string): Answer {
  const unknown = [...call.query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return craftdeskError(400, 'Bad Request', { [unknown]: ['is not a known parameter'] });
  const page = wholeNumber(call, 'page', 1, Number.MAX_SAFE_INTEGER);
  const perPage = wholeNumber(call, 'per_page', PER_PAGE.default, PER_PAGE.max);
  if (typeof page !== 'number') return page;
  if (typeof perPage !== 'number') return perPage;
  const all = call.sight.of(workspaceId) === 'empty' ? [] : world.listed(workspaceId);
  if (order() === 'updated') all.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  const pagination = {
    current_page: page,
    total: all.length,
    per_page: perPage,
    last_page: Math.max(1, Math.ceil(all.length / perPage)),
  };
  const data = all.slice((page - 1) * perPage, page * perPage).map(render);
  return { status: 200, body: { data, meta: { pagination } } };
}

function wholeNumber(call: Call, name: string, byDefault: number, max: number): number | Answer {
  const given = call.query.get(name);
  if (given === null) return byDefault;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (value >= 1 && value <= max) return value;
  return craftdeskError(400, 'Bad Request', { [name]: [`must be a whole number from 1 to ${max}`] });
}

function create({ world }: RouteParts, call: Call, workspaceId: string): Answer {
  const read = NewProject.safeParse(call.body);
  if (!read.success) return invalid(read.error);
  const { name, description = null } = read.data;
  const project = world.create({ workspaceId, name, description, isDelivered: true }, 'api');
  return { ...answerWith(201)(project), applied: { itemId: project.id } };
}

/** A project of another workspace is forbidden: a key is tied to its creator's workspace. */
function withProject(
  { world }: RouteParts,
  call: Call,
  workspaceId: string,
  handle: (project: Project) => Answer,
): Answer {
  const project = world.projects.get(call.params['id'] ?? '');
  if (project === undefined || call.sight.of(workspaceId) === 'empty') return craftdeskError(404);
  return project.workspaceId === workspaceId ? handle(project) : craftdeskError(403);
}

function change({ world }: RouteParts, call: Call, project: Project): Answer {
  const read = ProjectChange.safeParse(call.body);
  if (!read.success) return invalid(read.error);
  const given = Object.fromEntries(Object.entries(read.data).filter(([, value]) => value !== undefined));
  return { ...answerWith(200)(world.update(project.id, given, 'api')), applied: { itemId: project.id } };
}

function remove({ world }: RouteParts, project: Project): Answer {
  world.delete(project.id, 'api');
  return { status: 204, body: undefined, applied: { itemId: project.id } };
}

/** Names each property, without repeating what was sent. */
function invalid(error: z.ZodError): Answer {
  const errors: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.map(String).join('.') || 'body'];
    for (const name of names) errors[name] = [...(errors[name] ?? []), issue.message];
  }
  return craftdeskError(400, 'Bad Request', errors);
}

function answerWith(status: number): (project: Project) => Answer {
  return (project) => ({ status, body: { data: render(project) } });
}

export function render(project: Project): unknown {
  return {
    id: project.id,
    name: project.name,
    slug: project.slug,
    description: project.description,
    status: project.status,
    archived_at: project.archivedAt === null ? null : seconds(project.archivedAt),
    created_at: seconds(project.createdAt),
    updated_at: seconds(project.updatedAt),
  };
}

/** `2025-03-23T14:35:21Z`, as in the document. */
function seconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
