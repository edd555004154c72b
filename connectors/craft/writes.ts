/**
 * One PUT for one write. Craft.io's documents do not say what a PUT does to the custom fields that it does not name, so
 * the connection learns it from its first write (design 6).
 *
 *  U1. Not known yet: only the written fields are sent, then the item is read back. Where others vanished they are
 *      restored with a PUT of the full array, and the connection remembers `full`; where they stayed it remembers
 *      `partial`. An item without other fields can lose nothing and teaches nothing.
 *  U2. What such a PUT might lose is remembered before it is sent, so that when a process dies between PUT and
 *      restoring, the next write of that item restores it.
 *  U3. `full`: the PUT carries what the item holds: as it was read within `freshFor`, where the caller knows that
 *      nothing was written to it since (decision 31), else as it is read right before the PUT. The same goes for what
 *      the item holds before a first write. Where U2 has something to restore, the item is always read.
 *  U4. Concurrent first writes of a process run one after the other until one has learned.
 *  U5. Everything is looked up before the lease is taken; each PUT takes its own.
 */
import type { CraftSource, CraftWrite } from '../../domain/craftItem.js';
import { ToolError } from '../../domain/errors.js';
import { readOf, type ReadCall, type WriteCall } from '../port/calls.js';
import type { ReadLately } from '../port/craft.js';
import type { CraftContext, PutKind } from './context.js';
import type { FieldWrite, Update } from './dialects.js';
import { fieldId } from './directories/fields.js';
import { readRaw } from './items.js';
import { hasValue, readEntry } from './mapping.js';
import { failure, putItem } from './requests.js';
import type { CustomFieldEntry } from './schema.js';

type WritableSource = Update['source'];

export interface ItemWrite {
  readonly source: CraftSource;
  readonly id: string;
  readonly write: CraftWrite;
  readonly call: WriteCall;
  readonly readLately: ReadLately | undefined;
}

/** A write with its names looked up. */
interface Prepared {
  readonly context: CraftContext;
  readonly update: Update;
  readonly written: readonly FieldWrite[];
  readonly call: WriteCall;
  readonly readLately: ReadLately | undefined;
}

export async function writeItem(
  context: CraftContext,
  { source, id, write, call, readLately }: ItemWrite,
): Promise<void> {
  if ('feedbackPortal' in source) {
    const message = 'Craft.io documents no way to write to feedback items: nothing was sent';
    throw failure(context.craft, 'invalid', message, true);
  }
  const written = await lookUpFields(context, source, write, call);
  const status = write.status === undefined ? null : await context.statuses.toWrite(source, write.status, readOf(call));
  const properties = write.properties ?? {};
  const update = { source, id, customFields: written.length === 0 ? null : written, status, properties };
  if (update.customFields === null && status === null && Object.keys(properties).length === 0) return;
  await send({ context, update, written, call, readLately });
}

async function lookUpFields(
  context: CraftContext,
  source: WritableSource,
  write: CraftWrite,
  call: ReadCall,
): Promise<readonly FieldWrite[]> {
  const written = new Map<string, FieldWrite>();
  for (const [nameOrId, value] of Object.entries(write.customFields ?? {})) {
    const id = await fieldId(context.craft, context.fields, { source, nameOrId }, readOf(call));
    written.set(id, Array.isArray(value) ? { id, values: value } : { id, value });
  }
  return [...written.values()];
}

async function send(prepared: Prepared): Promise<void> {
  const { context, update, written, call } = prepared;
  if (written.length === 0) return await putItem(context.craft, update, call);
  const known = (await recallKind(prepared)) ?? (await withoutKnowing(prepared));
  switch (known) {
    case 'partial':
      return await putItem(context.craft, update, call);
    case 'full':
      return await putFull(prepared);
    case 'written':
      return;
  }
}

/** Only a write that might lose something waits for the others; the rest need not wait, and teach nothing. */
async function withoutKnowing(prepared: Prepared): Promise<PutKind | 'written'> {
  const remembered = await recallAtRisk(prepared);
  const before = await fieldsBefore(prepared, remembered);
  if (othersIn(before, prepared.written).length > 0 || vanished(remembered, before).length > 0) {
    return await prepared.context.firstWrites.run(
      (waited) => learnFrom(prepared, waited ? null : before),
      prepared.call.signal,
    );
  }
  await putItem(prepared.context.craft, prepared.update, prepared.call);
  return 'written';
}

function othersIn(fields: readonly CustomFieldEntry[], written: readonly FieldWrite[]): readonly FieldWrite[] {
  return heldOf(fields).filter((field) => !written.some(({ id }) => id === field.id));
}

/** `written`: this write learned it itself. A kind: another write learned it while this one waited. */
async function learnFrom(prepared: Prepared, fresh: readonly CustomFieldEntry[] | null): Promise<PutKind | 'written'> {
  const kind = await recallKind(prepared);
  if (kind !== null) return kind;
  const before = fresh ?? (await fieldsOf(prepared));
  const lost = vanished(await recallAtRisk(prepared), before);
  if (lost.length > 0) {
    await rememberKind(prepared, 'full');
    return 'full';
  }
  const atRisk = othersIn(before, prepared.written);
  await rememberAtRisk(prepared, atRisk);
  await putAtRisk(prepared);
  const after = await readBack(prepared);
  if (vanished(atRisk, after).length > 0) {
    await rememberKind(prepared, 'full');
    const customFields = merged(merged(after, vanished(atRisk, after)), prepared.written);
    const { source, id } = prepared.update;
    await putItem(prepared.context.craft, { source, id, customFields, status: null, properties: {} }, prepared.call);
  } else if (tookEffect(prepared.written, before, after)) {
    await rememberKind(prepared, 'partial');
  }
  await rememberAtRisk(prepared, []);
  return 'written';
}

/** U2: a write that was certainly not applied puts nothing at risk. */
async function putAtRisk(prepared: Prepared): Promise<void> {
  try {
    await putItem(prepared.context.craft, prepared.update, prepared.call);
  } catch (error) {
    const mayBeApplied = error instanceof ToolError && error.kind === 'ambiguous';
    if (!mayBeApplied) await rememberAtRisk(prepared, []);
    throw error;
  }
}

/**
 * The write was accepted, but its effect on other fields is not known, so it has to be repeated, which is harmless. The
 * failure is therefore one after which the write is repeated, not one after which only this write's values are read
 * back.
 */
async function readBack(prepared: Prepared): Promise<readonly CustomFieldEntry[]> {
  try {
    return await fieldsOf(prepared);
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'unavailable') throw error;
    const { connection } = prepared.context.craft;
    const message = `${error.message}; the update before it was accepted and is repeated, to see what became of other fields`;
    throw new ToolError('conflict', message, { ...error.details, connection, cause: error });
  }
}

/** U3. */
async function putFull(prepared: Prepared): Promise<void> {
  const { context, update, written, call } = prepared;
  const atRisk = await recallAtRisk(prepared);
  const before = await fieldsBefore(prepared, atRisk);
  const customFields = merged(merged(before, vanished(atRisk, before)), written);
  await putItem(context.craft, { ...update, customFields }, call);
  if (atRisk.length > 0) await rememberAtRisk(prepared, []);
}

/** U3. An item without a list of custom fields was not shown whole: that it has none would be a guess. */
async function fieldsBefore(prepared: Prepared, atRisk: readonly FieldWrite[]): Promise<readonly CustomFieldEntry[]> {
  const known = atRisk.length === 0 ? ((await prepared.readLately?.()) ?? null) : null;
  const entry = known === null ? null : readEntry(known.properties);
  const isThisItem = entry?.status === 'item' && entry.item.id === prepared.update.id;
  return (isThisItem ? entry.item.customFields : null) ?? fieldsOf(prepared);
}

async function fieldsOf({ context, update, call }: Prepared): Promise<readonly CustomFieldEntry[]> {
  const entry = await readRaw(context, update.source, update.id, readOf(call));
  if (entry !== null) return entry.item.customFields ?? [];
  throw failure(
    context.craft,
    'not-found',
    'the update was not sent: Craft.io says that the item does not exist',
    true,
  );
}

function heldOf(fields: readonly CustomFieldEntry[]): readonly FieldWrite[] {
  return fields.filter(hasValue).map(({ id, value, values }) => {
    return Array.isArray(values) && values.length > 0 ? { id, values } : { id, value };
  });
}

function vanished(fields: readonly FieldWrite[], now: readonly CustomFieldEntry[]): readonly FieldWrite[] {
  const held = heldOf(now);
  return fields.filter(({ id }) => !held.some((field) => field.id === id));
}

/** What the item holds, with these values replacing or following its own. */
function merged(
  fields: readonly (CustomFieldEntry | FieldWrite)[],
  over: readonly FieldWrite[],
): readonly FieldWrite[] {
  const all = new Map(heldOf(fields as readonly CustomFieldEntry[]).map((field) => [field.id, field]));
  for (const field of over) all.set(field.id, field);
  return [...all.values()];
}

/** A read that lags behind shows neither the write nor its effect: nothing is learned from it. */
function tookEffect(
  written: readonly FieldWrite[],
  before: readonly CustomFieldEntry[],
  after: readonly CustomFieldEntry[],
): boolean {
  return written.every(({ id, value, values }) => {
    const now = textIn(after, id);
    return now === textOf(values ?? value) || now !== textIn(before, id);
  });
}

function textIn(fields: readonly CustomFieldEntry[], id: string): string {
  const field = fields.find((one) => one.id === id);
  return textOf(field?.values ?? field?.value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').replace(/^""$/, '');
}

/** Dialects and kinds of items have different endpoints: how one behaves says nothing about another. */
function kindKey({ context, update }: Prepared): string {
  const items = 'workspace' in update.source ? 'items' : 'initiatives';
  return `custom-fields-of-put:${context.craft.dialect.name}:${items}`;
}

/** What was learned once is never forgotten, so that it need not be asked for again. */
async function recallKind(prepared: Prepared): Promise<PutKind | null> {
  const { memory, putKinds } = prepared.context;
  const key = kindKey(prepared);
  const known = putKinds.get(key);
  if (known !== undefined) return known;
  const kind = await memory.recall(key);
  if (kind !== 'partial' && kind !== 'full') return null;
  putKinds.set(key, kind);
  return kind;
}

async function rememberKind(prepared: Prepared, kind: PutKind): Promise<void> {
  await prepared.context.memory.remember(kindKey(prepared), kind);
}

function riskKey(prepared: Prepared): string {
  return `${kindKey(prepared)}:at-risk:${prepared.update.id}`;
}

async function recallAtRisk(prepared: Prepared): Promise<readonly FieldWrite[]> {
  const remembered = await prepared.context.memory.recall(riskKey(prepared));
  if (remembered === null || remembered === '') return [];
  return JSON.parse(remembered) as readonly FieldWrite[];
}

async function rememberAtRisk(prepared: Prepared, fields: readonly FieldWrite[]): Promise<void> {
  await prepared.context.memory.remember(riskKey(prepared), fields.length === 0 ? '' : JSON.stringify(fields));
}
