/**
 * Shared by the tests of the operator verbs: a deployment in which each look at an item is a request, and checks of it.
 */
import { expect } from 'vitest';
import { itemSyncWorkflowId } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import type { TestDeployment } from './deployment.js';
import * as after from './followed.js';
import { handOverFacts, isLocked } from './handOverCheck.js';

/** With `freshFor` zero: nothing that a sweep read counts as fresh. */
export function startFollowed(): Promise<after.Followed> {
  return after.startFollowed(21, { craft: { freshFor: '0 seconds' } });
}

/** Writes to the item in Craft.io so far. */
export function putsOf({ sandbox }: TestDeployment, link: ItemLink): number {
  return sandbox.records.putsOf(link.craftItemId).length;
}

export async function historyLength({ temporal }: TestDeployment, link: ItemLink): Promise<number> {
  const handle = temporal.client.workflow.getHandle(itemSyncWorkflowId(link));
  return (await handle.describe()).historyLength;
}

/** The one line in which the command says why it does nothing. */
export async function refusal(deployment: TestDeployment, ...args: string[]): Promise<string> {
  const { exitCode, stderr, stdout } = await deployment.run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr;
}

/** Craft.io shows the lock and the key of the dev item that the row holds. */
export async function expectFollowed(
  deployment: TestDeployment,
  link: ItemLink,
  generation: number,
): Promise<ItemLink> {
  const row = await after.inPhase(deployment, link, 'following');
  expect(row.generation).toBe(generation);
  expect(isLocked(deployment.sandbox, link.craftItemId)).toBe(true);
  expect(after.craftField(deployment, link, 'dev_key')).toBe(row.devItemKey);
  return row;
}

/** No item has two dev items of one generation, and every followed one is locked. */
export async function expectInvariants(deployment: TestDeployment): Promise<void> {
  const { broken, links } = await handOverFacts(deployment);
  expect(broken.filter((line) => line.startsWith('I1'))).toEqual([]);
  const unlocked = links.filter(
    ({ phase, craftItemId }) => phase === 'following' && !isLocked(deployment.sandbox, craftItemId),
  );
  expect(unlocked.map(after.nameOf)).toEqual([]);
}
