/** What the conformance suite passes to connectors, and how it catches their failures. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { CallBudget, ReadCall, WriteCall } from '../../../connectors/port/calls.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import type { Comments } from '../../../connectors/port/capabilities.js';
import type { DevItemDraft } from '../../../domain/devItem.js';
import { ToolError } from '../../../domain/errors.js';
import type { Subject } from './subject.js';
import { freeBudget } from '../../fixtures/calls.js';

export const read: ReadCall = { callClass: 'progress' };
export const TITLE = 'Zebra crossing for hedgehogs';
export const TEXT = 'Nobody else may read this sentence in a log.';

/** One real server may serve several test files. */
const RUN = randomBytes(4).toString('hex');

/** The nth marker of a file. */
export function markerOf(n: number, generation = 1): string {
  return `craftsync:conformance-${RUN}/230584301063532${n}/${generation}`;
}

export function writing(passed: () => boolean = () => false): WriteCall {
  return { callClass: 'hand-over', authorise: () => Promise.resolve({ passed }) };
}

export function draftFor(subject: Subject, marker: string, more: Partial<DevItemDraft> = {}): DevItemDraft {
  const craftUrl = 'https://app.craft.io/item/1';
  return {
    target: subject.target,
    marker,
    craftUrl,
    title: TITLE,
    description: TEXT,
    fields: {},
    timeZone: 'UTC',
    ...more,
  };
}

export function countingBudget(): CallBudget & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ...freeBudget,
    ask: ({ callClass }) => {
      asked.push(callClass);
      return Promise.resolve(() => undefined);
    },
  };
}

/** People create items one after the other, called `<what> 0` and so on; returns their ids in that order. */
export async function createMany(subject: Subject, count: number, what: string): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await subject.create(`${what} ${n}`));
  return ids;
}

/** Waits until the next change gets a later time in the tool. */
export function nextMoment(subject: Subject): Promise<void> {
  return sleep(subject.timeStepMs ?? 5);
}

/** The `ToolError` with which the attempt fails, checked for promise P3 of port/calls.ts. */
export async function failing(subject: Subject, attempt: Promise<unknown>): Promise<ToolError> {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ToolError)) throw new Error(`expected a ToolError, got ${String(error)}`);
  const told = `${error.message} ${String(error.cause)} ${JSON.stringify(error.details)}`;
  for (const secret of [subject.apiKey, TITLE, TEXT]) expect(told).not.toContain(secret);
  return error;
}

/** Each reading method of the port, once. */
export function everyRead(
  subject: Subject,
  tool: DevToolConnector,
  id: string,
): readonly (readonly [string, () => Promise<unknown>])[] {
  const { scope, target } = subject;
  const search = { target, marker: markerOf(0), createdSince: new Date(Date.now() - 60_000).toISOString() };
  return [
    ['findByMarker', () => tool.findByMarker(search, read)],
    ['listMarked', () => tool.listMarked({ target, start: 'craftsync:mobile/', createdSince: null }, read)],
    ['readItems', () => tool.readItems([id], read)],
    ['readMarked', () => tool.readMarked(id, markerOf(0), read)],
    ['readFeed', () => tool.readFeed(scope, null, read)],
    ['listIds', () => tool.listIds(scope, read)],
    ['seesScope', () => tool.seesScope(scope, read)],
    ...(commentsOf(subject, tool) === undefined ? [] : [['comments.find', findComment(tool, id, scope)] as const]),
  ];
}

/** Undefined where the subject's items have no comments. */
export function commentsOf(subject: Subject, tool: DevToolConnector): Comments | undefined {
  return subject.hasComments === false ? undefined : tool.comments;
}

function findComment(tool: DevToolConnector, id: string, scope: string) {
  return () => tool.comments?.find({ id, scope }, 'craftsync:none', read) ?? Promise.resolve();
}
