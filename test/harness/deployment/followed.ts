/**
 * A deployment whose ready items have been handed over, and what tests of the time after that share: sweeps, news from
 * the two systems, and looks at both sides. Each test takes items of its own, so that many tests share one deployment.
 */
import { randomUUID } from 'node:crypto';
import { itemSyncWorkflowId } from '../../../domain/ids.js';
import type { ItemLink } from '../../../domain/link.js';
import type { VerbResult } from '../../../domain/messages.js';
import type { Phase } from '../../../domain/phases.js';
import type { Act } from '../../../sandbox/people/act.js';
import { eventually, startDeployment, type ConfigurationChanges, type TestDeployment } from './deployment.js';
import { handOverFacts, readyCount } from './handOverCheck.js';

export interface Followed {
  readonly deployment: TestDeployment;
  /** A followed item that no other test has. */
  take(): ItemLink;
  /** The item that lacks a required field. */
  readonly blocked: ItemLink;
}

/** Short times, so that the protocol's waits pass within a test. */
const QUICK: ConfigurationChanges = {
  craft: { timeout: '2 seconds' },
  km: { timeout: '2 seconds', readAfterWrite: '1 second', lateWrite: '2 seconds' },
};

export async function startFollowed(items: number, changes: ConfigurationChanges = {}): Promise<Followed> {
  const configuration = quick(changes);
  const deployment = await startDeployment({ items, configuration });
  const ready = readyCount(deployment);
  await deployment.startWorker();
  await sweepReady(deployment);
  const links = await allTakenUp(deployment, ready);
  const blocked = links.find((link) => link.phase === 'blocked');
  const followed = links.filter((link) => link.phase === 'following');
  if (blocked === undefined) throw new Error('no seeded item is blocked');
  const take = (): ItemLink => followed.shift() ?? never('the test needs more items');
  return { deployment, take, blocked };
}

/** Changes of the configuration on top of the short timings. */
export function quick(changes: ConfigurationChanges): ConfigurationChanges {
  return { ...changes, craft: { ...QUICK.craft, ...changes.craft }, km: { ...QUICK.km, ...changes.km } };
}

/** Until `count` items are followed or set aside; returns their rows. */
async function allTakenUp(deployment: TestDeployment, count: number): Promise<readonly ItemLink[]> {
  return eventually(async () => {
    const { links } = await handOverFacts(deployment);
    const settled = links.filter((link) => link.phase === 'following' || link.phase === 'blocked');
    return settled.length === count && settled;
  }, `${count} items are taken up`);
}

export function never(what: string): never {
  throw new Error(what);
}

export async function sweepReady({ temporal }: TestDeployment): Promise<void> {
  await sweep(temporal, 'readySweep', { pipeline: 'mobile' });
}
export async function sweepProgress({ temporal }: TestDeployment): Promise<void> {
  await sweep(temporal, 'progressSweep', { devTool: 'km' });
}
export async function sweepDrift({ temporal }: TestDeployment): Promise<{ differing: number }> {
  return (await sweep(temporal, 'driftSweep', { pipeline: 'mobile' })) as { differing: number };
}

async function sweep({ client }: TestDeployment['temporal'], type: string, input: object): Promise<unknown> {
  const workflowId = `${type}:test-${randomUUID()}`;
  return client.workflow.execute(type, { taskQueue: 'craftsync', workflowId, args: [input] });
}

/** What a person does in one of the systems; throws where the sandbox refuses. Returns the id of the item. */
export function act({ sandbox }: TestDeployment, what: Act): string {
  const outcome = sandbox.act(what);
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}

/** A developer moves an item's dev item. */
export function move(deployment: TestDeployment, link: ItemLink, status: string): void {
  act(deployment, { as: 'developer', action: 'move', id: link.devItemId ?? '', status });
}

export async function rowOf({ ledger }: TestDeployment, link: Pick<ItemLink, 'craftItemId'>): Promise<ItemLink> {
  const row = await ledger.links.get({ pipeline: 'mobile', craftItemId: link.craftItemId });
  return row ?? never(`no row for ${link.craftItemId}`);
}

/** Until the row shows the phase; returns it. */
export async function inPhase(
  deployment: TestDeployment,
  link: Pick<ItemLink, 'craftItemId' | 'craftShortId'>,
  phase: Phase,
): Promise<ItemLink> {
  let seen = '';
  const look = async (): Promise<ItemLink | false> => {
    const row = await rowOf(deployment, link);
    seen = `${row.phase} ${row.blockedBy ?? ''} ${row.lastError ?? ''}`;
    return row.phase === phase && row;
  };
  return eventually(look, `${link.craftShortId ?? link.craftItemId} is ${phase}`).catch((error: unknown) => {
    throw new Error(`${String(error)}; it was ${seen}`);
  });
}

/** A custom field's value in Craft.io; null where it is empty. */
export function craftField({ sandbox }: TestDeployment, link: Pick<ItemLink, 'craftItemId'>, name: string): unknown {
  const { craft } = sandbox.world;
  const item = craft.items.get(link.craftItemId) ?? never(`Craft.io has no item ${link.craftItemId}`);
  return craft.valueOf(item, name);
}

/** Until a custom field has the value. */
export async function craftFieldIs(
  deployment: TestDeployment,
  link: ItemLink,
  name: string,
  value: string | RegExp,
): Promise<void> {
  const matches = (seen: unknown): boolean =>
    typeof value === 'string' ? seen === value : value.test(typeof seen === 'string' ? seen : '');
  const look = (): Promise<boolean> => Promise.resolve(matches(craftField(deployment, link, name)));
  await eventually(look, `${name} of ${nameOf(link)} is ${String(value)}`).catch(async (error: unknown) => {
    const { phase, blockedBy, blockedUntil, lastError } = await rowOf(deployment, link);
    const row = JSON.stringify({ phase, blockedBy, blockedUntil, lastError });
    throw new Error(`${String(error)}; it was ${String(craftField(deployment, link, name))} (${row})`);
  });
}

/** The values that were written into a custom field of an item, in the order in which Craft.io applied them. */
export function valuesWritten({ sandbox }: TestDeployment, link: ItemLink, name: string): readonly unknown[] {
  const { craft } = sandbox.world;
  const field = craft.field(sandbox.craft.workspaceId, name);
  return sandbox.records.putsOf(link.craftItemId).flatMap(({ body }) => {
    const { customFieldValues = [] } = body as { customFieldValues?: { fieldId: string; value: unknown }[] };
    return customFieldValues.filter(({ fieldId }) => fieldId === field?.id).map(({ value }) => value);
  });
}

/** Ids of the dev items that were made for a Craft item, oldest first. */
export function devItemsOf({ sandbox }: TestDeployment, link: Pick<ItemLink, 'craftItemId'>): readonly string[] {
  return [...sandbox.world.tools.kitemaker.world.workItems.values()]
    .filter(({ description }) => description.includes(`craftsync:mobile/${link.craftItemId}/`))
    .map(({ id }) => id);
}

export function commentsOf({ sandbox }: TestDeployment, link: ItemLink): readonly string[] {
  return sandbox.world.tools.kitemaker.world.commentsOf(link.devItemId ?? '').map(({ body }) => body);
}

/** A signal to the item's run, as from any Temporal client. */
export async function signal(deployment: TestDeployment, link: ItemLink, name: string, input?: object): Promise<void> {
  const handle = deployment.temporal.client.workflow.getHandle(itemSyncWorkflowId(link));
  await (input === undefined ? handle.signal(name) : handle.signal(name, input));
}

/** An update of the item's run, as from any Temporal client. */
export async function update(
  deployment: TestDeployment,
  link: ItemLink,
  name: string,
  input?: object,
): Promise<VerbResult> {
  const handle = deployment.temporal.client.workflow.getHandle(itemSyncWorkflowId(link));
  return input === undefined ? handle.executeUpdate(name) : handle.executeUpdate(name, { args: [input] });
}

/** `craftsync <verb> mobile <item> …` that must succeed; what it says with `--json`. */
export async function order(
  deployment: TestDeployment,
  verb: string,
  link: ItemLink,
  ...more: string[]
): Promise<VerbResult> {
  const { exitCode, stdout, stderr } = await deployment.run(verb, 'mobile', nameOf(link), ...more, '--json');
  if (exitCode !== 0) throw new Error(`craftsync ${verb} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as VerbResult;
}

/** What people call the item. */
export function nameOf(link: ItemLink): string {
  return link.craftShortId ?? link.craftItemId;
}
