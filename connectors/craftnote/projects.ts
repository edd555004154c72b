/** Projects as dev items: creates them and reads the whole listing. */
import type { DevItemDraft } from '../../domain/devItem.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import type { CreateResult, FeedRead } from '../port/devTool.js';
import type { CraftnoteContext } from './context.js';
import { type End, type Listing, readListing, withoutEntries } from './paging.js';
import { newProject, projectCarries, projectToDevItem } from './mapping.js';
import { createProject, failure, problemIn, projectsPage } from './requests.js';
import { Project } from './schema.js';
import { statusIdOf } from './directory.js';
import { CraftnoteTarget } from './target.js';

export async function createAsProject(
  context: CraftnoteContext,
  draft: DevItemDraft,
  call: WriteCall,
): Promise<CreateResult> {
  const { cn, directory, settings } = context;
  const target = CraftnoteTarget.parse(draft.target);
  const statusId = await statusIdOf(cn, directory, target, call);
  // Nothing is requested after the write: a failure then would make the create look failed.
  const names = await directory.covering(statusId === null ? [] : [statusId], call);
  const created = Project.safeParse(await createProject(cn, newProject(draft, statusId), call));
  if (!created.success) {
    const message = `POST /projects answered ${problemIn(created.error)}; it may have been applied`;
    throw failure(cn, 'ambiguous', message);
  }
  const item = projectToDevItem(created.data, names, settings.itemUrl);
  return { item, showsMarker: projectCarries(created.data, draft.marker) };
}

export function listProjects({ cn }: CraftnoteContext, end: End, call: ReadCall): Promise<Listing<Project>> {
  return readListing((startAfter) => projectsPage(cn, startAfter, call), Project, end, call);
}

/**
 * Reads all projects, since they have no time of change and nothing else shows which changed: 5,000 take 51 requests.
 * The caller compares each with its row and wakes what differs. A change on a page that was already read is in the next
 * read.
 */
export async function readProjectFeed(context: CraftnoteContext, call: ReadCall): Promise<FeedRead> {
  const { items, malformed, whole } = await listProjects(context, 'short-page', call);
  const names = await context.directory.refreshed(call);
  return {
    items: items.map((project) => projectToDevItem(project, names, context.settings.itemUrl)),
    complete: whole,
    everything: whole && malformed.length === 0,
    newest: null,
    ...(whole ? { ids: [...items, ...malformed].map(({ id }) => id) } : {}),
    ...(malformed.length === 0 ? {} : { malformed: withoutEntries(malformed) }),
  };
}
