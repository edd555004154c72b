/**
 * One function per endpoint of Redmine that is used. All lists are asked for with `status_id=*`: closed issues count.
 */
import type { z } from 'zod';
import { ToolError } from '../../domain/errors.js';
import type { HttpClient } from '../http/client.js';
import { LIST_BYTES } from '../http/request.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import {
  type CurrentUser,
  CurrentUser as CurrentUserAnswer,
  type CustomField,
  CustomFieldList,
  IssueAnswer,
  IssueList,
  JournalsAnswer,
  type Priority,
  PriorityList,
  type Project,
  ProjectAnswer,
  Refusal,
  type Role,
  RoleAnswer,
  type Status,
  StatusList,
  type Tracker,
  TrackerList,
} from './schema.js';

export interface Redmine {
  readonly connection: string;
  readonly http: HttpClient;
}

/** Redmine's largest page; it silently lowers a greater `limit`. */
export const PAGE = 100;

export function failure(redmine: Redmine, kind: ToolError['kind'], message: string, notSent = false): ToolError {
  return new ToolError(kind, `${redmine.connection}: ${message}`, { connection: redmine.connection, notSent });
}

/** The first thing that is not as documented: the property and what was expected, never the value. */
export function problemIn(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'a value' : `"${path}"`} that is not as documented (${issue?.code ?? 'unknown'})`;
}

interface Reading<T> {
  readonly path: string;
  readonly place: string;
  readonly schema: z.ZodType<T>;
  /** One issue is read. */
  readonly byId?: boolean;
}

async function get<T>(redmine: Redmine, { schema, ...at }: Reading<T>, call: ReadCall): Promise<T> {
  const { place } = at;
  const { body } = await redmine.http.send({ method: 'GET', ...at, write: false, call, maxBytes: LIST_BYTES });
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw failure(redmine, 'unexpected-response', `${place} answered ${problemIn(read.error)}`);
}

export interface WhoAmI {
  readonly user: CurrentUser;
  /** Redmine's clock at the answer; null where it does not say. */
  readonly serverTimeMs: number | null;
}

/**
 * The user of the key. This is the only read that always refuses an invalid key: where Redmine lets anybody look, the
 * others answer 200 with what anybody may see, and absence must not be believed then.
 */
export async function currentUser(redmine: Redmine, call: ReadCall): Promise<WhoAmI> {
  const place = 'GET /users/current.json';
  const path = '/users/current.json?include=memberships';
  const { body, headers } = await redmine.http.send({ method: 'GET', path, place, write: false, call });
  const read = CurrentUserAnswer.safeParse(body);
  if (!read.success) throw failure(redmine, 'unexpected-response', `${place} answered ${problemIn(read.error)}`);
  const serverTimeMs = Date.parse(headers['date'] ?? '');
  return { user: read.data.user, serverTimeMs: Number.isNaN(serverTimeMs) ? null : serverTimeMs };
}

/** One page of issues, unparsed. Redmine ignores a filter that it or this key does not have; it does not refuse it. */
export async function listIssues(
  redmine: Redmine,
  filters: Readonly<Record<string, string>>,
  call: ReadCall,
): Promise<readonly unknown[]> {
  const query = new URLSearchParams({ status_id: '*', limit: String(PAGE), ...filters });
  const reading = { path: `/issues.json?${query.toString()}`, place: 'GET /issues.json', schema: IssueList };
  return (await get(redmine, reading, call)).issues;
}

/** One issue, unparsed. */
export async function getIssue(redmine: Redmine, id: string, call: ReadCall): Promise<unknown> {
  const reading = { path: `/issues/${id}.json`, place: 'GET /issues/{id}.json', schema: IssueAnswer, byId: true };
  return (await get(redmine, reading, call)).issue;
}

/** The notes of an issue's journal. */
export async function issueNotes(redmine: Redmine, id: string, call: ReadCall): Promise<readonly string[]> {
  const path = `/issues/${id}.json?include=journals`;
  const reading = { path, place: 'GET /issues/{id}.json?include=journals', schema: JournalsAnswer, byId: true };
  return (await get(redmine, reading, call)).issue.journals.flatMap(({ notes }) => notes ?? []);
}

export type NewIssue = Readonly<Record<string, unknown>>;

/** The created issue, unparsed: the caller knows what an unreadable one means. */
export async function createIssue(redmine: Redmine, issue: NewIssue, call: WriteCall): Promise<unknown> {
  const place = 'POST /issues.json';
  const { body } = await redmine.http.send({
    method: 'POST',
    path: '/issues.json',
    place,
    write: true,
    body: { issue },
    call,
  });
  const read = IssueAnswer.safeParse(body);
  return read.success ? read.data.issue : null;
}

/** Adds a note. 204 does not mean that it was added. */
export async function addNote(redmine: Redmine, id: string, notes: string, call: WriteCall): Promise<void> {
  const request = { method: 'PUT', path: `/issues/${id}.json`, place: 'PUT /issues/{id}.json', write: true } as const;
  await redmine.http.send({ ...request, body: { issue: { notes } }, bodyOptional: true, call });
}

export async function getProject(redmine: Redmine, idOrIdentifier: string, call: ReadCall): Promise<Project> {
  const path = `/projects/${encodeURIComponent(idOrIdentifier)}.json?include=trackers,issue_custom_fields,enabled_modules`;
  const reading = { path, place: 'GET /projects/{id}.json', schema: ProjectAnswer };
  return (await get(redmine, reading, call)).project;
}

export async function listTrackers(redmine: Redmine, call: ReadCall): Promise<readonly Tracker[]> {
  const reading = { path: '/trackers.json', place: 'GET /trackers.json', schema: TrackerList };
  return (await get(redmine, reading, call)).trackers;
}

export async function listStatuses(redmine: Redmine, call: ReadCall): Promise<readonly Status[]> {
  const reading = { path: '/issue_statuses.json', place: 'GET /issue_statuses.json', schema: StatusList };
  return (await get(redmine, reading, call)).issue_statuses;
}

export async function listPriorities(redmine: Redmine, call: ReadCall): Promise<readonly Priority[]> {
  const path = '/enumerations/issue_priorities.json';
  return (await get(redmine, { path, place: `GET ${path}`, schema: PriorityList }, call)).issue_priorities;
}

/** The custom fields of issues; `forbidden` with any key but an administrator's. */
export async function listCustomFields(redmine: Redmine, call: ReadCall): Promise<readonly CustomField[]> {
  const reading = { path: '/custom_fields.json', place: 'GET /custom_fields.json', schema: CustomFieldList };
  const fields = (await get(redmine, reading, call)).custom_fields;
  return fields.filter((field) => field.customized_type === 'issue');
}

export async function getRole(redmine: Redmine, id: number, call: ReadCall): Promise<Role> {
  const reading = { path: `/roles/${id}.json`, place: 'GET /roles/{id}.json', schema: RoleAnswer };
  return (await get(redmine, reading, call)).role;
}

/** Redmine's words when the key may not add issues to the project, or the project is closed or does not exist. */
const NO_PROJECT = 'Project cannot be blank';

/** Redmine's words on a refusal, with what to do where that is known. They come in the language of the key's user. */
export function describeRefusal(_status: number, body: unknown): string | null {
  const read = Refusal.safeParse(body);
  if (!read.success || read.data.errors.length === 0) return null;
  const { errors } = read.data;
  if (errors.includes(NO_PROJECT)) {
    return 'the key may not add issues to the project, or the project is closed or does not exist: see target.projectId';
  }
  const blank = errors.flatMap((error) => /^(.+) cannot be blank$/.exec(error)?.[1] ?? []);
  const others = errors.filter((error) => !error.endsWith(' cannot be blank'));
  const required = blank.map((name) => `Redmine requires a value for "${name}": name it in the pipeline's fields`);
  return [...required, ...others].join('; ');
}

/** Whether a read was refused because of what was asked for, and not because of the key as such. */
export function isNotVisible(error: unknown): error is ToolError {
  return error instanceof ToolError && (error.kind === 'not-found' || error.kind === 'forbidden');
}
