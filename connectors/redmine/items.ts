/**
 * Reads issues by id, wherever they were moved to. Only a 404 of the issue's own address says that it does not exist: a
 * list leaves out what the key may not see, and such an issue must not be taken for deleted.
 */
import { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import type { MalformedDevItem } from '../port/devTool.js';
import { type Entries, type MalformedIssue, readEntry } from './paging.js';
import { failure, getIssue, isNotVisible, listIssues, PAGE, type Redmine } from './requests.js';
import type { Issue } from './schema.js';
import { assertAccepted } from './visibility.js';

export interface IssuesById extends Entries {
  readonly missing: readonly string[];
  readonly refused: readonly string[];
}

export async function readById(redmine: Redmine, ids: readonly string[], call: ReadCall): Promise<IssuesById> {
  const wanted = [...new Set(ids)];
  const [only] = wanted;
  if (only === undefined) return { issues: [], malformed: [], missing: [], refused: [] };
  if (wanted.length === 1) return await readAlone(redmine, only, call);
  const found = new Map<string, Issue>();
  const malformed = new Map<string, MalformedIssue>();
  const numbers = wanted.filter(isIssueId);
  for (let at = 0; at < numbers.length; at += PAGE) {
    if (at > 0) call.heartbeat?.();
    for (const entry of await listIssues(redmine, { issue_id: numbers.slice(at, at + PAGE).join(',') }, call)) {
      const read = readEntry(entry);
      if ('issue' in read) found.set(String(read.issue.id), read.issue);
      else malformed.set(read.malformed.id, read.malformed);
    }
  }
  const missing: string[] = [];
  const refused: string[] = [];
  for (const id of wanted) {
    if (found.has(id) || malformed.has(id)) continue;
    call.heartbeat?.();
    const one = await readOne(redmine, id, call);
    if (one === null) missing.push(id);
    else if ('refusal' in one) refused.push(id);
    else if ('issue' in one) found.set(id, one.issue);
    else malformed.set(id, { ...one.malformed, text: '' });
  }
  return { issues: [...found.values()], malformed: [...malformed.values()], missing, refused };
}

async function readAlone(redmine: Redmine, id: string, call: ReadCall): Promise<IssuesById> {
  const issue = await readIssue(redmine, id, call);
  return { issues: issue === null ? [] : [issue], malformed: [], missing: issue === null ? [id] : [], refused: [] };
}

/**
 * One issue; null where it does not exist. Throws `unexpected-response` where it exists and cannot be read, and
 * `forbidden` where the key, which Redmine accepts, may not see it.
 */
export async function readIssue(redmine: Redmine, id: string, call: ReadCall): Promise<Issue | null> {
  const one = await readOne(redmine, id, call);
  if (one === null) return null;
  if ('issue' in one) return one.issue;
  if ('refusal' in one) throw one.refusal;
  throw failure(redmine, 'unexpected-response', `GET /issues/{id}.json: the issue ${id}: ${one.malformed.problem}`);
}

type One = { readonly issue: Issue } | { readonly malformed: MalformedDevItem } | { readonly refusal: ToolError };

async function readOne(redmine: Redmine, id: string, call: ReadCall): Promise<One | null> {
  if (!isIssueId(id)) return null;
  try {
    const read = readEntry(await getIssue(redmine, id, call));
    return 'issue' in read ? read : { malformed: { id, problem: read.malformed.problem } };
  } catch (error) {
    if (!isNotVisible(error)) throw error;
    if (error.kind === 'not-found') return null;
    await assertAccepted(redmine, call);
    return { refusal: new ToolError(error.kind, error.message, { ...error.details, keyAccepted: true }) };
  }
}

/** Redmine refuses a whole list for one id that is not a number. */
function isIssueId(id: string): boolean {
  return /^[1-9]\d{0,8}$/.test(id);
}
