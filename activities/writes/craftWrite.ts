/**
 * The one way in which an item's activities write to Craft.io
 * (design 3, lockCraftItem; design 3, follow; invariant I3).
 *
 *  W1. Each PUT is sent under a lease, and what it carries is in the row as `unanswered` before it is sent.
 *  W2. While an unanswered PUT may still be applied, only the same values are written again. Other values wait, so that
 *      a late PUT can never replace a newer state with an older one.
 *  W3. After an unanswered PUT the item is read back, and only what is missing is written. Progress fields of the lost
 *      PUT that the next write does not set stay in `unanswered` until a write sets them.
 *  W4. A broken optional field is dropped and named; the rest of the write is still made.
 */
import type { CraftFieldInput, CraftItem, CraftWrite } from '../../domain/craftItem.js';
import { certainlyNotApplied, ToolError } from '../../domain/errors.js';
import type { Wait } from '../../domain/itemState.js';
import type { UnansweredWrite } from '../../domain/link.js';
import { idText, readPath } from '../../domain/rules/paths.js';
import { ownFields } from '../../domain/rules/progress.js';
import type { WriteCall } from '../../connectors/port/calls.js';
import type { ReadLately } from '../../connectors/port/craft.js';
import { noteAccepted } from '../step/connectionGate.js';
import { readItem } from '../step/readCraftItem.js';
import { logStep, waitFor, type ItemContext } from '../step/itemContext.js';
import { takeLease } from './lease.js';

/** How long after its time-out a PUT that Craft.io never answered may still be applied. */
const CRAFT_LATE_WRITE_MS = 60_000;

type CustomFields = Readonly<Record<string, CraftFieldInput>>;

export type CraftWriteOutcome =
  | {
      readonly status: 'written';
      readonly token: string;
      /** False when Craft.io already had everything. */
      readonly sent: boolean;
      /** Optional fields that Craft.io refused. */
      readonly dropped: readonly string[];
      /**
       * An earlier PUT that may still be applied (W2) or is still to be looked at (W3), to be stored with the result.
       */
      readonly open: UnansweredWrite | null;
    }
  | { readonly status: 'wait'; readonly wait: Wait }
  /** Craft.io says that the item does not exist. */
  | { readonly status: 'gone' };

/**
 * Writes a status and custom fields; the result is to be stored under the lease `token`. `readLately`: see `writeItem`.
 * It is not asked after an unanswered PUT, which may have changed the item.
 */
export async function writeToCraft(
  ctx: ItemContext,
  write: CraftWrite,
  readLately?: ReadLately,
): Promise<CraftWriteOutcome> {
  const unasked = await afterUnanswered(ctx, write);
  if (unasked.status !== 'due') return unasked;
  const due = ctx.link.unanswered === null ? { ...unasked, readLately } : unasked;
  if (isEmpty(due.write)) {
    const lease = await takeLease(ctx);
    return { status: 'written', token: lease.token, sent: false, dropped: [], open: due.open };
  }
  try {
    return { ...(await putDroppingBroken(ctx, due)), sent: true, open: due.open };
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'not-found') throw error;
    const moved = await movedTo(ctx);
    if (moved === null) return { status: 'gone' };
    return { ...(await putDroppingBroken(moved, { ...due, readLately: undefined })), sent: true, open: due.open };
  }
}

/**
 * For an item that a PUT cannot find: the context to write in the workspace that it was moved to, or null when it is
 * gone. Throws when neither explains Craft.io's answer.
 */
async function movedTo(ctx: ItemContext): Promise<ItemContext | null> {
  const item = await readItem(ctx);
  if (item === null) return null;
  const workspace = idText(item.properties['workspaceId']);
  const { source } = ctx.pipeline;
  if (!('workspace' in source) || workspace === null || workspace === source.workspace) {
    throw new ToolError('unexpected-response', `Craft.io shows item ${item.id} but refuses to write it as not found`, {
      connection: 'craft',
    });
  }
  return { ...ctx, pipeline: { ...ctx.pipeline, source: { workspace } } };
}

/** Optional fields that were refused do not count as written: the next push tries them again, sweeps do not. */
export function withoutFields(
  fields: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function isEmpty(write: CraftWrite): boolean {
  return (
    write.status === undefined &&
    Object.keys(write.customFields ?? {}).length === 0 &&
    Object.keys(write.properties ?? {}).length === 0
  );
}

interface DueWrite {
  readonly status: 'due';
  readonly write: CraftWrite;
  readonly open: UnansweredWrite | null;
  readonly readLately?: ReadLately | undefined;
}
type Due = DueWrite | Exclude<CraftWriteOutcome, { status: 'written' }>;

/** What is left to write of `write`, given an earlier PUT without an answer (W2, W3). */
async function afterUnanswered(ctx: ItemContext, write: CraftWrite): Promise<Due> {
  const { unanswered } = ctx.link;
  if (unanswered === null) return { status: 'due', write, open: null };
  const now = await ctx.deps.ledger.now();
  const openMs = Date.parse(unanswered.until) - now.getTime();
  if (openMs > 0 && !repeats(write, unanswered)) {
    const why = 'an earlier write to Craft.io was not answered and may still be applied';
    return { status: 'wait', wait: waitFor(openMs, now, { reason: null, why }) };
  }
  const item = await readItem(ctx);
  if (item === null) return { status: 'gone' };
  const missing = missingOf(write, item);
  // If Craft.io has everything, a single PUT was applied; of several, one may still come.
  const mayCome = openMs > 0 && (!isEmpty(missing) || unanswered.several === true);
  return { status: 'due', write: missing, open: mayCome ? unanswered : leftOut(ctx, write, unanswered) };
}

/** Progress that `unanswered` carried and `write` does not set: what Craft.io shows for it is still to be looked at. */
function leftOut(ctx: ItemContext, write: CraftWrite, unanswered: UnansweredWrite): UnansweredWrite | null {
  const own = ownFields(unanswered.customFields, ctx.pipeline.progress);
  const customFields = omit(own, Object.keys(write.customFields ?? {}));
  return Object.keys(customFields).length === 0 ? null : { ...unanswered, customFields };
}

/** True when every value of `unanswered` that `write` also sets is the same: applying it late changes nothing. */
function repeats(write: CraftWrite, unanswered: UnansweredWrite): boolean {
  const fields = write.customFields ?? {};
  const sameFields = Object.entries(unanswered.customFields).every(
    ([name, value]) => Object.hasOwn(fields, name) && textOf(fields[name]) === textOf(value),
  );
  return sameFields && (unanswered.status === null || unanswered.status === (write.status ?? null));
}

function missingOf(write: CraftWrite, item: CraftItem): CraftWrite {
  const customFields = Object.fromEntries(
    Object.entries(write.customFields ?? {}).filter(([name, value]) => !holds(item, name, value)),
  );
  const statusIsIn = write.status === item.status?.name || write.status === item.status?.id;
  return {
    ...(write.status !== undefined && !statusIsIn && { status: write.status }),
    customFields,
    ...(write.properties !== undefined && { properties: write.properties }),
  };
}

/** Whether a custom field of an item has a value; empty and absent are the same. */
export function holds(item: CraftItem, field: string, value: CraftFieldInput): boolean {
  return (readPath(item, `customFields.${field}`) ?? '') === textOf(value);
}

/** In the form in which an item's values are read: several values are one text. */
function textOf(value: CraftFieldInput | undefined): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

type Put = Pick<Extract<CraftWriteOutcome, { status: 'written' }>, 'status' | 'token' | 'dropped'>;

/** One PUT; if it is refused as invalid, one without the optional fields, then each of these alone (W4). */
async function putDroppingBroken(ctx: ItemContext, due: DueWrite): Promise<Put> {
  const { write, open } = due;
  const optional = optionalFieldsOf(ctx, write.customFields ?? {});
  try {
    return { status: 'written', token: await put(ctx, due), dropped: [] };
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'invalid' || optional.length === 0) throw error;
    const rest: CraftWrite = { ...write, customFields: omit(write.customFields ?? {}, optional) };
    let token = isEmpty(rest) ? null : await put(ctx, { ...due, write: rest });
    const dropped: string[] = [];
    for (const name of optional) {
      const accepted = await putOptional(ctx, { [name]: write.customFields?.[name] ?? null }, open);
      if (accepted === null) dropped.push(name);
      else token = accepted;
    }
    if (token === null) token = (await takeLease(ctx)).token;
    return { status: 'written', token, dropped };
  }
}

async function putOptional(
  ctx: ItemContext,
  customFields: CustomFields,
  open: UnansweredWrite | null,
): Promise<string | null> {
  try {
    return await put(ctx, { write: { customFields }, open });
  } catch (error) {
    if (!(error instanceof ToolError) || error.kind !== 'invalid') throw error;
    await logStep(ctx.deps, ctx.item, 'field-dropped', `${Object.keys(customFields).join()}: ${error.message}`);
    return null;
  }
}

function optionalFieldsOf(ctx: ItemContext, fields: CustomFields): readonly string[] {
  const rule = ctx.pipeline.progress;
  const optional = [rule?.linkField, rule?.keyField, rule?.stateField];
  return Object.keys(fields).filter((name) => optional.includes(name));
}

function omit(fields: CustomFields, names: readonly string[]): CustomFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** What may still be applied once `write` is sent; `open` may too, and by W2 they agree where both set a value. */
function withOpen(write: CraftWrite, open: UnansweredWrite | null): Omit<UnansweredWrite, 'until'> {
  return {
    customFields: { ...open?.customFields, ...write.customFields },
    status: write.status ?? open?.status ?? null,
    ...(open !== null && { several: true }),
  };
}

async function put(ctx: ItemContext, { write, open, readLately }: Omit<DueWrite, 'status'>): Promise<string> {
  let token: string | null = null;
  const authorise: WriteCall['authorise'] = async () => {
    const unanswered = withOpen(write, open);
    const lateMs = ctx.settings.craft.timeoutMs + CRAFT_LATE_WRITE_MS;
    const lease = await takeLease(ctx, { connection: 'craft', write: { unanswered, lateMs } });
    token = lease.token;
    return lease.deadline;
  };
  const call: WriteCall = { ...ctx.call, authorise };
  try {
    await ctx.craft.writeItem(ctx.pipeline.source, ctx.item.craftItemId, write, call, readLately);
    await noteAccepted(ctx, 'craft');
  } catch (error) {
    if (token !== null && error instanceof ToolError && certainlyNotApplied(error)) {
      await ctx.deps.ledger.pushes.restoreUnanswered(ctx.item, token, ctx.link.unanswered);
    }
    throw error;
  }
  if (token === null) throw new Error('the Craft.io connector wrote without asking for the right to send');
  return token;
}
