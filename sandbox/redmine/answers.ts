/** The forms of Redmine's answers: a list of errors with 422, no body with 401, 403 and 404; times in seconds. */
import type { Answer } from '../http/mount.js';
import type { Issue, Journal, Named, User } from './model.js';
import { API_USER, DEVELOPER, PRIORITIES, type RedmineWorld, statusOf, TRACKERS } from './redmineWorld.js';

export function redmineError(status: number, message?: string): Answer {
  if (status === 401) return { status, body: undefined, headers: { 'www-authenticate': 'Basic realm="Redmine API"' } };
  if (status === 403 || status === 404) return { status, body: undefined };
  return { status, body: { errors: [message ?? `Failed with ${status}`] } };
}

export function refused(errors: readonly string[]): Answer {
  return { status: 422, body: { errors } };
}

/** `2026-11-24T15:23:54Z`, whatever the milliseconds. */
function seconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

const PEOPLE = [API_USER, DEVELOPER];

export function nameOf(user: User): string {
  return `${user.firstname} ${user.lastname}`;
}

function person(number: number): Named {
  const user = PEOPLE.find((one) => one.number === number) ?? DEVELOPER;
  return { id: user.number, name: nameOf(user) };
}

function named(things: readonly Named[], id: number): Named {
  const { name } = things.find((thing) => thing.id === id) ?? { name: '' };
  return { id, name };
}

export function renderIssue(world: RedmineWorld, issue: Issue): Record<string, unknown> {
  const project = world.projects.get(issue.projectId);
  const status = statusOf(issue);
  const without = world.settings.trackersWithout[String(issue.trackerId)] ?? [];
  return {
    id: issue.number,
    project: { id: project?.number, name: project?.name },
    tracker: named(TRACKERS, issue.trackerId),
    status: { id: status.id, name: status.name, is_closed: status.closed },
    priority: named(PRIORITIES, issue.priorityId),
    author: person(issue.authorId),
    ...(issue.parentId === null ? {} : { parent: { id: Number(issue.parentId) } }),
    subject: issue.subject,
    description: without.includes('description') ? null : issue.description,
    start_date: issue.startDate ?? issue.createdAt.slice(0, 10),
    due_date: issue.dueDate ?? null,
    done_ratio: 0,
    is_private: false,
    estimated_hours: null,
    total_estimated_hours: null,
    custom_fields: world.fieldsOf(issue).map(({ number, name, multiple }) => ({
      id: number,
      name,
      ...(multiple === true ? { multiple } : {}),
      value: multiple === true ? [issue.custom[String(number)] ?? []].flat() : (issue.custom[String(number)] ?? null),
    })),
    created_on: seconds(issue.createdAt),
    updated_on: seconds(issue.updatedAt),
    closed_on: issue.closedAt === null ? null : seconds(issue.closedAt),
  };
}

export function renderJournal(journal: Journal): Record<string, unknown> {
  return {
    id: Number(journal.id),
    user: person(journal.userId),
    notes: journal.notes,
    created_on: seconds(journal.createdAt),
    private_notes: false,
    details: [],
  };
}
