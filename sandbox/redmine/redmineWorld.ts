/** The tables of the sandbox's Redmine, and the only way to change them. */
import { ListLag } from '../world/listLag.js';
import type { By } from '../world/model.js';
import type { Table } from '../world/table.js';
import type { WorldBase } from '../world/worldBase.js';
import type { CustomField, Issue, IssueStatus, Journal, Named, Project, Settings, User } from './model.js';

export const STATUSES: readonly IssueStatus[] = [
  { id: 1, name: 'New', closed: false },
  { id: 2, name: 'In Progress', closed: false },
  { id: 3, name: 'Resolved', closed: false },
  { id: 4, name: 'Feedback', closed: false },
  { id: 5, name: 'Closed', closed: true },
  { id: 6, name: 'Rejected', closed: true },
];

export const PRIORITIES = ['Low', 'Normal', 'High', 'Urgent', 'Immediate'].map((name, at) => ({ id: at + 1, name }));
export const DEFAULT_PRIORITY = 2;

/** The user of the key, and a developer. */
export const API_USER: User = { number: 5, login: 'craftsync', firstname: 'craft', lastname: 'sync' };
export const DEVELOPER: User = { number: 6, login: 'dana', firstname: 'Dana', lastname: 'Developer' };
export const ROLE = { id: 6, name: 'craftsync' };

const SETTINGS: Settings = {
  id: 'settings',
  loginRequired: true,
  restEnabled: true,
  admin: false,
  permissions: ['view_issues', 'add_issues', 'add_issue_notes', 'manage_subtasks'],
  trackersWithout: {},
  newStatusIds: [1],
  crossProjectSubtasks: false,
};

export type NewIssue = Pick<
  Issue,
  'projectId' | 'trackerId' | 'statusId' | 'priorityId' | 'authorId' | 'subject' | 'description'
> &
  Partial<Pick<Issue, 'parentId' | 'custom' | 'startDate' | 'dueDate'>>;

export const TRACKERS: readonly Named[] = [
  { id: 1, name: 'Bug' },
  { id: 2, name: 'Feature' },
  { id: 3, name: 'Support' },
];

export class RedmineWorld {
  readonly projects: Table<Project>;
  readonly fields: Table<CustomField>;
  readonly issues: Table<Issue>;
  readonly journals: Table<Journal>;
  readonly lag: ListLag<Issue>;
  private readonly settingsTable: Table<Settings>;

  constructor(private readonly base: WorldBase) {
    this.projects = base.table('redmine.projects');
    this.fields = base.table('redmine.fields');
    this.issues = base.table('redmine.issues');
    this.journals = base.table('redmine.journals');
    this.settingsTable = base.table('redmine.settings');
    this.lag = new ListLag(base.nowMs);
  }

  get settings(): Settings {
    return this.settingsTable.get('settings') ?? SETTINGS;
  }

  /** The current date: `2026-11-24`. */
  get today(): string {
    return this.base.now().slice(0, 10);
  }

  /** What an administrator does. */
  set(changed: Partial<Settings>): void {
    this.settingsTable.put({ ...this.settings, ...changed });
  }

  may(permission: string): boolean {
    return this.settings.admin || this.settings.permissions.includes(permission);
  }

  project(idOrIdentifier: string): Project | undefined {
    const byId = this.projects.get(idOrIdentifier);
    if (byId !== undefined) return byId;
    return [...this.projects.values()].find((project) => project.identifier === idOrIdentifier);
  }

  addProject(project: Pick<Project, 'identifier' | 'name'> & Partial<Project>): Project {
    const number = this.base.next('redmine.project');
    const defaults = { trackerIds: [1, 2, 3], fieldIds: [], status: 'active', public: false } as const;
    return this.projects.put({ ...defaults, ...project, id: String(number), number });
  }

  addField(field: Pick<CustomField, 'name'> & Partial<CustomField>): CustomField {
    const number = this.base.next('redmine.field');
    const defaults = { format: 'string', values: [], required: false, filter: false, forAll: true } as const;
    return this.fields.put({ ...defaults, trackerIds: [1, 2, 3], ...field, id: String(number), number });
  }

  /** The custom fields of an issue: by its project and its tracker. */
  fieldsOf({ projectId, trackerId }: Pick<Issue, 'projectId' | 'trackerId'>): readonly CustomField[] {
    const project = this.projects.get(projectId);
    return [...this.fields.values()].filter(
      (field) =>
        field.trackerIds.includes(trackerId) && (field.forAll || (project?.fieldIds.includes(field.number) ?? false)),
    );
  }

  /** What lists show now, in the order of ids. */
  listed(): readonly Issue[] {
    return [...this.issues.values()].flatMap((issue) => this.lag.see(issue.id, issue) ?? []);
  }

  createIssue(draft: NewIssue, by: By): Issue {
    const number = this.base.next('redmine.issue');
    const at = this.base.now();
    const closedAt = isClosed(draft.statusId) ? at : null;
    const defaults = { parentId: null, custom: {} };
    const issue: Issue = { ...defaults, ...draft, id: String(number), number, createdAt: at, updatedAt: at, closedAt };
    this.lag.remember(issue.id, null);
    this.issues.put(issue);
    this.tell('created', issue, by);
    if (issue.parentId !== null) this.touch(issue.parentId, by);
    return issue;
  }

  updateIssue(id: string, patch: Partial<Issue>, by: By): Issue {
    const before = this.issues.get(id);
    if (before === undefined) throw new Error(`no issue ${id}`);
    const next = { ...before, ...patch, updatedAt: this.base.now() };
    const closedAt = isClosed(next.statusId) ? (before.closedAt ?? next.updatedAt) : null;
    this.lag.remember(id, before);
    const issue = this.issues.put({ ...next, closedAt });
    this.tell('updated', issue, by);
    return issue;
  }

  deleteIssue(id: string, by: By): void {
    const issue = this.issues.get(id);
    if (issue === undefined) return;
    this.issues.remove(id);
    for (const journal of this.journalsOf(id)) this.journals.remove(journal.id);
    this.tell('deleted', issue, by);
  }

  addNote(issueId: string, notes: string, userId: number, by: By): Journal {
    const id = String(this.base.next('redmine.journal'));
    const journal = this.journals.put({ id, issueId, userId, notes, createdAt: this.base.now() });
    this.touch(issueId, by);
    this.base.tell({ by, side: 'redmine', kind: 'created', what: 'comment', id, key: null, on: `#${issueId}` });
    return journal;
  }

  journalsOf(issueId: string): readonly Journal[] {
    return [...this.journals.values()].filter((journal) => journal.issueId === issueId);
  }

  /** A new subtask or note changes the update time of the issue. */
  private touch(id: string, by: By): void {
    if (this.issues.get(id) !== undefined) this.updateIssue(id, {}, by);
  }

  private tell(kind: 'created' | 'updated' | 'deleted', issue: Issue, by: By): void {
    this.base.tell({ by, side: 'redmine', kind, what: 'work-item', id: issue.id, key: keyOf(issue) });
  }
}

export function keyOf(issue: Issue): string {
  return `#${issue.number}`;
}

export function statusOf(issue: Issue): IssueStatus {
  return STATUSES.find(({ id }) => id === issue.statusId) ?? never(`status ${issue.statusId}`);
}

export function isClosed(statusId: number): boolean {
  return STATUSES.some(({ id, closed }) => id === statusId && closed);
}

function never(what: string): never {
  throw new Error(`the sandbox has no ${what}`);
}
