/** Kitemaker's REST API (sources: Kitemaker). Parameters that the document does not mark "(Optional)" are required. */
import { z } from 'zod';
import type { Answer, Call, Route } from '../http/mount.js';
import type { Initiative } from './model.js';
import { errorAnswer, invalid, KitemakerError, notFound } from './errors.js';
import type { KitemakerWorld } from './kitemakerWorld.js';
import { KitemakerOperations } from './operations.js';
import { renderComment, renderFeedback, renderInitiative, renderWorkItem } from './restRender.js';

/** The document writes `labelIds[]`; accepted with and without the brackets. */
const ids = (name: string) => ({
  [name]: z.array(z.string()).optional(),
  [`${name}[]`]: z.array(z.string()).optional(),
});

const WorkItemParts = {
  description: z.string().optional(),
  ...ids('labelIds'),
  effort: z.string().optional(),
  impact: z.string().optional(),
  placement: z.enum(['top', 'bottom']).optional(),
};
const CreateWorkItem = z.strictObject({ title: z.string(), statusId: z.string(), ...WorkItemParts });
const UpdateWorkItem = z.strictObject({
  id: z.string(),
  title: z.string().optional(),
  statusId: z.string().optional(),
  ...WorkItemParts,
});
const CreateComment = z.strictObject({ workItemId: z.string(), body: z.string() });
const CreateLabel = z.strictObject({ spaceId: z.string(), labelName: z.string(), color: z.string().optional() });
const CreateInitiative = z.strictObject({
  title: z.string().min(1),
  description: z.string().optional(),
  color: z.string().optional(),
  effortId: z.string().optional(),
  impactId: z.string().optional(),
  ...ids('labelIds'),
  ...ids('spaceIds'),
  ...ids('roadmapColumnIds'),
});
const CreateFeedback = z.strictObject({
  title: z.string().min(1),
  personEmail: z.string().optional(),
  contents: z.string().optional(),
  ...ids('linkInsightToEntityIds'),
});

/** Most recent first, at most this many (sources: Kitemaker, `count`). */
const MAX_COUNT = 50;

type Handler = (call: Call, operations: KitemakerOperations) => Answer;

export function restRoutes(world: KitemakerWorld): readonly Route[] {
  const route = (method: Route['method'], path: string, handler: Handler): Route => ({
    method,
    path,
    handle: (call) => caught(() => handler(call, new KitemakerOperations(world, call.sight))),
  });
  return [
    route('GET', '/organization', () => ok(world.organization(), ['id', 'name', 'createdAt', 'updatedAt'])),
    route('GET', '/workitem', getWorkItem),
    route('POST', '/workitem', createWorkItem),
    route('PUT', '/workitem', updateWorkItem),
    route('POST', '/comment', createComment),
    route('POST', '/label', createLabel),
    route('GET', '/initiative', getInitiative),
    route('POST', '/initiative', createInitiative),
    route('GET', '/feedback/:number', getFeedback),
    route('POST', '/feedback', createFeedback),
    route('GET', '/recent/workitems', recentWorkItems),
    route('GET', '/recent/comments', recentComments),
    route('GET', '/metadata/spaces', (_call, operations) => labelled(operations.spaces(), ({ name }) => name)),
    route('GET', '/metadata/workitems', (call, operations) =>
      labelled(operations.listed(required(call, 'spaceId')), ({ title }) => title),
    ),
    route('GET', '/metadata/statuses', (call, operations) =>
      labelled(operations.space(required(call, 'spaceId')).statuses, ({ name }) => name),
    ),
    route('GET', '/metadata/labels', spaceLabels),
  ];
}

function caught(handle: () => Answer): Answer {
  try {
    return handle();
  } catch (error) {
    if (error instanceof KitemakerError) return errorAnswer(error.known);
    throw error;
  }
}

function ok<T extends object>(record: T, properties: readonly (keyof T)[]): Answer {
  return { status: 200, body: Object.fromEntries(properties.map((name) => [name, record[name]])) };
}

function labelled<T extends { readonly id: string }>(records: readonly T[], label: (record: T) => string): Answer {
  return { status: 200, body: records.map((record) => ({ id: record.id, label: label(record) })) };
}

function required(call: Call, name: string): string {
  const value = call.query.get(name);
  if (value === null || value === '') throw invalid(`${name} is required`);
  return value;
}

/** The message names the property, without repeating what was sent. */
function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.map(String).join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
}

function list(body: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  return (body[name] ?? body[`${name}[]`]) as string[] | undefined;
}

function getWorkItem(call: Call, operations: KitemakerOperations): Answer {
  const space = operations.spaceByKey(required(call, 'spaceKey'));
  const number = wholeNumber(required(call, 'workItemNumber'), 'workItemNumber');
  return { status: 200, body: renderWorkItem(operations.world, operations.workItemByKey(`${space.key}-${number}`)) };
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw invalid(`${name} must be a whole number`);
  return Number(text);
}

function createWorkItem(call: Call, operations: KitemakerOperations): Answer {
  const body = parse(CreateWorkItem, call.body);
  const { title, statusId, description, effort, impact, placement } = body;
  const input = { title, statusId, description, effort, impact, placement, labelIds: list(body, 'labelIds') };
  const item = operations.createWorkItem(input);
  return { status: 201, body: renderWorkItem(operations.world, item), applied: { itemId: item.id } };
}

function updateWorkItem(call: Call, operations: KitemakerOperations): Answer {
  const body = parse(UpdateWorkItem, call.body);
  const { id, title, statusId, description, effort, impact, placement } = body;
  const input = { title, statusId, description, effort, impact, placement, labelIds: list(body, 'labelIds') };
  const item = operations.updateWorkItem(id, input);
  return { status: 200, body: renderWorkItem(operations.world, item), applied: { itemId: id } };
}

function createComment(call: Call, operations: KitemakerOperations): Answer {
  const { workItemId, body } = parse(CreateComment, call.body);
  const comment = operations.createComment(workItemId, body, null);
  return { status: 201, body: renderComment(operations.world, comment), applied: { itemId: workItemId } };
}

function createLabel(call: Call, operations: KitemakerOperations): Answer {
  const { spaceId, labelName, color } = parse(CreateLabel, call.body);
  const label = operations.createLabel(spaceId, labelName, color ?? null);
  return {
    status: 201,
    body: { id: label.id, name: label.name, color: label.color, spaceId },
    applied: { itemId: null },
  };
}

/** A list of one, as the document shows it. */
function getInitiative(call: Call, { world }: KitemakerOperations): Answer {
  const number = wholeNumber(required(call, 'number'), 'number');
  const initiative = [...world.initiatives.values()].find((candidate) => candidate.number === number);
  if (initiative === undefined) throw notFound('initiative');
  return { status: 200, body: [renderInitiative(world, initiative)] };
}

function createInitiative(call: Call, operations: KitemakerOperations): Answer {
  const { world } = operations;
  const body = parse(CreateInitiative, call.body);
  const spaceIds = (list(body, 'spaceIds') ?? []).map((id) => operations.space(id).id);
  const at = world.now();
  const initiative: Initiative = {
    id: world.newId(),
    number: world.nextNumber('initiative'),
    title: body.title,
    description: body.description ?? '',
    color: body.color ?? 'brown',
    actorId: world.application().id,
    spaceIds,
    labelIds: list(body, 'labelIds') ?? [],
    memberIds: [],
    workItemIds: [],
    effort: body.effortId ?? null,
    impact: body.impactId ?? null,
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  world.initiatives.put(initiative);
  return { status: 201, body: [renderInitiative(world, initiative)], applied: { itemId: initiative.id } };
}

function getFeedback(call: Call, { world }: KitemakerOperations): Answer {
  const number = wholeNumber(call.params['number'] ?? '', 'number');
  const feedback = [...world.feedback.values()].find((candidate) => candidate.number === number);
  if (feedback === undefined) throw notFound('feedback');
  return { status: 200, body: renderFeedback(world, feedback) };
}

function createFeedback(call: Call, operations: KitemakerOperations): Answer {
  const { world } = operations;
  const body = parse(CreateFeedback, call.body);
  const entityIds = (list(body, 'linkInsightToEntityIds') ?? []).map((id) => operations.workItem(id).id);
  const at = world.now();
  const feedback = world.feedback.put({
    id: world.newId(),
    number: world.nextNumber('feedback'),
    title: body.title,
    contents: body.contents ?? '',
    personEmail: body.personEmail ?? null,
    actorId: world.application().id,
    entityIds,
    insightId: world.newId(),
    createdAt: at,
    updatedAt: at,
  });
  return { status: 201, body: renderFeedback(world, feedback), applied: { itemId: feedback.id } };
}

function recentWorkItems(call: Call, operations: KitemakerOperations): Answer {
  const items = recent(operations.listed(required(call, 'spaceId')), count(call));
  return { status: 200, body: items.map((item) => renderWorkItem(operations.world, item)) };
}

function recentComments(call: Call, operations: KitemakerOperations): Answer {
  const comments = recent(operations.comments(required(call, 'spaceId')), count(call));
  return { status: 200, body: comments.map((comment) => renderComment(operations.world, comment)) };
}

function count(call: Call): number {
  const value = wholeNumber(required(call, 'count'), 'count');
  if (value < 1 || value > MAX_COUNT) throw invalid(`count must be from 1 to ${MAX_COUNT}`);
  return value;
}

/**
 * The `n` most recently updated, newest first; for equal times the younger item first. It starts at the youngest and
 * keeps only `n` items while it looks, since spaces have thousands.
 */
function recent<T extends { readonly updatedAt: string }>(records: readonly T[], n: number): T[] {
  const newest: T[] = [];
  for (let i = records.length - 1; i >= 0; i--) {
    const record = records[i];
    const last = newest[newest.length - 1];
    if (record === undefined) continue;
    if (newest.length === n && last !== undefined && last.updatedAt >= record.updatedAt) continue;
    let place = newest.length;
    while (place > 0 && (newest[place - 1]?.updatedAt ?? '') < record.updatedAt) place--;
    newest.splice(place, 0, record);
    if (newest.length > n) newest.pop();
  }
  return newest;
}

function spaceLabels(call: Call, operations: KitemakerOperations): Answer {
  const space = operations.space(required(call, 'spaceId'));
  const labels = [...operations.world.labels.values()].filter((label) => label.spaceId === space.id);
  return labelled(labels, ({ name }) => name);
}
