/** The records of the sandbox's Redmine. Ids are numbers in its API and texts in our tables. */

export interface Project {
  readonly id: string;
  readonly number: number;
  readonly identifier: string;
  readonly name: string;
  readonly trackerIds: readonly number[];
  /** Custom fields that are not for all projects. */
  readonly fieldIds: readonly number[];
  readonly status: 'active' | 'closed' | 'archived';
  /** Anybody may read it, unless signing in is required. */
  readonly public: boolean;
}

export interface Named {
  readonly id: number;
  readonly name: string;
}

export interface IssueStatus extends Named {
  readonly closed: boolean;
}

export interface CustomField {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly format: 'string' | 'list' | 'date';
  readonly values: readonly string[];
  /** Takes several of its values. */
  readonly multiple?: boolean;
  readonly required: boolean;
  readonly filter: boolean;
  readonly forAll: boolean;
  readonly trackerIds: readonly number[];
}

export interface User {
  readonly number: number;
  readonly login: string;
  readonly firstname: string;
  readonly lastname: string;
}

export interface Issue {
  readonly id: string;
  readonly number: number;
  readonly projectId: string;
  readonly trackerId: number;
  readonly statusId: number;
  readonly priorityId: number;
  readonly authorId: number;
  readonly parentId: string | null;
  readonly subject: string;
  readonly description: string | null;
  /** Field number → value; a list for a field that takes several. */
  readonly custom: Readonly<Record<string, string | readonly string[]>>;
  /** `2026-11-24`. @default the day it was created */
  readonly startDate?: string;
  readonly dueDate?: string;
  /** With milliseconds; the API shows seconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
}

export interface Journal {
  readonly id: string;
  readonly issueId: string;
  readonly userId: number;
  readonly notes: string;
  readonly createdAt: string;
}

/** What an administrator can set, and what the key's user may do. One row. */
export interface Settings {
  readonly id: 'settings';
  /** False: a request with a wrong key reads what anybody may see. */
  readonly loginRequired: boolean;
  readonly restEnabled: boolean;
  /** The key's user is an administrator. */
  readonly admin: boolean;
  /** What the key's role may do, in every project. */
  readonly permissions: readonly string[];
  /** Standard fields that are switched off for a tracker: `{ 3: ['description'] }`. */
  readonly trackersWithout: Readonly<Record<string, readonly string[]>>;
  /** Statuses that the role's workflow allows for new issues. */
  readonly newStatusIds: readonly number[];
  /** Whether subtasks may be in another project than their parent. */
  readonly crossProjectSubtasks: boolean;
}
