/**
 * One function per endpoint of Craft.io that is used (sources: Craft.io API; sources: Craft.io guide). Places in
 * messages carry no ids. Items and initiatives are requested with `fields=all`, singly and in lists, since the default
 * is a subset; no document has this query for a single feedback item.
 */
import type { z } from 'zod';
import { ToolError, type ToolErrorKind } from '../../domain/errors.js';
import type { HttpClient } from '../http/client.js';
import { LIST_BYTES } from '../http/request.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import type { Dialect, Update } from './dialects.js';
import {
  ApiKeyFacts,
  CategoryList,
  CustomFieldList,
  List,
  type Named,
  NamedList,
  problemOf,
  Submitted,
  type Term,
  TermList,
} from './schema.js';

/** The connection to Craft.io. */
export interface Craft {
  readonly connection: string;
  readonly http: HttpClient;
  readonly dialect: Dialect;
  /** Places of single reads that refused `fields` in this process. Not stored, since reading commands write nothing. */
  readonly withoutFields: Set<string>;
}

export interface CustomField {
  readonly id: string;
  readonly name: string;
}

export type ListQuery = Readonly<Record<string, string>>;

/** The requested page size. */
export const PAGE_SIZE = 100;

export function failure(craft: Craft, kind: ToolErrorKind, message: string, notSent = false): ToolError {
  return new ToolError(kind, `${craft.connection}: ${message}`, { connection: craft.connection, notSent });
}

/** Only in the Swagger. */
export async function getApiKey(craft: Craft, call: ReadCall): Promise<ApiKeyFacts> {
  return await get(craft, { path: '/me/api-key', place: 'GET /me/api-key', schema: ApiKeyFacts }, call);
}

export async function listWorkspaces(craft: Craft, accountId: string, call: ReadCall): Promise<readonly Named[]> {
  const path = `/workspaces/${encodeURIComponent(accountId)}`;
  return await get(craft, { path, place: 'GET /workspaces/{accountId}', schema: NamedList }, call);
}

export async function listPortfolios(craft: Craft, accountId: string, call: ReadCall): Promise<readonly Named[]> {
  const path = `/portfolios/${encodeURIComponent(accountId)}`;
  return await get(craft, { path, place: 'GET /portfolios/{accountId}', schema: NamedList }, call);
}

export async function listFeedbackPortals(craft: Craft, accountId: string, call: ReadCall): Promise<readonly Named[]> {
  const path = `/feedback_portals/${encodeURIComponent(accountId)}`;
  return await get(craft, { path, place: 'GET /feedback_portals/{accountId}', schema: NamedList }, call);
}

export async function listCustomFields(
  craft: Craft,
  workspace: string,
  call: ReadCall,
): Promise<readonly CustomField[]> {
  const path = `/workspace/${encodeURIComponent(workspace)}/custom_fields`;
  return await get(craft, { path, place: 'GET /workspace/{id}/custom_fields', schema: CustomFieldList }, call);
}

export async function listTerminology(
  craft: Craft,
  source: { readonly workspace: string } | { readonly portfolio: string },
  call: ReadCall,
): Promise<readonly Term[]> {
  const [kind, id] = 'workspace' in source ? ['workspace', source.workspace] : ['portfolio', source.portfolio];
  const path = `/${kind}/${encodeURIComponent(id)}/terminology`;
  return await get(craft, { path, place: `GET /${kind}/{id}/terminology`, schema: TermList }, call);
}

export async function listPortfolioFields(
  craft: Craft,
  portfolio: string,
  call: ReadCall,
): Promise<readonly CustomField[]> {
  const path = `/portfolio/${encodeURIComponent(portfolio)}/portfolio_fields`;
  return await get(craft, { path, place: 'GET /portfolio/{id}/portfolio_fields', schema: CustomFieldList }, call);
}

/** Only in the Swagger. */
export async function listPortalFields(craft: Craft, portal: string, call: ReadCall): Promise<readonly CustomField[]> {
  const path = `/feedback_portal/${encodeURIComponent(portal)}/custom_fields`;
  return await get(craft, { path, place: 'GET /feedback_portal/{id}/custom_fields', schema: CustomFieldList }, call);
}

/** One page, its entries unparsed. */
export async function listItems(craft: Craft, workspace: string, query: ListQuery, call: ReadCall): Promise<List> {
  const path = `/workspace/${encodeURIComponent(workspace)}/items?${queryOf(query)}`;
  return await get(craft, { path, place: 'GET /workspace/{id}/items', schema: List }, call);
}

export async function listInitiatives(
  craft: Craft,
  portfolio: string,
  query: ListQuery,
  call: ReadCall,
): Promise<List> {
  const path = `/portfolio/${encodeURIComponent(portfolio)}/items?${queryOf(query)}`;
  return await get(craft, { path, place: 'GET /portfolio/{id}/items', schema: List }, call);
}

export async function listFeedback(craft: Craft, portal: string, query: ListQuery, call: ReadCall): Promise<List> {
  const path = `/feedback_portal/${encodeURIComponent(portal)}/feedback_items?${queryOf(query)}`;
  return await get(craft, { path, place: 'GET /feedback_portal/{id}/feedback_items', schema: List }, call);
}

export async function listCategories(craft: Craft, portal: string, call: ReadCall): Promise<readonly CustomField[]> {
  const path = `/feedback_portal/${encodeURIComponent(portal)}/categories`;
  return await get(craft, { path, place: 'GET /feedback_portal/{id}/categories', schema: CategoryList }, call);
}

export interface PlainFeedback {
  readonly title: string;
  readonly description: string;
  readonly categoryId?: string;
  readonly submitter?: string;
}

/** An answer that cannot be read is `ambiguous`: the feedback may have been created. */
export async function postPlainFeedback(
  craft: Craft,
  portal: string,
  feedback: PlainFeedback,
  call: WriteCall,
): Promise<Submitted> {
  const path = `/feedback_portal/${encodeURIComponent(portal)}/plain_feedback`;
  const place = 'POST /feedback_portal/{id}/plain_feedback';
  const { body } = await craft.http.send({ method: 'POST', path, place, body: feedback, write: true, call });
  const read = Submitted.safeParse(body);
  if (read.success) return read.data;
  throw failure(craft, 'ambiguous', `${place} was answered without a reference: ${problemOf(read.error)}`);
}

/** The item, unparsed: the caller knows what an unreadable one means. Throws `not-found`. */
export async function getItem(craft: Craft, id: string, call: ReadCall): Promise<unknown> {
  return await getWhole(craft, `/item/${encodeURIComponent(id)}`, 'GET /item/{id}', call);
}

export async function getInitiative(craft: Craft, id: string, call: ReadCall): Promise<unknown> {
  return await getWhole(craft, `/portfolio_item/${encodeURIComponent(id)}`, 'GET /portfolio_item/{id}', call);
}

export async function getFeedbackItem(craft: Craft, id: string, call: ReadCall): Promise<unknown> {
  return await getSingle(craft, `/feedback_item/${encodeURIComponent(id)}`, 'GET /feedback_item/{id}', call);
}

/** The guide does not document what a PUT answers, so the answer is not used. */
export async function putItem(craft: Craft, update: Update, call: WriteCall): Promise<void> {
  const request = craft.dialect.update(update);
  await craft.http.send({ method: 'PUT', ...request, bodyOptional: true, write: true, call });
}

function queryOf(query: ListQuery): string {
  // %20 and not +: that is how the guide writes a status.
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

/**
 * The guide names no query `fields` for single reads and shows all the metadata: where it is refused, it is left out.
 */
async function getWhole(craft: Craft, path: string, place: string, call: ReadCall): Promise<unknown> {
  if (craft.withoutFields.has(place)) return await getSingle(craft, path, place, call);
  try {
    return await getSingle(craft, `${path}?fields=all`, place, call);
  } catch (error) {
    if (craft.dialect.hasFieldsOfSingles || !(error instanceof ToolError) || error.kind !== 'invalid') throw error;
  }
  const answer = await getSingle(craft, path, place, call);
  craft.withoutFields.add(place);
  return answer;
}

/** The Swagger's examples show a single item inside a list: such an item is taken out. */
async function getSingle(craft: Craft, path: string, place: string, call: ReadCall): Promise<unknown> {
  const { body } = await craft.http.send({ method: 'GET', path, place, write: false, byId: true, call });
  return Array.isArray(body) && body.length === 1 ? body[0] : body;
}

async function get<T>(
  craft: Craft,
  ask: { readonly path: string; readonly place: string; readonly schema: z.ZodType<T> },
  call: ReadCall,
): Promise<T> {
  const { path, place, schema } = ask;
  const { body } = await craft.http.send({ method: 'GET', path, place, write: false, call, maxBytes: LIST_BYTES });
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw failure(
    craft,
    'unexpected-response',
    `${place} answered something that is not as documented: ${problemOf(read.error)}`,
  );
}
