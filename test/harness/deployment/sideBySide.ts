/**
 * Workers of two builds on one task queue, over items in several phases, and what a judge sees of it: nothing twice,
 * nothing lost, no run failed, everything at its end. Workflow tasks that failed are counted.
 */
import { itemSyncWorkflowId } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import type { Program } from '../servers/program.js';
import { startCraftsync } from '../servers/program.js';
import { eventually, startDeployment, type TestDeployment } from './deployment.js';
import * as after from './followed.js';
import { handOverFacts, isLocked } from './handOverCheck.js';

/** The compiled command of a build; undefined: this source tree's. */
export type Main = string | undefined;

export function startSideBySide(): Promise<TestDeployment> {
  return startDeployment({
    items: 0,
    // No schedule looks at an item by itself: whatever goes on was woken by the test.
    configuration: after.quick({ pipeline: { settleFor: '2 seconds', sweepEvery: '7 days', driftEvery: '31 days' } }),
  });
}

export async function startWorkerOf({ env }: TestDeployment, main: Main): Promise<Program> {
  const worker = await startCraftsync(['worker'], { env, ...(main !== undefined && { main }) });
  await worker.waitForLine(/the worker is ready/, 120_000);
  return worker;
}

/** New ready items, collected by a sweep of whichever worker takes it. Their hand-over may be still going on. */
export async function sweepNew(deployment: TestDeployment, count: number): Promise<readonly string[]> {
  const ids = seedReadyItems(deployment.sandbox.world, count);
  await after.sweepReady(deployment);
  return ids;
}

export async function allIn(
  deployment: TestDeployment,
  ids: readonly string[],
  phase: ItemLink['phase'],
): Promise<void> {
  let seen = '';
  const look = async (): Promise<boolean> => {
    const links = await linksOf(deployment, ids);
    seen = links.map((link) => `${after.nameOf(link)} ${link.phase}`).join(', ');
    return links.length === ids.length && links.every((link) => link.phase === phase);
  };
  await eventually(look, `${ids.length} items are ${phase}`, WITHIN_MS).catch((error: unknown) => {
    throw new Error(`${String(error)}; they were: ${seen}`);
  });
}

/** A task that failed is given out again after its time limit, which grows to ten minutes with each attempt. */
const WITHIN_MS = 600_000;

export async function linksOf({ ledger }: TestDeployment, ids: readonly string[]): Promise<readonly ItemLink[]> {
  const links = await ledger.links.list({});
  return links.filter(({ craftItemId }) => ids.includes(craftItemId));
}

/** Developers move the items, and a sweep says so. */
export async function moveAll(deployment: TestDeployment, ids: readonly string[], status: string): Promise<void> {
  for (const link of await linksOf(deployment, ids)) after.move(deployment, link, status);
  await after.sweepProgress(deployment);
}

export interface TaskFailures {
  /** Workflow tasks whose failure stands in a history; Temporal notes the first of several in a row. */
  readonly noted: number;
  /** Runs that wait for a worker that can go on with them. */
  readonly waiting: readonly string[];
  /** How they failed, each once. */
  readonly words: readonly string[];
}

export async function taskFailures({ temporal: { client } }: TestDeployment): Promise<TaskFailures> {
  const words: string[] = [];
  const waiting: string[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const { events } = await handle.fetchHistory();
    words.push(
      ...(events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []),
    );
    const { raw } = await handle.describe();
    if (status.name === 'RUNNING' && (raw.pendingWorkflowTask?.attempt ?? 0) > 1) waiting.push(workflowId);
  }
  return { noted: words.length, waiting, words: [...new Set(words)] };
}

const ORDER = ['To do', 'In development', 'Done'];

/** What went wrong, in words; an empty list is a pass. The items have gone from ready to done. */
export async function judge(deployment: TestDeployment, ids: readonly string[]): Promise<readonly string[]> {
  const { broken } = await handOverFacts(deployment);
  const found: string[] = [...broken];
  const links = await linksOf(deployment, ids);
  if (links.length !== ids.length) found.push(`lost: ${ids.length - links.length} items have no row`);
  for (const link of links) {
    const name = after.nameOf(link);
    const made = after.devItemsOf(deployment, link).length;
    if (made !== 1) found.push(`${name} has ${made} dev items`);
    if (link.phase !== 'done') found.push(`${name} is ${link.phase}, not done`);
    if (!isLocked(deployment.sandbox, link.craftItemId)) found.push(`${name} is not locked`);
    const places = after.valuesWritten(deployment, link, 'dev_status').map((value) => ORDER.indexOf(String(value)));
    if (places.at(-1) !== ORDER.length - 1) found.push(`${name} does not show Done`);
    if (places.some((place, at) => place < (places[at - 1] ?? 0))) found.push(`${name} went back: ${places.join()}`);
  }
  return [...found, ...(await endedWrongly(deployment))];
}

async function endedWrongly({ temporal: { client } }: TestDeployment): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { workflowId, status } of client.workflow.list({
    query: "ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut' OR ExecutionStatus = 'Canceled'",
  }))
    found.push(`${workflowId} ended as ${status.name}`);
  return found;
}

/** Running ones in which one of the patches is noted, listed as the runbook does. */
export async function runsWithPatch(
  { temporal: { client } }: TestDeployment,
  ...patches: readonly string[]
): Promise<readonly string[]> {
  const names = patches.map((patch) => `'${patch}'`).join(', ');
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `TemporalChangeVersion IN (${names}) AND ExecutionStatus = 'Running'`,
  }))
    found.push(workflowId);
  return found;
}

export const runOf = (craftItemId: string): string => itemSyncWorkflowId({ pipeline: 'mobile', craftItemId });
