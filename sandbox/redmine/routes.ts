/** The documented routes of Redmine's API that a connector may use (sources: Redmine). */
import type { Answer, Call, Route } from '../http/mount.js';
import { redmineError, refused, renderIssue, renderJournal } from './answers.js';
import { BadQuery, queryIssues } from './issueQuery.js';
import { createIssue, updateIssue } from './issueWrites.js';
import type { Issue, Project } from './model.js';
import { API_USER, DEFAULT_PRIORITY, PRIORITIES, type RedmineWorld, ROLE, STATUSES, TRACKERS } from './redmineWorld.js';

const STANDARD_FIELDS = [
  'assigned_to_id',
  'category_id',
  'fixed_version_id',
  'parent_issue_id',
  'start_date',
  'due_date',
  'estimated_hours',
  'done_ratio',
  'description',
];

interface Visit {
  readonly call: Call;
  /** False: treated as anybody. */
  readonly known: boolean;
  readonly sees: (project: Project) => boolean;
}

type Handler = (visit: Visit) => Answer;

type IsKey = (key: string | undefined) => boolean;

export function redmineRoutes(world: RedmineWorld, isKey: IsKey): readonly Route[] {
  const route = (method: Route['method'], path: string, handler: Handler): Route => ({
    method,
    path,
    handle: (call) => handler(visitOf(world, call, isKey)),
  });
  const known =
    (answer: Handler): Handler =>
    (visit) =>
      visit.known ? answer(visit) : denied(world);
  const lists = [
    route('GET', '/trackers.json', () => ({ status: 200, body: { trackers: trackers(world) } })),
    route('GET', '/issue_statuses.json', () => ({ status: 200, body: { issue_statuses: STATUSES.map(renderStatus) } })),
    route('GET', '/enumerations/issue_priorities.json', () => priorities()),
  ];
  return [
    ...lists,
    route(
      'GET',
      '/users/current.json',
      known(() => currentUser(world)),
    ),
    route('GET', '/projects/:id(^[a-z0-9_-]+).json', (visit) => oneProject(world, visit)),
    route(
      'GET',
      '/custom_fields.json',
      known(() => customFields(world)),
    ),
    route(
      'GET',
      '/roles/:id(^\\d+).json',
      known((visit) => role(world, visit)),
    ),
    route('GET', '/issues.json', (visit) => listIssues(world, visit)),
    route(
      'POST',
      '/issues.json',
      known(({ call, sees }) => createIssue(world, call, sees)),
    ),
    route('GET', '/issues/:id(^\\d+).json', withIssue(world, oneIssue)),
    route('PUT', '/issues/:id(^\\d+).json', withIssue(world, updateIssue)),
  ];
}

/** Who asks; anybody sees public projects. */
function visitOf(world: RedmineWorld, call: Call, isKey: IsKey): Visit {
  const known = world.settings.restEnabled && isKey(call.header('x-redmine-api-key'));
  const sees = (project: Project) =>
    (known || project.public) && project.status !== 'archived' && call.sight.of(project.id) !== 'missing';
  return { call, known, sees };
}

/** 401 for a wrong key. With the REST service off no key is looked at, and routes that need one answer 403. */
function denied(world: RedmineWorld): Answer {
  return redmineError(world.settings.restEnabled ? 401 : 403);
}

/** 404 only when there is no such issue; an issue that the user may not see is a 403. */
function withIssue(world: RedmineWorld, answer: (world: RedmineWorld, issue: Issue, call: Call) => Answer): Handler {
  return (visit) => {
    const found = world.issues.get(visit.call.params['id'] ?? '');
    if (found === undefined) return redmineError(404);
    if (!mayBeSeen(world, visit, found)) return visit.known ? redmineError(403) : denied(world);
    return answer(world, found, visit.call);
  };
}

function mayBeSeen(world: RedmineWorld, visit: Visit, issue: Issue): boolean {
  const project = world.projects.get(issue.projectId);
  return project !== undefined && visit.sees(project) && world.may('view_issues');
}

function currentUser(world: RedmineWorld): Answer {
  const roles = [ROLE];
  const active = [...world.projects.values()].filter(({ status }) => status !== 'archived');
  const memberships = active.map(({ number, name }) => ({ id: number, project: { id: number, name }, roles }));
  const { number, login, firstname, lastname } = API_USER;
  const { admin } = world.settings;
  const user = { id: number, login, admin, firstname, lastname, api_key: 'never-to-be-kept', memberships };
  return { status: 200, body: { user } };
}

function oneProject(world: RedmineWorld, { call, known, sees }: Visit): Answer {
  const project = world.project(call.params['id'] ?? '');
  if (project === undefined) return redmineError(404);
  if (!sees(project)) return known ? redmineError(403) : denied(world);
  const { number, name, identifier, trackerIds, fieldIds, status } = project;
  const include = (call.query.get('include') ?? '').split(',');
  const fields = fieldIds.map((id) => ({ id, name: world.fields.get(String(id))?.name ?? '' }));
  return {
    status: 200,
    body: {
      project: {
        id: number,
        name,
        identifier,
        description: null,
        status: status === 'closed' ? 5 : 1,
        is_public: project.public,
        ...(include.includes('trackers') ? { trackers: TRACKERS.filter(({ id }) => trackerIds.includes(id)) } : {}),
        ...(include.includes('issue_custom_fields') ? { issue_custom_fields: fields } : {}),
        ...(include.includes('enabled_modules') ? { enabled_modules: [{ id: 1, name: 'issue_tracking' }] } : {}),
      },
    },
  };
}

function trackers(world: RedmineWorld): readonly object[] {
  return TRACKERS.map(({ id, name }) => {
    const without = world.settings.trackersWithout[String(id)] ?? [];
    return {
      id,
      name,
      default_status: { id: 1, name: 'New' },
      description: null,
      enabled_standard_fields: STANDARD_FIELDS.filter((field) => !without.includes(field)),
    };
  });
}

function renderStatus({ id, name, closed }: (typeof STATUSES)[number]): object {
  return { id, name, is_closed: closed };
}

function priorities(): Answer {
  const all = PRIORITIES.map(({ id, name }) => ({ id, name, is_default: id === DEFAULT_PRIORITY, active: true }));
  return { status: 200, body: { issue_priorities: all } };
}

function customFields(world: RedmineWorld): Answer {
  if (!world.settings.admin) return redmineError(403);
  const fields = [...world.fields.values()].map((field) => ({
    id: field.number,
    name: field.name,
    customized_type: 'issue',
    field_format: field.format,
    regexp: '',
    min_length: null,
    max_length: null,
    is_required: field.required,
    is_filter: field.filter,
    multiple: field.multiple === true,
    default_value: null,
    visible: true,
    trackers: TRACKERS.filter(({ id }) => field.trackerIds.includes(id)),
    roles: [],
  }));
  return { status: 200, body: { custom_fields: fields } };
}

function role(world: RedmineWorld, { call }: Visit): Answer {
  if (call.params['id'] !== String(ROLE.id)) return redmineError(404);
  const { permissions } = world.settings;
  return { status: 200, body: { role: { ...ROLE, assignable: true, issues_visibility: 'all', permissions } } };
}

function listIssues(world: RedmineWorld, visit: Visit): Answer {
  const { query, sight } = visit.call;
  const wanted = query.get('project_id');
  if (wanted !== null) {
    const project = world.project(wanted);
    if (project === undefined) return redmineError(404);
    if (!visit.sees(project) || !world.may('view_issues')) return visit.known ? redmineError(403) : denied(world);
  }
  const isEmpty = (issue: Issue) => sight.of(issue.projectId) === 'empty';
  try {
    const page = queryIssues(world, query, (issue) => !isEmpty(issue) && mayBeSeen(world, visit, issue));
    const { total, offset, limit } = page;
    const issues = page.issues.map((issue) => renderIssue(world, issue));
    return { status: 200, body: { issues, total_count: total, offset, limit } };
  } catch (error) {
    if (error instanceof BadQuery) return refused([error.message]);
    throw error;
  }
}

function oneIssue(world: RedmineWorld, issue: Issue, call: Call): Answer {
  const body = renderIssue(world, issue);
  const include = (call.query.get('include') ?? '').split(',');
  if (include.includes('journals')) body['journals'] = world.journalsOf(issue.id).map(renderJournal);
  return { status: 200, body: { issue: body } };
}
