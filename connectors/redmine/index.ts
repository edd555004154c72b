/**
 * Redmine as a dev tool: an issue in a project (design 6). Redmine has no webhooks, so changes are found by polling.
 */
import type { DevItemDraft } from '../../domain/devItem.js';
import type { DevToolSettings } from '../../domain/settings.js';
import type { OpenHttp } from '../http/request.js';
import type { WriteCall } from '../port/calls.js';
import type { CreateResult, DevToolConnector } from '../port/devTool.js';
import { checkRedmine } from './check/index.js';
import type { RedmineContext } from './context.js';
import { requiredFieldsOf } from './capabilities/requiredFields.js';
import { createDirectory } from './directory.js';
import { resolveFields } from './fields.js';
import { hierarchyOf } from './capabilities/hierarchy.js';
import { readById, readIssue } from './items.js';
import { commentsOf } from './capabilities/comments.js';
import { carriesMarker, describeIssue, ignoredParts, newIssue, toDevItem } from './mapping.js';
import { createIssue, describeRefusal, failure, problemIn } from './requests.js';
import { Issue } from './schema.js';
import { issueIds, listMarked, readChanges, searchMarker } from './search.js';
import { projectIdOf, seesProject } from './visibility.js';
import { RedmineOwn, RedmineTarget } from './target.js';

export function createRedmineConnector(settings: DevToolSettings, openHttp: OpenHttp): DevToolConnector {
  const context = openContext(settings, openHttp);
  const { redmine, naming, formatting } = context;
  return {
    name: settings.name,
    type: settings.type,
    describe: (draft) => describeIssue(draft, RedmineTarget.parse(draft.target), formatting),
    createItem: (draft, call) => createItem(context, draft, call),
    findByMarker: ({ target, marker, createdSince }, call) =>
      searchMarker(context, { target: RedmineTarget.parse(target), marker, createdSince }, call),
    listMarked: ({ target, start, createdSince }, call) =>
      listMarked(context, { target: RedmineTarget.parse(target), start, createdSince }, call),
    async readItems(ids, call) {
      const { issues, missing, malformed, refused } = await readById(redmine, ids, call);
      const found = issues.map((issue) => toDevItem(issue, naming));
      const broken = malformed.map(({ id, problem }) => ({ id, problem }));
      return {
        found,
        missing,
        ...(broken.length > 0 && { malformed: broken }),
        ...(refused.length > 0 && { refused }),
      };
    },
    async readMarked(id, marker, call) {
      const issue = await readIssue(redmine, id, call);
      return issue === null ? null : { item: toDevItem(issue, naming), showsMarker: carriesMarker(issue, marker) };
    },
    readFeed: (scope, since, call) => readChanges(context, scope, since, call),
    listIds: (scope, call) => issueIds(redmine, scope, call),
    scopeOf: (target, call) => projectIdOf(redmine, RedmineTarget.parse(target).projectId, call),
    seesScope: (scope, call) => seesProject(redmine, scope, call),
    check: (pipelines, call) => checkRedmine(context, pipelines, call),
    comments: commentsOf(redmine, formatting),
    hierarchy: hierarchyOf(context),
    requiredFields: requiredFieldsOf(context),
  };
}

function openContext(settings: DevToolSettings, openHttp: OpenHttp): RedmineContext {
  const { textFormatting } = RedmineOwn.parse(settings.own);
  const http = openHttp({
    authHeaders: (apiKey) => ({ 'X-Redmine-API-Key': apiKey }),
    describeError: describeRefusal,
  });
  const redmine = { connection: settings.name, http };
  const now = () => Date.now();
  const naming = { baseUrl: settings.baseUrl, itemUrl: settings.itemUrl };
  return { settings, redmine, naming, formatting: textFormatting, directory: createDirectory(redmine, now), now };
}

async function createItem(context: RedmineContext, draft: DevItemDraft, call: WriteCall): Promise<CreateResult> {
  const { redmine, naming, formatting } = context;
  const target = RedmineTarget.parse(draft.target);
  const place = { projectId: target.projectId, trackerId: target.trackerId ?? null };
  const resolved = await resolveFields(context, place, draft, call);
  const sent = newIssue(draft, target, resolved, formatting);
  const created = Issue.safeParse(await createIssue(redmine, sent, call));
  if (!created.success) {
    const problem = problemIn(created.error);
    throw failure(redmine, 'ambiguous', `POST /issues.json answered ${problem}; it may have been applied`);
  }
  const warnings = ignoredParts(created.data, sent);
  return {
    item: toDevItem(created.data, naming),
    showsMarker: carriesMarker(created.data, draft.marker),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
