/** Whether the issues of a pipeline have a place for the marker: without one no create is safe to repeat. */
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import type { Checked } from './checked.js';
import { nearestOf, ok, probe, warning, wrong } from '../../findings.js';
import { listIssues } from '../requests.js';
import { ofProject } from '../visibility.js';
import { type CustomField, Issue, type Tracker } from '../schema.js';

/** Longer than any marker: pipeline name 40, Craft ids, generation. */
const ROOM = 120;
/** A marker that no issue has. */
const NOBODY = 'craftsync:check/none/0';

export async function markerFindings(checked: Checked, call: ReadCall): Promise<readonly Finding[]> {
  const { target, pipeline, context, keyAt } = checked;
  const where = `pipelines.${pipeline.name}.target`;
  if (target.markerField === undefined) return descriptionFindings(where, checked);
  const at = `${where}.markerField`;
  const fields = await probe(at, keyAt, () => context.directory.customFields(call));
  if ('finding' in fields) return [fields.finding];
  if (fields.value !== null) return knownField(at, target.markerField, fields.value, checked);
  const seen = await probe(at, keyAt, () => seenField(at, target.markerField ?? '', checked, call));
  return 'finding' in seen ? [seen.finding] : seen.value;
}

function descriptionFindings(where: string, checked: Checked): readonly Finding[] {
  const tracker = trackerOf(checked);
  const fields = tracker?.enabled_standard_fields ?? null;
  if (fields === null || fields.includes('description')) return [];
  const message = `"${tracker?.name ?? ''}" has no description, which would hold the marker: enable it, or give target.markerField`;
  return [wrong(`${where}.trackerId`, message)];
}

function trackerOf({ target, project, trackers }: Checked): Tracker | null {
  const id = target.trackerId ?? String(project.trackers?.[0]?.id ?? '');
  return trackers.find((tracker) => String(tracker.id) === id) ?? null;
}

/** An administrator's key can read the field's definition. */
function knownField(at: string, id: string, fields: readonly CustomField[], checked: Checked): readonly Finding[] {
  const field = fields.find((one) => String(one.id) === id);
  if (field === undefined) return [wrong(at, `Redmine has no custom field ${id} of issues${nearestOf(id, fields)}`)];
  const named = `the custom field "${field.name}"`;
  const tracker = trackerOf(checked);
  const problems = [
    ...(['string', 'text'].includes(field.field_format) ? [] : [`is not a text field (${field.field_format})`]),
    ...(field.is_filter ? [] : ['is not used as a filter: a lost create could not be found by it']),
    ...((field.max_length ?? 0) > 0 && (field.max_length ?? 0) < ROOM
      ? [`takes only ${field.max_length} characters; a marker needs ${ROOM}`]
      : []),
    ...((field.regexp ?? '') === '' ? [] : ['has a regular expression that a marker may not match']),
    ...(tracker === null || (field.trackers ?? []).some(({ id: of }) => of === tracker.id)
      ? []
      : [`is not for the tracker "${tracker.name}"`]),
  ];
  return problems.length === 0
    ? [ok(at, `${named} is a filter and takes the marker`)]
    : problems.map((problem) => wrong(at, `${named} ${problem}`));
}

/** Other keys see the field only on issues. It is a filter where searching it for `NOBODY` finds none. */
async function seenField(at: string, id: string, checked: Checked, call: ReadCall): Promise<readonly Finding[]> {
  const { context, project, target } = checked;
  const { redmine } = context;
  const tracker = target.trackerId === undefined ? {} : { tracker_id: target.trackerId };
  const all = { ...ofProject(String(project.id)), ...tracker, limit: '1' };
  const [latest] = await listIssues(redmine, all, call);
  const issue = Issue.safeParse(latest);
  if (!issue.success) {
    return [
      warning(at, 'the project has no issue of the tracker yet: the first one will show whether it has the field'),
    ];
  }
  const field = issue.data.custom_fields.find((one) => String(one.id) === id);
  if (field === undefined) {
    const near = nearestOf(id, issue.data.custom_fields);
    return [
      wrong(at, `the issues of the project do not have the custom field ${id}, or the key may not see it${near}`),
    ];
  }
  const filtered = await listIssues(redmine, { ...all, [`cf_${id}`]: NOBODY }, call);
  return filtered.length === 0
    ? [ok(at, `the custom field "${field.name}" is a filter and is on the project's issues`)]
    : [wrong(at, `the custom field "${field.name}" is not used as a filter: a lost create could not be found by it`)];
}
