/** CraftDesk as a dev tool: a project, the only resource that its document describes (design 6). */
import type { DevItemDraft } from '../../domain/devItem.js';
import { isRefusedById, ToolError } from '../../domain/errors.js';
import type { DevToolSettings } from '../../domain/settings.js';
import type { OpenHttp } from '../http/request.js';
import { uninterrupted, type ReadCall, type WriteCall } from '../port/calls.js';
import type { CreateResult, DevItemsById, DevToolConnector, MalformedDevItem } from '../port/devTool.js';
import { checkCraftdesk } from './check.js';
import { monthSpent, monthTold } from './limits.js';
import { carriesMarker, describeItem, newProject, WORKSPACE, type ItemNaming } from './mapping.js';
import { readEntry, readListed, readProject, type Entry } from './items.js';
import { createProject, failure, listProjects, type Craftdesk } from './requests.js';
import { ErrorBody } from './schema.js';
import { allIds, listMarked, readChanges, searchMarker } from './search.js';
import { CraftdeskOwn } from './target.js';
import { webhooksOf } from './capabilities/webhooks.js';

export function createCraftdeskConnector(settings: DevToolSettings, openHttp: OpenHttp): DevToolConnector {
  const own = CraftdeskOwn.parse(settings.own);
  const http = openHttp({
    authHeaders: (apiKey) => ({ Authorization: `Bearer ${apiKey}` }),
    describeError,
    monthSpent: (answer) => monthSpent(answer, Date.now()),
    monthTold,
  });
  const cd: Craftdesk = { connection: settings.name, http };
  const naming: ItemNaming = { itemUrl: settings.itemUrl, statusProperty: own.statusProperty };
  return {
    name: settings.name,
    type: settings.type,
    describe: describeItem,
    createItem: (draft, call) => createItem(cd, naming, draft, call),
    findByMarker: (search, call) => searchMarker(cd, naming, search, call),
    listMarked: (search, call) => listMarked(cd, naming, search, call),
    readItems: (ids, call) => readItems(cd, naming, ids, call),
    readMarked: (id, marker, call) => readMarked(cd, naming, { id, marker }, call),
    readFeed: (_scope, since, call) => readChanges(cd, naming, since, call),
    listIds: (_scope, call) => allIds(cd, naming, call),
    scopeOf: () => Promise.resolve(WORKSPACE),
    seesScope: (_scope, call) => seesProjects(cd, call),
    check: (pipelines, call) => checkCraftdesk(cd, settings, pipelines, call),
    webhooks: webhooksOf(own.signatureHeader),
  };
}

function describeError(_status: number, body: unknown): string | null {
  const read = ErrorBody.safeParse(body);
  if (!read.success) return null;
  const fields = Object.entries(read.data.errors ?? {}).map(([field, [first = '']]) => `${field}: ${first}`);
  return fields.length === 0 ? read.data.message : `${read.data.message} (${fields.join('; ')})`;
}

async function createItem(
  cd: Craftdesk,
  naming: ItemNaming,
  draft: DevItemDraft,
  call: WriteCall,
): Promise<CreateResult> {
  const answered = readEntry(await createProject(cd, newProject(draft), call), naming);
  if (answered.read === 'malformed') throw uncertain(cd, `answered ${answered.malformed.problem}`);
  const created = answered.project.description === undefined ? await readBack(cd, naming, answered, call) : answered;
  return { item: created.item, showsMarker: carriesMarker(created.project, draft.marker) };
}

type ReadEntry = Extract<Entry, { read: 'project' }>;

/** An answer without a description shows no marker, which proves nothing, so the created project is read back. */
async function readBack(cd: Craftdesk, naming: ItemNaming, created: ReadEntry, call: ReadCall): Promise<ReadEntry> {
  try {
    const read = await readProject(cd, naming, created.item.id, uninterrupted(call));
    if (read?.read === 'project') return read;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw uncertain(cd, 'answered without the description, and reading it back failed');
  }
  throw uncertain(cd, 'answered without the description, and what it created cannot be read');
}

/** An ambiguous create is looked up by its marker before it is repeated. */
function uncertain(cd: Craftdesk, what: string): ToolError {
  return failure(cd, 'ambiguous', `POST /projects ${what}; it may have been applied`);
}

async function readItems(
  cd: Craftdesk,
  naming: ItemNaming,
  ids: readonly string[],
  call: ReadCall,
): Promise<DevItemsById> {
  const wanted = [...new Set(ids)];
  const listed = await readListed(cd, naming, wanted, call);
  const found: ReadEntry['item'][] = [];
  const missing: string[] = [];
  const malformed: MalformedDevItem[] = [];
  const refused: string[] = [];
  for (const [index, id] of wanted.entries()) {
    if (index > 0) call.heartbeat?.();
    const entry = listed.get(id) ?? (await readUnlessRefused(cd, naming, { id, alone: wanted.length === 1 }, call));
    if (entry === 'refused') refused.push(id);
    else if (entry === null) missing.push(id);
    else if (entry.read === 'project') found.push(entry.item);
    else malformed.push({ id, problem: entry.malformed.problem });
  }
  const [broken] = malformed;
  if (broken !== undefined && wanted.length === 1) {
    throw failure(cd, 'unexpected-response', `GET /projects/{id} answered ${broken.problem}`);
  }
  return { found, missing, ...(malformed.length > 0 && { malformed }), ...(refused.length > 0 && { refused }) };
}

/** Among several ids, one that the key may not read stops no other. */
async function readUnlessRefused(
  cd: Craftdesk,
  naming: ItemNaming,
  { id, alone }: { readonly id: string; readonly alone: boolean },
  call: ReadCall,
): Promise<Entry | 'refused' | null> {
  try {
    return await readProject(cd, naming, id, call);
  } catch (error) {
    if (!alone && isRefusedById(error)) return 'refused';
    throw error;
  }
}

async function readMarked(
  cd: Craftdesk,
  naming: ItemNaming,
  { id, marker }: { readonly id: string; readonly marker: string },
  call: ReadCall,
): Promise<CreateResult | null> {
  const entry = await readProject(cd, naming, id, call);
  if (entry === null) return null;
  if (entry.read === 'project') return { item: entry.item, showsMarker: carriesMarker(entry.project, marker) };
  throw failure(cd, 'unexpected-response', `GET /projects/{id} answered ${entry.malformed.problem}`);
}

/**
 * An empty workspace counts as seen. A key of another workspace is refused (403) or sees that one: nothing tells them
 * apart.
 */
async function seesProjects(cd: Craftdesk, call: ReadCall): Promise<boolean> {
  try {
    await listProjects(cd, 1, call, 1);
    return true;
  } catch (error) {
    if (error instanceof ToolError && (error.kind === 'forbidden' || error.kind === 'not-found')) return false;
    throw error;
  }
}
