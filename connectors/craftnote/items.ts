/**
 * Reads projects and tasks by id, one request each: only the answer to that request says that an item does not exist.
 */
import type { z } from 'zod';
import type { DevItem } from '../../domain/devItem.js';
import { isRefusedById, ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import type { CreateResult, DevItemsById, MalformedDevItem } from '../port/devTool.js';
import type { CraftnoteContext } from './context.js';
import { projectCarries, projectToDevItem, readId, taskCarries, taskToDevItem } from './mapping.js';
import { failure, getProject, getTask, problemIn } from './requests.js';
import { Project, Task } from './schema.js';
import type { StatusNames } from './directory.js';

type Entry =
  | { readonly resource: 'project'; readonly project: Project }
  | { readonly resource: 'task'; readonly projectId: string; readonly task: Task };

type Read<T> =
  | { readonly status: 'found'; readonly found: T }
  | { readonly status: 'missing' }
  /** The key may not read it. */
  | { readonly status: 'refused'; readonly refusal: ToolError }
  | { readonly status: 'malformed'; readonly problem: string };

async function read<T>(answer: Promise<unknown>, place: string, schema: z.ZodType<T>): Promise<Read<T>> {
  try {
    const parsed = schema.safeParse(await answer);
    if (parsed.success) return { status: 'found', found: parsed.data };
    return { status: 'malformed', problem: `${place} answered ${problemIn(parsed.error)}` };
  } catch (error) {
    if (error instanceof ToolError && error.kind === 'not-found') return { status: 'missing' };
    if (isRefusedById(error)) return { status: 'refused', refusal: error };
    throw error;
  }
}

/** A deleted task may still be answered, with `isDeleted`: it counts as missing. */
async function readEntry({ cn }: CraftnoteContext, id: string, call: ReadCall): Promise<Read<Entry>> {
  const at = readId(id);
  if (at.resource === 'project') {
    const project = await read(getProject(cn, id, call), 'GET /projects/{id}', Project);
    return project.status === 'found'
      ? { status: 'found', found: { resource: 'project', project: project.found } }
      : project;
  }
  const place = 'GET /projects/{id}/tasks/{taskId}';
  const task = await read(getTask(cn, at.projectId, at.taskId, call), place, Task);
  if (task.status !== 'found') return task;
  if (task.found.isDeleted === true) return { status: 'missing' };
  return { status: 'found', found: { resource: 'task', projectId: at.projectId, task: task.found } };
}

export async function readItems(
  context: CraftnoteContext,
  ids: readonly string[],
  call: ReadCall,
): Promise<DevItemsById> {
  const wanted = [...new Set(ids)];
  const entries: Entry[] = [];
  const missing: string[] = [];
  const malformed: MalformedDevItem[] = [];
  const refused: string[] = [];
  for (const [index, id] of wanted.entries()) {
    if (index > 0) call.heartbeat?.();
    const entry = await readEntry(context, id, call);
    if (entry.status === 'found') entries.push(entry.found);
    else if (entry.status === 'missing') missing.push(id);
    else if (entry.status === 'refused' && wanted.length === 1) throw entry.refusal;
    else if (entry.status === 'refused') refused.push(id);
    else malformed.push({ id, problem: entry.problem });
  }
  const [broken] = malformed;
  if (wanted.length === 1 && broken !== undefined) {
    throw failure(context.cn, 'unexpected-response', broken.problem);
  }
  const found = await toDevItems(context, entries, call);
  return { found, missing, ...(malformed.length > 0 && { malformed }), ...(refused.length > 0 && { refused }) };
}

async function toDevItems(
  context: CraftnoteContext,
  entries: readonly Entry[],
  call: ReadCall,
): Promise<readonly DevItem[]> {
  const { itemUrl } = context.settings;
  const projects = entries.flatMap((entry) => (entry.resource === 'project' ? [entry.project] : []));
  const names = await namesFor(context, projects, call);
  return entries.map((entry) =>
    entry.resource === 'project'
      ? projectToDevItem(entry.project, names, itemUrl)
      : taskToDevItem(entry.task, entry.projectId, itemUrl),
  );
}

/** Names of the statuses that these projects have; makes no request where none has one. */
export async function namesFor(
  { directory }: CraftnoteContext,
  projects: readonly Project[],
  call: ReadCall,
): Promise<StatusNames> {
  const ids = projects.flatMap(({ statusId }) => (statusId == null || statusId === '' ? [] : [statusId]));
  return ids.length === 0 ? new Map() : directory.covering(ids, call);
}

export async function readMarked(
  context: CraftnoteContext,
  id: string,
  marker: string,
  call: ReadCall,
): Promise<CreateResult | null> {
  const entry = await readEntry(context, id, call);
  if (entry.status === 'missing') return null;
  if (entry.status === 'refused') throw entry.refusal;
  if (entry.status === 'malformed') throw failure(context.cn, 'unexpected-response', entry.problem);
  const { found } = entry;
  const [item] = await toDevItems(context, [found], call);
  if (item === undefined) throw new Error('an entry became no item');
  const showsMarker =
    found.resource === 'project' ? projectCarries(found.project, marker) : taskCarries(found.task, marker);
  return { item, showsMarker };
}

/** Null: Craftnote says that there is no such project. */
export async function readProject(
  { cn }: CraftnoteContext,
  projectId: string,
  call: ReadCall,
): Promise<Project | null> {
  const project = await read(getProject(cn, projectId, call), 'GET /projects/{id}', Project);
  if (project.status === 'malformed') throw failure(cn, 'unexpected-response', project.problem);
  if (project.status === 'refused') throw project.refusal;
  return project.status === 'found' ? project.found : null;
}
