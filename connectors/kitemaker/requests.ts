/**
 * One function per endpoint of Kitemaker that is used. REST with `X-API-KEY` writes and reads lists; GraphQL with a
 * bearer token reads by id, whole spaces, comments and initiatives. Both spend the same budget.
 */
import type { z } from 'zod';
import { ToolError } from '../../domain/errors.js';
import type { HttpClient } from '../http/client.js';
import { LIST_BYTES } from '../http/request.js';
import type { ReadCall, WriteCall } from '../port/calls.js';
import { judgeByIds, judgeGraphql, meansAbsent } from './graphql.js';
import type { Page } from './paging.js';
import {
  type FeedbackEntry,
  GraphqlAnswer,
  GraphqlComments,
  GraphqlFeedback,
  type GraphqlError,
  GraphqlInitiative,
  GraphqlInitiatives,
  GraphqlItemInitiatives,
  GraphqlOrganization,
  GraphqlPage,
  RestCreated,
  RestList,
  RestMetadata,
  RestOrganization,
  type Space,
} from './schema.js';

/** The connection to Kitemaker. */
export interface Kitemaker {
  readonly connection: string;
  readonly rest: HttpClient;
  readonly graphql: HttpClient;
  readonly graphqlUrl: string;
}

/** The most that `/recent/workitems` and one GraphQL page return (sources: Kitemaker). */
export const RECENT_COUNT = 50;
const PAGE_COUNT = 50;
/** The most ids requested as aliases in one request. */
export const ALIASES = 50;

const ITEM_FIELDS = 'id number status { name } space { id key } createdAt updatedAt';
const MARKED_ITEM_FIELDS = `${ITEM_FIELDS} description`;
const LABELLED_ITEM_FIELDS = `${MARKED_ITEM_FIELDS} title labels { id name }`;

function parse<T>(km: Kitemaker, place: string, schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw failure(km, 'unexpected-response', `${place} answered ${problemIn(read.error)}`);
}

/** The first thing that is not as documented: the property and what was expected, never the value. */
export function problemIn(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'a value' : `"${path}"`} that is not as documented (${issue?.code ?? 'unknown'})`;
}

export function failure(km: Kitemaker, kind: ToolError['kind'], message: string): ToolError {
  return new ToolError(kind, `${km.connection}: ${message}`, { connection: km.connection, notSent: false });
}

export async function getOrganization(km: Kitemaker, call: ReadCall): Promise<{ name: string }> {
  const place = 'GET /organization';
  const { body } = await km.rest.send({ method: 'GET', path: '/organization', place, write: false, call });
  return parse(km, place, RestOrganization, body);
}

/** The most recently updated items of a space, unparsed; at most `RECENT_COUNT`. */
export async function recentWorkItems(
  km: Kitemaker,
  spaceId: string,
  call: ReadCall,
): Promise<{ readonly entries: readonly unknown[]; readonly serverTimeMs: number | null }> {
  const place = 'GET /recent/workitems';
  const path = `/recent/workitems?spaceId=${encodeURIComponent(spaceId)}&count=${RECENT_COUNT}`;
  const { body, headers } = await km.rest.send({
    method: 'GET',
    path,
    place,
    write: false,
    call,
    maxBytes: LIST_BYTES,
  });
  const serverTimeMs = Date.parse(headers['date'] ?? '');
  return {
    entries: parse(km, place, RestList, body),
    serverTimeMs: Number.isNaN(serverTimeMs) ? null : serverTimeMs,
  };
}

export async function workItemIds(km: Kitemaker, spaceId: string, call: ReadCall): Promise<readonly string[]> {
  const place = 'GET /metadata/workitems';
  const path = `/metadata/workitems?spaceId=${encodeURIComponent(spaceId)}`;
  const { body } = await km.rest.send({ method: 'GET', path, place, write: false, call, maxBytes: LIST_BYTES });
  return parse(km, place, RestMetadata, body).map((entry) => entry.id);
}

export interface NewWorkItem {
  readonly title: string;
  readonly statusId: string;
  readonly description: string;
  readonly labelIds?: readonly string[];
  readonly effort?: string;
  readonly impact?: string;
}

/** The created item, unparsed: the caller knows what an unreadable one means. */
export async function createWorkItem(km: Kitemaker, item: NewWorkItem, call: WriteCall): Promise<unknown> {
  const request = {
    method: 'POST',
    path: '/workitem',
    place: 'POST /workitem',
    write: true,
    body: item,
    call,
  } as const;
  return (await km.rest.send(request)).body;
}

export async function createLabel(km: Kitemaker, spaceId: string, labelName: string, call: WriteCall): Promise<string> {
  const place = 'POST /label';
  const body = { spaceId, labelName };
  const answer = await km.rest.send({ method: 'POST', path: '/label', place, write: true, body, call });
  return parse(km, place, RestCreated, answer.body).id;
}

export async function createComment(km: Kitemaker, workItemId: string, text: string, call: WriteCall): Promise<void> {
  const body = { workItemId, body: text };
  await km.rest.send({ method: 'POST', path: '/comment', place: 'POST /comment', write: true, body, call });
}

export async function listSpaces(km: Kitemaker, call: ReadCall): Promise<readonly Space[]> {
  const query = 'query { organization { spaces { id key name statuses { id name type } labels { id name } } } }';
  const place = 'GraphQL organization';
  return parse(km, place, GraphqlOrganization, await data(km, place, { query, variables: {} }, call)).organization
    .spaces;
}

/** One page of a space's items, by number; with descriptions where markers are searched. */
export async function workItemsPage(
  km: Kitemaker,
  at: {
    readonly spaceId: string;
    readonly cursor: string | null;
    readonly described: boolean;
    readonly labelled?: boolean;
  },
  call: ReadCall,
): Promise<Page> {
  const fields = at.labelled === true ? LABELLED_ITEM_FIELDS : at.described ? MARKED_ITEM_FIELDS : ITEM_FIELDS;
  const query = `query ($spaceId: ID, $cursor: String, $count: Int) { workItems(spaceId: $spaceId, cursor: $cursor, count: $count) { workItems { ${fields} } cursor hasMore } }`;
  const variables = { spaceId: at.spaceId, count: PAGE_COUNT, ...(at.cursor === null ? {} : { cursor: at.cursor }) };
  const place = 'GraphQL workItems';
  const { workItems } = parse(km, place, GraphqlPage, await data(km, place, { query, variables }, call));
  return { entries: workItems.workItems, cursor: workItems.cursor ?? null, hasMore: workItems.hasMore };
}

export interface ByIdRead {
  readonly described: boolean;
  /** Among several ids, one that is refused stops no other. */
  readonly several: boolean;
}

export interface ById {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphqlError[];
}

/**
 * Items in one request, under the aliases `i0`, `i1`…. Only errors that mean "does not exist" come back and, for a read
 * of several, refusals.
 */
export async function workItemsById(
  km: Kitemaker,
  ids: readonly string[],
  { described, several }: ByIdRead,
  call: ReadCall,
): Promise<ById> {
  const fields = described ? MARKED_ITEM_FIELDS : ITEM_FIELDS;
  const parameters = ids.map((_, index) => `$i${index}: ID!`).join(', ');
  const selections = ids.map((_, index) => `i${index}: workItem(id: $i${index}) { ${fields} }`).join(' ');
  const variables = Object.fromEntries(ids.map((id, index) => [`i${index}`, id]));
  const query = `query (${parameters}) { ${selections} }`;
  const how = several ? { judge: judgeByIds } : { byId: true };
  const answer = await ask(km, 'GraphQL workItem', { query, variables, ...how }, call);
  return { data: answer.data ?? {}, errors: answer.errors ?? [] };
}

export async function commentBodies(km: Kitemaker, workItemId: string, call: ReadCall): Promise<readonly string[]> {
  const place = 'GraphQL workItem.comments';
  const query = 'query ($id: ID!) { workItem(id: $id) { comments { body } } }';
  const asked = { query, variables: { id: workItemId }, byId: true };
  const read = parse(km, place, GraphqlComments, await data(km, place, asked, call));
  return read.workItem.comments.map((comment) => comment.body);
}

export interface NewFeedback {
  readonly title: string;
  readonly contents: string;
  readonly personEmail?: string;
  readonly linkInsightToEntityIds: readonly string[];
}

export async function createFeedback(km: Kitemaker, feedback: NewFeedback, call: WriteCall): Promise<void> {
  const request = { method: 'POST', path: '/feedback', place: 'POST /feedback', write: true, call } as const;
  await km.rest.send({ ...request, body: feedback });
}

/** One page of the organisation's feedback, by number. */
export async function feedbackPage(km: Kitemaker, cursor: string | null, call: ReadCall): Promise<Page<FeedbackEntry>> {
  const query =
    'query ($cursor: String, $count: Int) { feedback(cursor: $cursor, count: $count) { feedback { id content } cursor hasMore } }';
  const variables = { count: PAGE_COUNT, ...(cursor === null ? {} : { cursor }) };
  const place = 'GraphQL feedback';
  const { feedback } = parse(km, place, GraphqlFeedback, await data(km, place, { query, variables }, call));
  return { entries: feedback.feedback, cursor: feedback.cursor ?? null, hasMore: feedback.hasMore };
}

export async function initiativeById(km: Kitemaker, id: string, call: ReadCall): Promise<string> {
  const place = 'GraphQL initiative';
  const query = 'query ($it: ID!) { initiative(id: $it) { id } }';
  return parse(km, place, GraphqlInitiative, await data(km, place, { query, variables: { it: id } }, call)).initiative
    .id;
}

/** The id of an initiative by its number (`I-12`). */
export async function initiativeByNumber(km: Kitemaker, number: string, call: ReadCall): Promise<string> {
  const place = 'GraphQL initiativeByNumber';
  const query = 'query ($it: String) { initiative: initiativeByNumber(number: $it) { id } }';
  return parse(km, place, GraphqlInitiative, await data(km, place, { query, variables: { it: number } }, call))
    .initiative.id;
}

/** One page of the organisation's initiatives. */
export async function initiativesPage(km: Kitemaker, cursor: string | null, call: ReadCall): Promise<Page> {
  const query =
    'query ($cursor: String, $count: Int) { initiatives(cursor: $cursor, count: $count) { initiatives { id title } cursor hasMore } }';
  const variables = { count: PAGE_COUNT, ...(cursor === null ? {} : { cursor }) };
  const place = 'GraphQL initiatives';
  const { initiatives } = parse(km, place, GraphqlInitiatives, await data(km, place, { query, variables }, call));
  return { entries: initiatives.initiatives, cursor: initiatives.cursor ?? null, hasMore: initiatives.hasMore };
}

/** The ids of the initiatives that a work item is in. */
export async function initiativesOf(km: Kitemaker, workItemId: string, call: ReadCall): Promise<readonly string[]> {
  const place = 'GraphQL workItem.initiatives';
  const query = 'query ($id: ID!) { workItem(id: $id) { initiatives { id } } }';
  const asked = { query, variables: { id: workItemId }, byId: true };
  const read = parse(km, place, GraphqlItemInitiatives, await data(km, place, asked, call));
  return read.workItem.initiatives.map(({ id }) => id);
}

/** Puts an item under an initiative; doing it again changes nothing. */
export async function addToInitiative(
  km: Kitemaker,
  initiative: string,
  workItemId: string,
  call: WriteCall,
): Promise<void> {
  const query = 'mutation ($input: EditInitiativeInput!) { editInitiative(input: $input) { initiative { id } } }';
  const variables = { input: { id: initiative, addWorkItemIds: [workItemId] } };
  const place = 'GraphQL editInitiative';
  const body = { query, variables };
  const request = { method: 'POST', path: km.graphqlUrl, place, write: true, body, call, judge: judgeGraphql } as const;
  const answer = parse(km, place, GraphqlAnswer, (await km.graphql.send(request)).body);
  if ((answer.errors ?? []).length > 0) throw failure(km, 'not-found', `${place} says that it does not exist`);
}

interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** One thing is read by its id. */
  readonly byId?: boolean;
  /** @default `judgeGraphql` */
  readonly judge?: typeof judgeGraphql;
}

async function ask(
  km: Kitemaker,
  place: string,
  { query, variables, byId = false, judge = judgeGraphql }: Asked,
  call: ReadCall,
): Promise<z.infer<typeof GraphqlAnswer>> {
  const body = { query, variables };
  const request = { method: 'POST', path: km.graphqlUrl, place, write: false, byId, body, call } as const;
  const answer = await km.graphql.send({ ...request, maxBytes: LIST_BYTES, judge });
  return parse(km, place, GraphqlAnswer, answer.body);
}

/** The data of a query for one thing; an error can only mean that it does not exist. */
async function data(km: Kitemaker, place: string, asked: Asked, call: ReadCall): Promise<unknown> {
  const answer = await ask(km, place, asked, call);
  if ((answer.errors ?? []).some(meansAbsent)) throw failure(km, 'not-found', `${place} says that it does not exist`);
  return answer.data;
}
