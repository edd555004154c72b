/** Tasks of one project as dev items: creates them and reads the whole listing. */
import type { DevItemDraft } from '../../domain/devItem.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import type { CreateResult, FeedRead } from '../port/devTool.js';
import type { CraftnoteContext } from './context.js';
import { type End, type Listing, readListing, withoutEntries } from './paging.js';
import { newTask, taskCarries, taskId, taskToDevItem } from './mapping.js';
import { createTask, failure, problemIn, refusal, tasksPage } from './requests.js';
import { Task } from './schema.js';
import { CraftnoteTarget, PROJECT_FIELDS } from './target.js';

/** Times of tasks are whole seconds. */
const TICK_MS = 1_000;

export async function createAsTask(
  context: CraftnoteContext,
  draft: DevItemDraft,
  call: WriteCall,
): Promise<CreateResult> {
  const { cn, settings } = context;
  const { projectId = '' } = CraftnoteTarget.parse(draft.target);
  const [foreign] = PROJECT_FIELDS.filter((name) => draft.fields[name] !== undefined);
  if (foreign !== undefined) {
    throw refusal(cn, `POST /projects/{id}/tasks was not sent: a task has no ${foreign}; take fields.${foreign} out`);
  }
  const created = Task.safeParse(await createTask(cn, projectId, newTask(draft), call));
  if (!created.success) {
    const message = `POST /projects/{id}/tasks answered ${problemIn(created.error)}; it may have been applied`;
    throw failure(cn, 'ambiguous', message);
  }
  const item = taskToDevItem(created.data, projectId, settings.itemUrl);
  return { item, showsMarker: taskCarries(created.data, draft.marker) };
}

export function listTasks(
  { cn }: CraftnoteContext,
  projectId: string,
  end: End,
  call: ReadCall,
): Promise<Listing<Task>> {
  return readListing((startAfter) => tasksPage(cn, projectId, startAfter, call), Task, end, call);
}

/**
 * Reads all tasks of a project and returns those that changed. The cursor comes only from the first page: while pages
 * are read, a task on an earlier one may change, and a newer time from a later page would skip that change.
 */
export async function readTaskFeed(
  context: CraftnoteContext,
  projectId: string,
  since: string | null,
  call: ReadCall,
): Promise<FeedRead> {
  const { items: all, malformed, whole, firstPageCount } = await listTasks(context, projectId, 'short-page', call);
  const tasks = all.filter(({ isDeleted }) => isDeleted !== true);
  const items = tasks.filter((task) => isSince(task, since));
  const ids = [...tasks, ...malformed].map(({ id }) => taskId(projectId, id));
  return {
    items: items.map((task) => taskToDevItem(task, projectId, context.settings.itemUrl)),
    complete: whole,
    everything: whole && items.length === ids.length,
    newest: newestOf(all.slice(0, firstPageCount)),
    ...(whole ? { ids } : {}),
    ...(malformed.length === 0
      ? {}
      : { malformed: withoutEntries(malformed).map(({ id, problem }) => ({ id: taskId(projectId, id), problem })) }),
  };
}

/** A change may be up to a second later than its time says; a task without a time always counts as changed. */
function isSince({ lastEditedTimestamp }: Task, since: string | null): boolean {
  if (since === null || lastEditedTimestamp == null) return true;
  return lastEditedTimestamp * 1_000 > Date.parse(since) - TICK_MS;
}

function newestOf(tasks: readonly Task[]): string | null {
  const seconds = tasks.flatMap(({ lastEditedTimestamp }) => lastEditedTimestamp ?? []);
  return seconds.length === 0 ? null : new Date(Math.max(...seconds) * 1_000).toISOString();
}
