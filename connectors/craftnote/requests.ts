/** One function per endpoint of Craftnote that is used. */
import { z } from 'zod';
import { ToolError } from '../../domain/errors.js';
import type { HttpClient } from '../http/client.js';
import { LIST_BYTES } from '../http/request.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import {
  CompanyMember,
  CompanySetting,
  Deeplink,
  MessagesList,
  ProjectsList,
  ProjectStatus,
  TasksList,
  WebhooksList,
} from './schema.js';
import type { ProjectField } from './target.js';

/** The connection to Craftnote. */
export interface Craftnote {
  readonly connection: string;
  readonly http: HttpClient;
}

/** The largest page ("maximum 100"). */
export const PAGE_COUNT = 100;

export function failure(cn: Craftnote, kind: ToolError['kind'], message: string): ToolError {
  return new ToolError(kind, `${cn.connection}: ${message}`, { connection: cn.connection, notSent: false });
}

/** A refusal of our own, before anything is sent. */
export function refusal(cn: Craftnote, message: string): ToolError {
  return new ToolError('invalid', `${cn.connection}: ${message}`, { connection: cn.connection, notSent: true });
}

/** The first thing that is not as documented: the property and what was expected, never the value. */
export function problemIn(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'a value' : `"${path}"`} that is not as documented (${issue?.code ?? 'unknown'})`;
}

async function get<T>(
  cn: Craftnote,
  at: { readonly path: string; readonly place: string; readonly maxBytes?: number; readonly byId?: boolean },
  schema: z.ZodType<T>,
  call: ReadCall,
): Promise<T> {
  const { body } = await cn.http.send({ method: 'GET', ...at, write: false, call });
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw failure(cn, 'unexpected-response', `${at.place} answered ${problemIn(read.error)}`);
}

function id(value: string): string {
  return encodeURIComponent(value);
}

/** Token pagination: `startAfter` is the id of the last entry to skip. */
function page(startAfter: string | null, limit: number = PAGE_COUNT): string {
  const token = startAfter === null ? '' : `&startAfter=${id(startAfter)}`;
  return `paginationMode=token&limit=${limit}${token}`;
}

/** The member that the key belongs to. */
export function getMe(cn: Craftnote, call: ReadCall): Promise<z.infer<typeof CompanyMember>> {
  return get(cn, { path: '/company/members/me', place: 'GET /company/members/me' }, CompanyMember, call);
}

/** The statuses that projects of the company can have. */
export async function listStatuses(cn: Craftnote, call: ReadCall): Promise<readonly ProjectStatus[]> {
  const at = { path: '/company/settings', place: 'GET /company/settings' };
  const { status } = await get(cn, at, CompanySetting, call);
  return (status ?? []).flatMap((entry) => ProjectStatus.safeParse(entry).data ?? []);
}

/** One page of all projects of the company, unparsed, ascending by id. */
export async function projectsPage(
  cn: Craftnote,
  startAfter: string | null,
  call: ReadCall,
  limit: number = PAGE_COUNT,
): Promise<readonly unknown[]> {
  const at = { path: `/projects?${page(startAfter, limit)}`, place: 'GET /projects', maxBytes: LIST_BYTES };
  return (await get(cn, at, ProjectsList, call)).projects;
}

/** One project, unparsed: the caller knows what an unreadable one means. */
export function getProject(cn: Craftnote, projectId: string, call: ReadCall): Promise<unknown> {
  const at = { path: `/projects/${id(projectId)}`, place: 'GET /projects/{id}', byId: true };
  return get(cn, at, z.unknown(), call);
}

export async function getWebLink(cn: Craftnote, projectId: string, call: ReadCall): Promise<string> {
  const at = { path: `/projects/${id(projectId)}/deeplink`, place: 'GET /projects/{id}/deeplink' };
  return (await get(cn, at, Deeplink, call)).webLink;
}

export type NewProject = Readonly<Partial<Record<ProjectField, string>>> & {
  readonly name: string;
  readonly projectType: 'FOLDER' | 'PROJECT';
  readonly orderNumber: string;
  readonly statusId?: string;
  readonly parentProject?: string;
};

/** The created project, unparsed. */
export function createProject(cn: Craftnote, project: NewProject, call: WriteCall): Promise<unknown> {
  return post(cn, { path: '/projects', place: 'POST /projects' }, project, call);
}

/** One page of a project's tasks, unparsed, ascending by id. */
export async function tasksPage(
  cn: Craftnote,
  projectId: string,
  startAfter: string | null,
  call: ReadCall,
): Promise<readonly unknown[]> {
  const path = `/projects/${id(projectId)}/tasks?${page(startAfter)}`;
  const at = { path, place: 'GET /projects/{id}/tasks', maxBytes: LIST_BYTES };
  return (await get(cn, at, TasksList, call)).tasks;
}

/** One task, unparsed. */
export function getTask(cn: Craftnote, projectId: string, taskId: string, call: ReadCall): Promise<unknown> {
  const path = `/projects/${id(projectId)}/tasks/${id(taskId)}`;
  return get(cn, { path, place: 'GET /projects/{id}/tasks/{taskId}', byId: true }, z.unknown(), call);
}

export interface NewTask {
  readonly title: string;
  readonly description: string;
}

/** The created task, unparsed. */
export function createTask(cn: Craftnote, projectId: string, task: NewTask, call: WriteCall): Promise<unknown> {
  const at = { path: `/projects/${id(projectId)}/tasks`, place: 'POST /projects/{id}/tasks' };
  return post(cn, at, task, call);
}

/** The texts of all messages in a project's chat; no pages are documented here. */
export async function messageTexts(cn: Craftnote, projectId: string, call: ReadCall): Promise<readonly string[]> {
  const path = `/projects/${id(projectId)}/messages`;
  const at = { path, place: 'GET /projects/{id}/messages', maxBytes: LIST_BYTES, byId: true };
  return (await get(cn, at, MessagesList, call)).messages.map(({ content }) => content ?? '');
}

export async function createMessage(cn: Craftnote, projectId: string, content: string, call: WriteCall): Promise<void> {
  const at = { path: `/projects/${id(projectId)}/messages`, place: 'POST /projects/{id}/messages' };
  await post(cn, at, { content, messageType: 'TEXT' }, call);
}

/** One page of the company's webhooks, unparsed, ascending by id. */
export async function webhooksPage(
  cn: Craftnote,
  startAfter: string | null,
  call: ReadCall,
): Promise<readonly unknown[]> {
  const at = { path: `/webhooks?${page(startAfter)}`, place: 'GET /webhooks' };
  return (await get(cn, at, WebhooksList, call)).webhooks;
}

/** One subscription; each is for one event. */
export interface Subscription {
  readonly event: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function createWebhook(cn: Craftnote, subscription: Subscription, call: WriteCall): Promise<void> {
  await post(cn, { path: '/webhooks', place: `POST /webhooks (${subscription.event})` }, subscription, call);
}

/** A PUT: no PATCH is documented for webhooks. */
export async function replaceWebhook(
  cn: Craftnote,
  webhookId: string,
  subscription: Subscription,
  call: WriteCall,
): Promise<void> {
  const path = `/webhooks/${id(webhookId)}`;
  const place = `PUT /webhooks/{id} (${subscription.event})`;
  await cn.http.send({ method: 'PUT', path, place, write: true, body: subscription, bodyOptional: true, call });
}

export async function deleteWebhook(cn: Craftnote, webhookId: string, call: WriteCall): Promise<void> {
  const path = `/webhooks/${id(webhookId)}`;
  const place = 'DELETE /webhooks/{id}';
  await cn.http.send({ method: 'DELETE', path, place, write: true, bodyOptional: true, call });
}

async function post(
  cn: Craftnote,
  at: { readonly path: string; readonly place: string },
  body: unknown,
  call: WriteCall,
): Promise<unknown> {
  return (await cn.http.send({ method: 'POST', ...at, write: true, body, call })).body;
}
