/** Kitemaker as a dev tool: a work item in a space (design 6). */
import type { DevItem } from '../../domain/devItem.js';
import { ToolError } from '../../domain/errors.js';
import type { DevToolSettings } from '../../domain/settings.js';
import { oneValue } from '../fieldValues.js';
import type { OpenHttp } from '../http/request.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import type { CreateResult, DevItemsById, DevToolConnector } from '../port/devTool.js';
import { checkKitemaker } from './check.js';
import type { KitemakerContext } from './context.js';
import { createDirectory, resolveTarget, spaceOf, unleased } from './directory.js';
import { commentsOf } from './capabilities/comments.js';
import { feedbackOf } from './capabilities/feedback.js';
import { hierarchyOf, initiativesFor } from './capabilities/hierarchy.js';
import { createInitiatives } from './initiatives.js';
import { readById } from './items.js';
import { labelsOf } from './capabilities/labels.js';
import { carriesMarker, describeItem, newWorkItem, sizeOf, toDevItem } from './mapping.js';
import { addToInitiative, createWorkItem, failure, type Kitemaker, problemIn, workItemIds } from './requests.js';
import { RestErrors, WorkItem } from './schema.js';
import { listMarked, readChanges, searchMarker } from './search.js';
import { KitemakerOwn, KitemakerTarget } from './target.js';
import { webhooks } from './capabilities/webhooks.js';

export function createKitemakerConnector(settings: DevToolSettings, openHttp: OpenHttp): DevToolConnector {
  const context = openContext(settings, openHttp);
  const { km, directory, naming, now } = context;
  return {
    name: settings.name,
    type: settings.type,
    describe: (draft) => describeItem(draft),
    createItem: (draft, call) => createItem(context, draft, call),
    async findByMarker({ target, marker, createdSince }, call) {
      const space = await spaceOf(km, directory, KitemakerTarget.parse(target), call);
      return await searchMarker(km, { spaceId: space.id, marker, createdSince }, { directory, naming, now }, call);
    },
    async listMarked({ target, start, createdSince }, call) {
      const space = await spaceOf(km, directory, KitemakerTarget.parse(target), call);
      return await listMarked(km, { spaceId: space.id, start, createdSince }, { directory, naming, now }, call);
    },
    readItems: (ids, call) => readItems(context, ids, call),
    async readMarked(id, marker, call) {
      const { items } = await readById(km, [id], true, call);
      const [item] = items;
      return item === undefined ? null : { item: toDevItem(item, naming), showsMarker: carriesMarker(item, marker) };
    },
    async readFeed(scope, since, call, settledTo = null) {
      await directory.spaces(call);
      return await readChanges(km, { spaceId: scope, since, settledTo }, naming, call);
    },
    listIds: (scope, call) => workItemIds(km, scope, call),
    async scopeOf(target, call) {
      const parsed = KitemakerTarget.parse(target);
      return parsed.spaceId ?? (await spaceOf(km, directory, parsed, call)).id;
    },
    async seesScope(scope, call) {
      return (await directory.refreshed(call)).some((space) => space.id === scope);
    },
    check: (pipelines, call) => checkKitemaker(context, pipelines, call),
    comments: commentsOf(km),
    webhooks,
    labels: labelsOf(context),
    feedback: feedbackOf(km),
    hierarchy: hierarchyOf(km),
  };
}

async function readItems(
  { km, naming }: Pick<KitemakerContext, 'km' | 'naming'>,
  ids: readonly string[],
  call: ReadCall,
): Promise<DevItemsById> {
  const { items, missing, malformed, refused } = await readById(km, ids, false, call);
  const found = items.map((item) => toDevItem(item, naming));
  const broken = malformed.map(({ id, problem }) => ({ id, problem }));
  return { found, missing, ...(broken.length > 0 && { malformed: broken }), ...(refused.length > 0 && { refused }) };
}

function openContext(settings: DevToolSettings, openHttp: OpenHttp): KitemakerContext {
  const own = KitemakerOwn.parse(settings.own);
  const rest = openHttp({ authHeaders: (apiKey) => ({ 'X-API-KEY': apiKey }), describeError });
  const graphqlUrl = own.graphqlUrl ?? graphqlUrlOf(settings.baseUrl);
  const graphql = openHttp({
    baseUrl: graphqlUrl,
    authHeaders: (apiKey) => ({ Authorization: `Bearer ${apiKey}` }),
    describeError,
  });
  const km = { connection: settings.name, rest, graphql, graphqlUrl };
  const now = () => Date.now();
  const directory = createDirectory(km, now);
  const naming = { itemUrl: settings.itemUrl, spaceKeyOf: directory.spaceKeyOf };
  return { settings, km, directory, initiatives: createInitiatives(km, now), naming, now };
}

/** `https://toil.kitemaker.co/developers/rest/v1` → `https://toil.kitemaker.co/developers/graphql`. */
export function graphqlUrlOf(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '').replace(/\/rest(?:\/v\d+)?$/, '')}/graphql`;
}

function describeError(_status: number, body: unknown): string | null {
  const read = RestErrors.safeParse(body);
  const [first] = read.success ? read.data.errors : [];
  if (first === undefined) return null;
  const code = first.code ?? null;
  return code === null ? first.message : `${first.message} (${code})`;
}

async function createItem(
  context: KitemakerContext,
  draft: Parameters<DevToolConnector['createItem']>[0],
  call: WriteCall,
): Promise<CreateResult> {
  const { km, directory, naming } = context;
  const target = KitemakerTarget.parse(draft.target);
  for (const field of ['effort', 'impact']) {
    const values = draft.fields[field];
    if (values === undefined) continue;
    const one = oneValue(values);
    if ('value' in one && sizeOf(one.value) !== null) continue;
    const problem = 'problem' in one ? one.problem : 'must be small, medium or large';
    const message = `POST /workitem was not sent: ${field} ${problem}; see fields.${field}.values`;
    throw new ToolError('invalid', `${km.connection}: ${message}`, { connection: km.connection, notSent: true });
  }
  const resolved = await resolveTarget(km, directory, target, call);
  const initiatives = await initiativesFor(context, target, draft, call);
  const answer = await createWorkItem(km, newWorkItem(draft, resolved), call);
  const created = WorkItem.safeParse(answer);
  if (!created.success) {
    throw failure(km, 'ambiguous', `POST /workitem answered ${problemIn(created.error)}; it may have been applied`);
  }
  const warnings: string[] = [];
  for (const initiative of initiatives) warnings.push(...(await putUnder(km, initiative, created.data.id, call)));
  const item = toDevItem(created.data, naming);
  const showsMarker = carriesMarker(created.data, draft.marker);
  return { item, showsMarker, ...(warnings.length === 0 ? {} : { warnings }) };
}

/** The item exists by now: a failure with its initiative must not make the create look failed. */
async function putUnder(
  km: Kitemaker,
  initiative: string,
  id: DevItem['id'],
  call: ReadCall,
): Promise<readonly string[]> {
  try {
    await addToInitiative(km, initiative, id, unleased(call));
    return [];
  } catch (error) {
    return [`not put under its initiative: ${error instanceof ToolError ? error.message : 'unexpected error'}`];
  }
}
