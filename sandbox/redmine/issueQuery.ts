/**
 * The filters of `GET /issues.json`, as Redmine 5.0 answers them (sources: Redmine; compared with a real one). Like
 * Redmine, it ignores a filter on a custom field that is not marked as a filter. Redmine also ignores unknown names;
 * here they are refused, so that a mistake of a connector shows.
 */
import type { Issue } from './model.js';
import { isClosed, type RedmineWorld } from './redmineWorld.js';

/** Refused with 422 and this message. */
export class BadQuery extends Error {}

type Test = (issue: Issue) => boolean;

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;
const SECOND_MS = 1_000;

export interface IssuePage {
  readonly issues: readonly Issue[];
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
}

export function queryIssues(world: RedmineWorld, query: URLSearchParams, mayBeSeen: Test): IssuePage {
  const tests = [mayBeSeen, ...filters(world, query)];
  const found = world.listed().filter((issue) => tests.every((test) => test(issue)));
  const sorted = [...found].sort(order(query.get('sort') ?? 'id:desc'));
  const offset = whole(query, 'offset', 0);
  const limit = Math.min(whole(query, 'limit', DEFAULT_LIMIT), MAX_LIMIT);
  return { issues: sorted.slice(offset, offset + limit), total: sorted.length, offset, limit };
}

const PAGING = ['sort', 'offset', 'limit', 'project_id', 'subproject_id'];

function filters(world: RedmineWorld, query: URLSearchParams): readonly Test[] {
  const tests: Test[] = [];
  if (!query.has('status_id')) tests.push((issue) => !isClosed(issue.statusId));
  for (const [name, value] of query) {
    const custom = /^cf_(\d+)$/.exec(name)?.[1];
    if (custom !== undefined) tests.push(ofCustomField(world, custom, value));
    else if (name === 'status_id') tests.push(ofStatus(value));
    else if (name === 'tracker_id') tests.push((issue) => String(issue.trackerId) === value);
    else if (name === 'issue_id') tests.push(ofIssue(value));
    else if (name === 'created_on') tests.push(ofTime(value, 'Created', (issue) => issue.createdAt));
    else if (name === 'updated_on') tests.push(ofTime(value, 'Updated', (issue) => issue.updatedAt));
    else if (!PAGING.includes(name)) throw new BadQuery(`the sandbox knows no parameter ${name}`);
  }
  const project = query.get('project_id');
  if (project !== null) tests.push((issue) => issue.projectId === world.project(project)?.id);
  return tests;
}

function ofStatus(value: string): Test {
  if (value === '*') return () => true;
  if (value === 'open') return (issue) => !isClosed(issue.statusId);
  if (value === 'closed') return (issue) => isClosed(issue.statusId);
  return (issue) => String(issue.statusId) === value;
}

function ofCustomField(world: RedmineWorld, number: string, value: string): Test {
  const field = world.fields.get(number);
  if (field?.filter !== true) return () => true;
  const wanted = value.replace(/^=/, '');
  return (issue) => world.fieldsOf(issue).includes(field) && [issue.custom[number] ?? []].flat().includes(wanted);
}

function ofIssue(value: string): Test {
  const from = /^>=(\d+)$/.exec(value)?.[1];
  if (from !== undefined) return (issue) => issue.number >= Number(from);
  if (!/^\d+(,\d+)*$/.test(value)) throw new BadQuery('Issue is invalid');
  const ids = new Set(value.split(','));
  return (issue) => ids.has(issue.id);
}

const TIME = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)`;

/** Redmine compares a lower bound T as `> T − 1 s`, so issues up to a second before T are listed too. */
function ofTime(value: string, label: string, timeOf: (issue: Issue) => string): Test {
  const [, from, to] =
    new RegExp(`^(?:>=${TIME}|><${TIME}\\|${TIME})$`).exec(value)?.filter((part, at) => at === 0 || part) ?? [];
  if (from === undefined || Number.isNaN(Date.parse(from))) throw new BadQuery(`${label} is invalid`);
  const afterMs = Date.parse(from) - SECOND_MS;
  const untilMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  return (issue) => {
    const ms = Date.parse(timeOf(issue));
    return ms > afterMs && ms <= untilMs;
  };
}

const KEYS: Readonly<Record<string, (issue: Issue) => number>> = {
  id: ({ number }) => number,
  created_on: ({ createdAt }) => Date.parse(createdAt),
  updated_on: ({ updatedAt }) => Date.parse(updatedAt),
};

function order(sort: string): (a: Issue, b: Issue) => number {
  const parts = sort.split(',').map((part) => {
    const [name = '', direction = 'asc'] = part.split(':');
    const key = KEYS[name];
    if (key === undefined || !['asc', 'desc'].includes(direction))
      throw new BadQuery(`the sandbox cannot sort by ${part}`);
    return { key, sign: direction === 'asc' ? 1 : -1 };
  });
  return (a, b) => {
    for (const { key, sign } of parts) if (key(a) !== key(b)) return sign * (key(a) - key(b));
    return b.number - a.number;
  };
}

function whole(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new BadQuery(`${name} is no number`);
  return Number(text);
}
