/**
 * Creates issues and adds notes as Redmine does: a wrong value is refused with 422; a value that the project, the
 * tracker or the role does not allow is silently ignored.
 */
import { z } from 'zod';
import type { Answer, Call } from '../http/mount.js';
import { redmineError, refused, renderIssue } from './answers.js';
import type { CustomField, Issue, Project } from './model.js';
import { API_USER, DEFAULT_PRIORITY, isClosed, PRIORITIES, type RedmineWorld, STATUSES } from './redmineWorld.js';

const Id = z.union([z.int(), z.string()]).transform(String);

/** Redmine ignores unknown names; here they are refused, so that a mistake of a connector shows. */
const NewIssue = z.strictObject({
  issue: z.strictObject({
    project_id: Id.optional(),
    tracker_id: Id.optional(),
    status_id: Id.optional(),
    priority_id: Id.optional(),
    subject: z.string().optional(),
    description: z.string().optional(),
    parent_issue_id: Id.optional(),
    assigned_to_id: Id.optional(),
    category_id: Id.optional(),
    fixed_version_id: Id.optional(),
    start_date: z.string().optional(),
    due_date: z.string().optional(),
    estimated_hours: Id.optional(),
    custom_fields: z.array(z.strictObject({ id: Id, value: z.union([z.string(), z.array(z.string())]) })).optional(),
  }),
});
type Wanted = z.infer<typeof NewIssue>['issue'];

const Update = z.strictObject({
  issue: z.strictObject({ notes: z.string().optional(), status_id: Id.optional() }),
});

const BLANK_PROJECT = ['Project cannot be blank', 'Tracker cannot be blank', 'Status cannot be blank'];
const SUBJECT_LENGTH = 255;
/** What a column of MySQL takes. */
const DESCRIPTION_LENGTH = 16 * 1024 * 1024;

type Sees = (project: Project) => boolean;

export function createIssue(world: RedmineWorld, call: Call, sees: Sees): Answer {
  const read = NewIssue.safeParse(call.body);
  if (!read.success) return refused([`the sandbox: ${read.error.issues[0]?.path.join('.') ?? ''} is not documented`]);
  const wanted = read.data.issue;
  const project = wanted.project_id === undefined ? undefined : world.project(wanted.project_id);
  const errors = subjectErrors(wanted);
  if (project === undefined || !sees(project) || project.status !== 'active' || !world.may('add_issues')) {
    return refused([...errors, ...BLANK_PROJECT]);
  }
  const trackerId = project.trackerIds.find((id) => String(id) === wanted.tracker_id) ?? project.trackerIds[0] ?? 1;
  const statusId = world.settings.newStatusIds.find((id) => String(id) === wanted.status_id) ?? STATUSES[0]?.id ?? 1;
  const fields = world.fieldsOf({ projectId: project.id, trackerId });
  const custom = customValues(wanted, fields);
  errors.push(
    ...priorityErrors(wanted),
    ...dateErrors(world, wanted),
    ...customErrors(custom, fields),
    ...parentErrors(world, wanted, project, statusId),
  );
  if (errors.length > 0) return refused(errors);
  const without = world.settings.trackersWithout[String(trackerId)] ?? [];
  const parentId =
    world.may('manage_subtasks') && !without.includes('parent_issue_id') ? wanted.parent_issue_id : undefined;
  const issue = world.createIssue(
    {
      projectId: project.id,
      trackerId,
      statusId,
      priorityId: Number(wanted.priority_id ?? DEFAULT_PRIORITY),
      authorId: API_USER.number,
      parentId: parentId ?? null,
      subject: wanted.subject ?? '',
      description: without.includes('description') ? null : (wanted.description ?? null),
      custom,
      ...datesOf(wanted),
    },
    'api',
  );
  return {
    status: 201,
    body: { issue: renderIssue(world, issue) },
    headers: { location: `/issues/${issue.id}` },
    applied: { itemId: issue.id },
  };
}

function subjectErrors({ subject = '', description = '' }: Wanted): string[] {
  const errors: string[] = [];
  if (subject.trim() === '') errors.push('Subject cannot be blank');
  if ([...subject].length > SUBJECT_LENGTH)
    errors.push(`Subject is too long (maximum is ${SUBJECT_LENGTH} characters)`);
  if (description.length > DESCRIPTION_LENGTH) errors.push('Description is too long');
  return errors;
}

function priorityErrors({ priority_id: wanted }: Wanted): readonly string[] {
  const exists = wanted === undefined || PRIORITIES.some(({ id }) => String(id) === wanted);
  return exists ? [] : ['Priority cannot be blank'];
}

/** Empty means no date. */
function datesOf({ start_date: start = '', due_date: due = '' }: Wanted): Pick<Issue, 'startDate' | 'dueDate'> {
  return { ...(start === '' ? {} : { startDate: start }), ...(due === '' ? {} : { dueDate: due }) };
}

function isDate(value: string): boolean {
  return z.iso.date().safeParse(value).success;
}

/** Unless the request says otherwise, an issue begins on the day of its creation (Redmine's default setting). */
function dateErrors(world: RedmineWorld, wanted: Wanted): readonly string[] {
  const { startDate = world.today, dueDate } = datesOf(wanted);
  const errors = isDate(startDate) ? [] : ['Start date is not a valid date'];
  if (dueDate === undefined) return errors;
  if (!isDate(dueDate)) errors.push('Due date is not a valid date');
  if (dueDate.slice(0, 10) < startDate.slice(0, 10)) errors.push('Due date must be greater than start date');
  return errors;
}

function customValues(wanted: Wanted, fields: readonly CustomField[]): Issue['custom'] {
  const known = (wanted.custom_fields ?? []).filter(({ id }) => fields.some((field) => field.id === id));
  return Object.fromEntries(known.filter(({ value }) => value.length > 0).map(({ id, value }) => [id, value]));
}

function customErrors(custom: Issue['custom'], fields: readonly CustomField[]): readonly string[] {
  return fields.flatMap((field) => {
    const value = custom[field.id];
    if (value === undefined) return field.required ? [`${field.name} cannot be blank`] : [];
    const values = [value].flat();
    if (values.length > 1 && field.multiple !== true) return [`${field.name} is invalid`];
    if (field.format === 'date') return values.every(isDate) ? [] : [`${field.name} is not a valid date`];
    return field.format === 'list' && !values.every((one) => field.values.includes(one))
      ? [`${field.name} is not included in the list`]
      : [];
  });
}

function parentErrors(world: RedmineWorld, wanted: Wanted, project: Project, statusId: number): readonly string[] {
  if (wanted.parent_issue_id === undefined || !world.may('manage_subtasks')) return [];
  const parent = world.issues.get(wanted.parent_issue_id);
  const fits = parent !== undefined && (world.settings.crossProjectSubtasks || parent.projectId === project.id);
  if (!fits) return ['Parent task is invalid'];
  return isClosed(parent.statusId) && !isClosed(statusId)
    ? ['An open issue cannot be attached to a closed parent task']
    : [];
}

/** 204 even when nothing changed: a status that the workflow does not allow, a note without the right. */
export function updateIssue(world: RedmineWorld, issue: Issue, call: Call): Answer {
  const read = Update.safeParse(call.body);
  if (!read.success) return refused([`the sandbox: ${read.error.issues[0]?.path.join('.') ?? ''} is not documented`]);
  if (!world.may('edit_issues') && !world.may('add_issue_notes')) return redmineError(403);
  const { notes } = read.data.issue;
  if (notes === undefined || notes.trim() === '' || !world.may('add_issue_notes'))
    return { status: 204, body: undefined };
  world.addNote(issue.id, notes, API_USER.number, 'api');
  return { status: 204, body: undefined, applied: { itemId: issue.id } };
}
