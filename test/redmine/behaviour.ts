/**
 * What Redmine answers, request by request, as far as the connector relies on it. The sandbox's Redmine and a real one
 * are held to the same claims, so that they cannot drift apart.
 */
import { beforeAll, describe, expect, it } from 'vitest';

export interface RedminePlace {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** A project with the trackers 1 and 2 that the key's user is a member of. */
  readonly projectId: number;
  readonly identifier: string;
  /** Custom fields of all trackers that are, and are not, filters. */
  readonly filterField: number;
  readonly plainField: number;
  /** A custom field of the format date, of all trackers. */
  readonly dateField: number;
  /** A person makes an issue in the project. */
  create(): Promise<string> | string;
  close(id: string): Promise<void> | void;
}

interface Named {
  readonly id: number;
  readonly name: string;
}

interface IssueShown extends Named {
  readonly updated_on: string;
  readonly status: Named;
  readonly custom_fields: readonly { readonly id: number; readonly value: string | null }[];
  readonly journals: readonly unknown[];
}

/** Every part of any answer, as if it were always there: an expectation fails where it is missing. */
interface Answered {
  readonly user: {
    readonly memberships: readonly { readonly project: Named; readonly roles: readonly Named[] }[];
  };
  readonly role: { readonly permissions: readonly string[] };
  readonly project: Named & { readonly enabled_modules: readonly Named[] };
  readonly trackers: readonly (Named & { readonly enabled_standard_fields: readonly string[] })[];
  readonly issue_statuses: readonly (Named & { readonly is_closed: boolean })[];
  readonly issue_priorities: readonly (Named & { readonly is_default: boolean })[];
  readonly issue: IssueShown;
  readonly issues: readonly IssueShown[];
  readonly errors: readonly string[];
  readonly total_count: number;
  readonly limit: number;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: Answered;
}

export async function ask(
  { baseUrl, apiKey }: Pick<RedminePlace, 'baseUrl' | 'apiKey'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> {
  const answer = await fetch(baseUrl + path, {
    method,
    headers: { 'X-Redmine-API-Key': apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = (await answer.text()).trim();
  return { status: answer.status, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Answered };
}

export function redmineBehaviour(placeOf: () => RedminePlace): void {
  const get = (path: string) => ask(placeOf(), 'GET', path);
  const post = (issue: object) => ask(placeOf(), 'POST', '/issues.json', { issue });
  const inProject = (more: object) => post({ project_id: placeOf().projectId, subject: 'Replayed', ...more });
  const refusal = (...errors: string[]) => ({ status: 422, body: { errors } });
  const NO_PROJECT = refusal('Project cannot be blank', 'Tracker cannot be blank', 'Status cannot be blank');
  const idsOf = ({ body }: Reply): number[] => body.issues.map(({ id }) => id);

  describe('the key and what it sees', () => {
    it('a wrong key is 401 without a body, whatever it requests', async () => {
      const stranger = { ...placeOf(), apiKey: 'wrong' };
      for (const path of ['/users/current.json', '/issues.json', `/projects/${placeOf().projectId}.json`]) {
        expect(await ask(stranger, 'GET', path)).toMatchObject({ status: 401, text: '' });
      }
      expect(await ask(stranger, 'POST', '/issues.json', { issue: {} })).toMatchObject({ status: 401, text: '' });
    });

    it('the user of the key is not an administrator, and its roles and their rights can be read', async () => {
      const { body } = await get('/users/current.json?include=memberships');
      expect(body.user).toMatchObject({ login: 'craftsync', admin: false });
      const mine = body.user.memberships.find(
        (one: { project: { id: number } }) => one.project.id === placeOf().projectId,
      );
      const [role] = mine?.roles ?? [];
      const { permissions } = (await get(`/roles/${role?.id ?? 0}.json`)).body.role;
      expect([...permissions].sort()).toEqual(['add_issue_notes', 'add_issues', 'manage_subtasks', 'view_issues']);
      expect(await get('/custom_fields.json')).toMatchObject({ status: 403, text: '' });
    });

    it('a project is found by id and identifier; one that does not exist is 404 without a body', async () => {
      const { projectId, identifier } = placeOf();
      const byName = await get(`/projects/${identifier}.json?include=trackers,enabled_modules`);
      expect(byName.body.project).toMatchObject({ id: projectId, identifier, status: 1 });
      expect(byName.body.project.enabled_modules).toMatchObject([{ name: 'issue_tracking' }]);
      expect((await get(`/projects/${projectId}.json`)).body.project.id).toBe(projectId);
      expect(await get('/projects/no-such-project.json')).toMatchObject({ status: 404, text: '' });
    });

    it('lists trackers with their standard fields, statuses, and priorities with a default one', async () => {
      const { trackers } = (await get('/trackers.json')).body;
      expect(trackers[0]?.enabled_standard_fields).toEqual(expect.arrayContaining(['description', 'parent_issue_id']));
      const { issue_statuses: statuses } = (await get('/issue_statuses.json')).body;
      expect(statuses.slice(0, 6).map((one) => [one.id, one.name, one.is_closed])).toEqual([
        [1, 'New', false],
        [2, 'In Progress', false],
        [3, 'Resolved', false],
        [4, 'Feedback', false],
        [5, 'Closed', true],
        [6, 'Rejected', true],
      ]);
      const { issue_priorities: priorities } = (await get('/enumerations/issue_priorities.json')).body;
      expect(priorities.filter((one) => one.is_default)).toMatchObject([{ id: 2, name: 'Normal' }]);
    });
  });

  describe('POST /issues.json', () => {
    it('creates an issue with 201 and shows all of it, including empty custom fields', async () => {
      const { filterField, plainField } = placeOf();
      const custom = [{ id: filterField, value: 'x/1' }];
      const made = await inProject({ tracker_id: 2, description: 'Text', priority_id: 3, custom_fields: custom });
      expect(made.status).toBe(201);
      expect(made.body.issue).toMatchObject({
        project: { id: placeOf().projectId },
        tracker: { id: 2, name: 'Feature' },
        status: { id: 1, name: 'New', is_closed: false },
        priority: { id: 3 },
        author: { name: 'craft sync' },
        subject: 'Replayed',
        description: 'Text',
        created_on: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      });
      const fields = new Map(made.body.issue.custom_fields.map(({ id, value }) => [id, value]));
      expect(fields.get(filterField)).toBe('x/1');
      expect(fields.get(plainField) ?? '').toBe('');
    });

    it('refuses with 422 and words, and says for an unreachable project that everything is blank', async () => {
      expect(await inProject({ subject: ' ' })).toMatchObject(refusal('Subject cannot be blank'));
      expect(await inProject({ subject: 'a'.repeat(256) })).toMatchObject(
        refusal('Subject is too long (maximum is 255 characters)'),
      );
      expect(await inProject({ priority_id: 77 })).toMatchObject(refusal('Priority cannot be blank'));
      expect(await post({ project_id: 'no-such-project', subject: 'x' })).toMatchObject(NO_PROJECT);
      expect(await inProject({ parent_issue_id: 999_999 })).toMatchObject(refusal('Parent task is invalid'));
      const parent = await placeOf().create();
      await placeOf().close(parent);
      expect(await inProject({ parent_issue_id: Number(parent) })).toMatchObject(
        refusal('An open issue cannot be attached to a closed parent task'),
      );
    });

    it('takes a date only as YYYY-MM-DD, without a time', async () => {
      const { dateField } = placeOf();
      const made = await inProject({
        start_date: '2023-06-20',
        due_date: '2023-06-21',
        custom_fields: [{ id: dateField, value: '2023-06-22' }],
      });
      expect(made).toMatchObject({
        status: 201,
        body: { issue: { start_date: '2023-06-20', due_date: '2023-06-21' } },
      });
      expect(made.body.issue.custom_fields.find(({ id }) => id === dateField)?.value).toBe('2023-06-22');
      const withTime = '2123-06-20T21:00:00.000Z';
      expect(await inProject({ start_date: withTime })).toMatchObject(refusal('Start date is not a valid date'));
      expect(await inProject({ due_date: withTime })).toMatchObject(refusal('Due date is not a valid date'));
      expect(await inProject({ custom_fields: [{ id: dateField, value: withTime }] })).toMatchObject(
        refusal('Day is not a valid date'),
      );
    });

    it('lets no issue be due before its start, which is today where none is given', async () => {
      const TOO_EARLY = refusal('Due date must be greater than start date');
      expect(await inProject({ start_date: '2023-06-21', due_date: '2023-06-20' })).toMatchObject(TOO_EARLY);
      expect(await inProject({ due_date: '2023-06-20' })).toMatchObject(TOO_EARLY);
    });

    it('silently replaces a tracker and a status, and leaves out a custom field', async () => {
      const made = await inProject({ tracker_id: 99, status_id: 3, custom_fields: [{ id: 9_999, value: 'x' }] });
      expect(made).toMatchObject({ status: 201, body: { issue: { tracker: { id: 1 }, status: { id: 1 } } } });
    });
  });

  describe('one issue', () => {
    it('is 404 without a body where it does not exist', async () => {
      expect(await get('/issues/999999.json')).toMatchObject({ status: 404, text: '' });
      const note = { issue: { notes: 'x' } };
      expect(await ask(placeOf(), 'PUT', '/issues/999999.json', note)).toMatchObject({ status: 404, text: '' });
    });

    it('takes notes with 204 and shows them in its journals; ignores a status, also with 204', async () => {
      const { id } = (await inProject({})).body.issue;
      const put = (issue: object) => ask(placeOf(), 'PUT', `/issues/${id}.json`, { issue });
      expect(await put({ notes: 'A note' })).toMatchObject({ status: 204, text: '' });
      expect(await put({ status_id: 999 })).toMatchObject({ status: 204, text: '' });
      const { issue } = (await get(`/issues/${id}.json?include=journals`)).body;
      expect(issue.journals).toMatchObject([{ notes: 'A note', private_notes: false }]);
      expect(issue.status.id).toBe(1);
    });
  });

  describe('GET /issues.json', () => {
    let ids: string[] = [];
    beforeAll(async () => {
      ids = [];
      for (let n = 0; n < 4; n += 1) ids.push(await placeOf().create());
      await placeOf().close(ids[3] ?? '');
    });
    const list = (query: string) =>
      get(`/issues.json?project_id=${placeOf().projectId}&subproject_id=!*&sort=id:asc&${query}`);
    const mine = (reply: Reply) => idsOf(reply).filter((id) => ids.includes(String(id)));
    const numbers = (...at: number[]) => at.map((one) => Number(ids[one]));

    it('hides closed issues unless all are requested, and silently caps its pages at 100', async () => {
      expect(mine(await list(''))).toEqual(numbers(0, 1, 2));
      expect((await list('status_id=*&limit=500')).body.limit).toBe(100);
      expect((await list('status_id=*')).body).toMatchObject({ limit: 25, offset: 0 });
      expect(mine(await list('status_id=*&limit=100'))).toEqual(numbers(0, 1, 2, 3));
    });

    it('finds by ids, and from an id on; refuses a whole list with a word in it', async () => {
      const two = `${ids[0] ?? ''},${ids[3] ?? ''},999999`;
      expect(idsOf(await get(`/issues.json?status_id=*&sort=id:asc&issue_id=${two}`))).toEqual(numbers(0, 3));
      expect(mine(await list(`status_id=*&issue_id=%3E%3D${ids[2] ?? ''}`))).toEqual(numbers(2, 3));
      expect(await get('/issues.json?issue_id=abc')).toMatchObject(refusal('Issue is invalid'));
    });

    it('takes times only to the second, and also returns what is up to a second older', async () => {
      const { updated_on: at } = (await get(`/issues/${ids[1] ?? ''}.json`)).body.issue;
      expect(mine(await list(`status_id=*&updated_on=%3E%3D${at}`))).toContain(Number(ids[1]));
      const later = new Date(Date.parse(at) + 2_000).toISOString().slice(0, 19);
      expect(mine(await list(`status_id=*&updated_on=%3E%3D${later}Z`))).not.toContain(Number(ids[1]));
      const between = `%3E%3C${at}%7C${later}Z`;
      expect(mine(await list(`status_id=*&updated_on=${between}`))).toContain(Number(ids[1]));
      expect(await list(`updated_on=%3E%3D${later}.500Z`)).toMatchObject(refusal('Updated is invalid'));
      expect(await list('created_on=%3E%3Dgarbage')).toMatchObject(refusal('Created is invalid'));
    });

    it('finds by the exact value of a custom field that is a filter, and ignores one that is not', async () => {
      const { filterField, plainField } = placeOf();
      const value = `mark/${ids[0] ?? ''}/1`;
      const { id } = (await inProject({ custom_fields: [{ id: filterField, value }] })).body.issue;
      expect(idsOf(await list(`status_id=*&cf_${filterField}=${value}`))).toEqual([id]);
      expect(idsOf(await list(`status_id=*&cf_${filterField}=${value.slice(0, -1)}`))).toEqual([]);
      expect(idsOf(await list(`status_id=*&limit=100&cf_${plainField}=${value}`))).toContain(Number(ids[0]));
    });

    it('is 404 for a project that does not exist', async () => {
      expect(await get('/issues.json?project_id=999999')).toMatchObject({ status: 404, text: '' });
    });
  });
}
