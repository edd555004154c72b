/** The people of a real Redmine: an administrator's key, bypassing the faulty wire. */
import type { RedmineFacts } from './server/server.js';

export interface IssueSeen {
  readonly id: number;
  readonly subject: string;
  readonly description: string | null;
  readonly parent?: { readonly id: number };
  readonly status: { readonly id: number; readonly name: string };
  readonly custom_fields?: readonly { readonly id: number; readonly value: string | null }[];
  readonly journals?: readonly { readonly notes: string | null }[];
}

export interface People {
  /** Makes a project with the key's user in it; returns its id and the membership's. */
  makeProject(): Promise<{ readonly id: string; readonly identifier: string; readonly membership: number }>;
  create(projectId: string, issue: Readonly<Record<string, unknown>>): Promise<string>;
  change(id: string, issue: Readonly<Record<string, unknown>>): Promise<void>;
  remove(id: string): Promise<void>;
  dismiss(membership: number): Promise<void>;
  issue(id: string): Promise<IssueSeen>;
  /** All issues of a project. */
  issues(projectId: string): Promise<readonly IssueSeen[]>;
}

let projects = 0;

export function peopleOf(facts: RedmineFacts): People {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(facts.url + path, {
      method,
      headers: { 'X-Redmine-API-Key': facts.adminKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text.trim() === '' ? null : JSON.parse(text);
  };
  return {
    async makeProject() {
      projects += 1;
      const identifier = `p${process.pid}-${projects}`;
      const made = (await call('POST', '/projects.json', {
        project: {
          name: `Project ${projects}`,
          identifier,
          is_public: false,
          tracker_ids: [1, 2],
          enabled_module_names: ['issue_tracking'],
          issue_custom_field_ids: [facts.teamField],
        },
      })) as { project: { id: number } };
      const { id } = made.project;
      const membership = { user_id: facts.userId, role_ids: [facts.roleId] };
      const member = (await call('POST', `/projects/${id}/memberships.json`, { membership })) as {
        membership: { id: number };
      };
      return { id: String(id), identifier, membership: member.membership.id };
    },
    async create(projectId, issue) {
      const made = (await call('POST', '/issues.json', {
        issue: { project_id: Number(projectId), tracker_id: 2, subject: 'By hand', ...issue },
      })) as { issue: { id: number } };
      return String(made.issue.id);
    },
    change: async (id, issue) => void (await call('PUT', `/issues/${id}.json`, { issue })),
    remove: async (id) => void (await call('DELETE', `/issues/${id}.json`)),
    dismiss: async (membership) => void (await call('DELETE', `/memberships/${membership}.json`)),
    async issue(id) {
      return ((await call('GET', `/issues/${id}.json?include=journals`)) as { issue: IssueSeen }).issue;
    },
    async issues(projectId) {
      const all: IssueSeen[] = [];
      for (;;) {
        const path = `/issues.json?project_id=${projectId}&status_id=*&sort=id&limit=100&offset=${all.length}`;
        const { issues } = (await call('GET', path)) as { issues: IssueSeen[] };
        all.push(...issues);
        if (issues.length < 100) return all;
      }
    },
  };
}
