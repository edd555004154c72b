/**
 * Reports, before the first issue is created, what would stop it: the key and its rights, the project, the tracker, the
 * status, the marker field, the words of the mappings. Each finding names the bad value and the nearest one that
 * exists.
 */
import type { PipelineSettings } from '../../../domain/settings.js';
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import type { Checked } from './checked.js';
import { fieldFindings, progressFindings } from './fields.js';
import { markerFindings } from './marker.js';
import { rightsFindings } from './rights.js';
import type { RedmineContext } from '../context.js';
import { nearestOf, ok, probe, warning, wrong } from '../../findings.js';
import { currentUser, getIssue, getProject, listStatuses, listTrackers } from '../requests.js';
import type { Project } from '../schema.js';
import { RedmineTarget } from '../target.js';

const CLOSED_PROJECT = 5;

export async function checkRedmine(
  context: RedmineContext,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { settings, redmine } = context;
  const where = `devTools.${settings.name}`;
  const keyAt = `${where}.apiKey`;
  const me = await probe(`${where}.baseUrl`, keyAt, () => currentUser(redmine, call));
  if ('finding' in me) return [me.finding];
  const { user } = me.value;
  const findings: Finding[] = [
    ok(`${where}.baseUrl`, `key accepted by Redmine, user "${user.login}"`),
    ok(`${where}.textFormatting`, formattingWords(context)),
  ];
  if (user.admin) {
    const message =
      "the key is an administrator's: it may do everything. A user of its own with the role of docs/rights.md is enough";
    findings.push(warning(keyAt, message));
  }
  const lists = await probe(where, keyAt, async () => ({
    trackers: await listTrackers(redmine, call),
    statuses: await listStatuses(redmine, call),
  }));
  if ('finding' in lists) return [...findings, lists.finding];
  for (const pipeline of pipelines.filter((one) => one.devTool === settings.name)) {
    findings.push(...(await pipelineFindings({ context, pipeline, user, keyAt, ...lists.value }, call)));
  }
  return findings;
}

/** Redmine's API does not show its setting (decision 11), so a person is asked to compare. */
function formattingWords({ formatting }: RedmineContext): string {
  const name = { textile: 'Textile', common_mark: 'CommonMark', markdown: 'Markdown' }[formatting];
  return `texts are written in ${name}; it must match Redmine's Administration, Settings, General, Text formatting`;
}

async function pipelineFindings(
  about: Omit<Checked, 'target' | 'project'>,
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { pipeline, context } = about;
  const where = `pipelines.${pipeline.name}.target`;
  const read = RedmineTarget.safeParse(pipeline.target);
  if (!read.success) {
    return read.error.issues.map((issue) => wrong([where, ...issue.path].join('.'), issue.message));
  }
  const target = read.data;
  const found = await probe(`${where}.projectId`, `${where}.projectId`, () =>
    getProject(context.redmine, target.projectId, call),
  );
  if ('finding' in found) {
    const message = `the key sees no project "${target.projectId}": ${found.finding.message}`;
    return [{ ...found.finding, message }];
  }
  const checked = { ...about, target, project: found.value };
  return [
    ...projectFindings(where, found.value),
    ...trackerFindings(where, checked),
    ...statusFindings(where, checked),
    ...(await rightsFindings(checked, call)),
    ...(await markerFindings(checked, call)),
    ...(await parentFindings(where, checked, call)),
    ...(await fieldFindings(checked, call)),
    ...progressFindings(checked),
  ];
}

function projectFindings(where: string, project: Project): readonly Finding[] {
  const at = `${where}.projectId`;
  if (project.status === CLOSED_PROJECT) return [wrong(at, `the project "${project.name}" is closed: reopen it`)];
  const modules = project.enabled_modules?.map(({ name }) => name) ?? null;
  if (modules !== null && !modules.includes('issue_tracking')) {
    return [wrong(at, `the project "${project.name}" has the module Issue tracking switched off`)];
  }
  return [ok(at, `issues are created in the project "${project.name}" (${project.identifier})`)];
}

function trackerFindings(where: string, { target, trackers, project }: Checked): readonly Finding[] {
  const at = `${where}.trackerId`;
  const enabled = project.trackers ?? [];
  const { trackerId } = target;
  if (trackerId === undefined) {
    const [first] = enabled;
    return first === undefined ? [] : [ok(at, `not given: issues become "${first.name}", the first of the project`)];
  }
  const tracker = trackers.find(({ id }) => String(id) === trackerId);
  if (tracker === undefined) {
    return [wrong(at, `Redmine has no tracker ${trackerId}${nearestOf(trackerId, trackers)}`)];
  }
  if (project.trackers !== null && !enabled.some(({ id }) => id === tracker.id)) {
    return [wrong(at, `"${tracker.name}" is not enabled in the project${nearestOf(tracker.name, enabled)}`)];
  }
  return [];
}

function statusFindings(where: string, { target, statuses }: Checked): readonly Finding[] {
  const { statusId } = target;
  if (statusId === undefined) return [];
  const at = `${where}.statusId`;
  const status = statuses.find(({ id }) => String(id) === statusId);
  if (status === undefined) return [wrong(at, `Redmine has no status ${statusId}${nearestOf(statusId, statuses)}`)];
  if (status.is_closed === true)
    return [warning(at, `"${status.name}" is a closed status: issues would be created done`)];
  const message = `whether a new issue may be "${status.name}" depends on the workflow of the key's role: where it may not, Redmine takes the first status, and the log says so`;
  return [ok(at, message)];
}

async function parentFindings(where: string, checked: Checked, call: ReadCall): Promise<readonly Finding[]> {
  const { parentIssueId } = checked.target;
  if (parentIssueId === undefined) return [];
  const at = `${where}.parentIssueId`;
  const parent = await probe(at, at, () => getIssue(checked.context.redmine, parentIssueId, call));
  return 'finding' in parent ? [parent.finding] : [ok(at, `issues are created under #${parentIssueId}`)];
}
