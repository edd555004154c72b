/**
 * Step 2 of the protocol: creates the dev item, exactly once (design 3, createDevItem; invariants I1 and I2).
 *
 * What must stay true when this file is changed:
 *  C1. A create is sent only under a lease whose row had neither a dev item nor a `sent_at` when the lease was taken,
 *      and still had the phase and generation with which this attempt began.
 *  C2. `sent_at` is forgotten only when it is known that nothing happened: after a clear refusal, a request that was
 *      never written, or a search that saw everything created since and did not find the marker.
 *  C3. A lost answer is looked for no earlier than `send_before` + `timeout` + `lateWrite` + `readAfterWrite`.
 *  C4. What a later attempt needs (`handed_over` for the drift comparison, the target for the search) is in the row
 *      before the request is sent, and only the attempt that sends it writes it.
 *  C5. Nothing here interrupts a create that was sent.
 *  C6. A row that knows of no create proves nothing while the ledger may have lost rows: first the create is recalled
 *      that was noted beside the row, and the pipeline's markers are compared (decision 18). Both hold when the lease
 *      was taken, since a ledger that is put back after that does not know the lease.
 */
import { isDeepStrictEqual } from 'node:util';
import type { WriteCall } from '../../connectors/port/calls.js';
import type { CreateResult } from '../../connectors/port/devTool.js';
import type { CraftItem } from '../../domain/craftItem.js';
import type { DevItemDraft } from '../../domain/devItem.js';
import { certainlyNotApplied, ToolError } from '../../domain/errors.js';
import { marker } from '../../domain/ids.js';
import type { HandedOver } from '../../domain/link.js';
import { canonicalJson, handedOverOf } from '../../domain/rules/drift.js';
import { renderFields } from '../../domain/rules/fields.js';
import { CREATE_LOST, resolveOpenCreate } from '../writes/adoptDevItem.js';
import { handOverable } from './checkReadiness.js';
import { compareMarkers } from './compareMarkers.js';
import type { Undecided } from './undecided.js';
import { noteAccepted } from '../step/connectionGate.js';
import { waitForPipeline } from '../step/refusedPipeline.js';
import { fingerprintOf } from '../writes/fingerprint.js';
import { logLine, logStep, untilSent, waitFor, type ItemContext } from '../step/itemContext.js';
import { Superseded, takeLease } from '../writes/lease.js';
import { placeUnderParent } from './parentItem.js';
import { relatedItems } from './relatedItems.js';
import { block, putOff, type StepBody, type StepOutcome } from '../step/step.js';
import { suspicion } from '../step/suspect.js';
import { storeDevItem } from '../writes/storeDevItem.js';
import { wakeChildren } from './wakeChildren.js';

/**
 * After this many creates in a row without a certain answer the item is set aside; its next look continues the search.
 */
const UNCERTAIN_CREATES = 10;
/** As long as any other step of an item may take. */
const CREATE_WITHIN_MS = 10 * 60_000;

export const createDevItem: StepBody = async (ctx) => {
  if (ctx.link.devItemId !== null) return undefined;
  // Before an open create is looked for: a row that was put back may know of an older one only.
  if (ctx.opened.hasNotedCreate && (await ctx.deps.ledger.continuity.recall(ctx.item))) return undefined;
  if (ctx.link.sentAt !== null) {
    ctx.first?.handOn('an open create is looked for');
    const wait = await resolveOpenCreate(ctx);
    if (wait !== null) return { wait };
    const link = await ctx.deps.ledger.links.get(ctx.item);
    // It is linked now, or set aside because another item holds the dev item that was found: nothing is to be sent.
    if (link === null || link.devItemId !== null || link.sentAt !== null) return undefined;
    // The search was where the create had been sent to; the next attempt sends to where the pipeline says now.
    if (isSentElsewhere(ctx)) return undefined;
    // A first attempt compares nothing: whether something is to be compared, it asks under its lease.
  } else if (ctx.first === null) {
    const undecided = await compareMarkers(ctx.deps, ctx);
    if (undecided !== null) return waitUndecided(ctx, undecided);
    if (!(await isAsRead(ctx))) return undefined;
  }
  const paused = await waitForPipeline(ctx, 'create');
  if (paused !== null) return putOff(ctx, paused);
  return inTime(ctx, () => createInTurn(ctx));
};

async function createInTurn(ctx: ItemContext): Promise<StepOutcome | undefined> {
  // Before Craft.io is read: what was read would be old by the time that the create may go out, and read again.
  const giveBack = await ctx.turn();
  try {
    ctx.first?.hasTurn();
    const craftItem = await handOverable(ctx);
    return craftItem === null ? undefined : await sendCreate(ctx, craftItem);
  } finally {
    giveBack();
  }
}

/** The step's own two hours are for reading a whole tool. What hangs here ends as a step that Temporal ends (C5). */
async function inTime<T>({ pipeline }: ItemContext, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const message = `the create did not come to an end within ${CREATE_WITHIN_MS / 60_000} minutes`;
    const give = (): void => reject(new ToolError('unavailable', message, { connection: pipeline.devTool }));
    timer = setTimeout(give, CREATE_WITHIN_MS);
  });
  try {
    return await Promise.race([work(), over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the comparison has changed this row: the next step goes by what it says then. */
async function isAsRead({ deps, item, claim }: ItemContext): Promise<boolean> {
  const link = await deps.ledger.links.get(item);
  return link?.claimToken === claim.token;
}

/** An item that is blocked looks again every now and then, and is woken once the comparison was made. */
async function waitUndecided(
  ctx: ItemContext,
  { ms, why, reason, isStuck }: Undecided,
): Promise<StepOutcome | undefined> {
  if (isStuck && reason !== null) {
    await block(ctx, reason, why);
    return undefined;
  }
  return putOff(ctx, waitFor(ms, await ctx.deps.ledger.now(), { reason, why }));
}

function isSentElsewhere({ pipeline, settings }: ItemContext): boolean {
  const configured = settings.pipelines[pipeline.name];
  return configured?.devTool !== pipeline.devTool || !isDeepStrictEqual(configured.target, pipeline.target);
}

async function sendCreate(ctx: ItemContext, craftItem: CraftItem): Promise<StepOutcome | undefined> {
  const draft = await draftOf(ctx, craftItem);
  if (draft === null) return undefined;
  const lease = createLease(ctx, handedOverOf(craftItem, ctx.pipeline));
  try {
    const created = await ctx.tool.createItem(draft, lease.call);
    await noteAccepted(ctx, ctx.pipeline.devTool);
    return await storeCreated(ctx, lease.token(), created);
  } catch (error) {
    return afterFailedCreate(ctx, lease.token(), error);
  }
}

async function draftOf(ctx: ItemContext, craftItem: CraftItem): Promise<DevItemDraft | null> {
  const rendered = renderFields(craftItem, ctx.pipeline);
  if (rendered.status === 'blocked') return null;
  return {
    target: ctx.pipeline.target,
    marker: marker(ctx.item, ctx.link.generation),
    craftUrl: craftItem.webUrl,
    title: rendered.title,
    description: rendered.description,
    fields: rendered.fields,
    timeZone: ctx.pipeline.timeZone,
    related: await relatedItems(ctx, rendered.description),
    ...(await placeUnderParent(ctx, craftItem)),
  };
}

/**
 * The right to send this create (C1): the connector takes it after its budget, right before the request
 * (rule P5 of calls.ts).
 */
function createLease(ctx: ItemContext, handedOver: HandedOver): { call: WriteCall; token: () => string | null } {
  const { continuity, leases } = ctx.deps.ledger;
  const { call, sent } = untilSent(ctx.call);
  const { devTool, target } = ctx.pipeline;
  const create = {
    // In another phase it was paused, un-readied or set aside while this attempt was stopped or waited for its budget.
    phase: ctx.link.phase,
    handedOver,
    fingerprint: fingerprintOf(canonicalJson(handedOver)),
    devTool,
    target: typeof target === 'object' ? target : null,
  };
  let token: string | null = null;
  const authorise: WriteCall['authorise'] = async () => {
    const lease = await takeLease(ctx, { connection: devTool });
    if (lease.before.devItemId !== null || lease.before.sentAt !== null) throw new Superseded();
    if (lease.before.generation !== ctx.link.generation) throw new Superseded();
    if ((await continuity.doubt(ctx.item.pipeline, devTool)) !== null) {
      ctx.first?.handOn('markers are to be compared');
      throw new Superseded();
    }
    if (!(await leases.noteSent(ctx.item, lease.token, create))) throw new Superseded();
    token = lease.token;
    sent();
    return lease.deadline;
  };
  return { call: { ...call, authorise }, token: () => token };
}

async function storeCreated(
  ctx: ItemContext,
  token: string | null,
  created: CreateResult,
): Promise<StepOutcome | undefined> {
  if (token === null) throw new Error('a connector created an item without asking for the right to send');
  const line = logLine('created', `${created.item.key ?? created.item.id} in ${ctx.pipeline.devTool}`);
  const stored = await storeDevItem(ctx, token, created.item, line);
  if (stored === 'not-stored') return undefined;
  for (const warning of created.warnings ?? []) await logStep(ctx.deps, ctx.item, 'warning', warning);
  if (!created.showsMarker) {
    await block(
      ctx,
      'bad-answer',
      `the answer to the create of ${created.item.key ?? created.item.id} does not show the marker`,
    );
  }
  // Last, because it may be interrupted, and everything above must be in the row by then. Those that began to wait
  // since this step did are woken by the next one.
  if (ctx.opened.hasWaitingChildren || !created.showsMarker) await wakeChildren(ctx.deps, ctx.item);
  return created.showsMarker ? { written: stored } : undefined;
}

async function afterFailedCreate(
  ctx: ItemContext,
  token: string | null,
  error: unknown,
): Promise<StepOutcome | undefined> {
  const { leases, phases } = ctx.deps.ledger;
  if (token === null || !(error instanceof ToolError)) throw error;
  if (certainlyNotApplied(error)) {
    await leases.clearSent(ctx.item, token);
    throw error;
  }
  await logStep(ctx.deps, ctx.item, 'ambiguous', error.message);
  const link = await phases.patch(ctx.item, { uncertainCreates: ctx.link.uncertainCreates + 1 });
  if (link.uncertainCreates >= UNCERTAIN_CREATES) {
    const last = (await suspicion(ctx, error, link.uncertainCreates)) ?? error.message;
    await block(ctx, 'tool-down', `${link.uncertainCreates} creates without an answer, the last: ${last}`);
    await phases.patch(ctx.item, { uncertainCreates: 0 });
    return undefined;
  }
  const now = await ctx.deps.ledger.now();
  const suspected = await suspicion(ctx, error, link.uncertainCreates);
  if (suspected !== null) return putOff(ctx, waitFor(1_000, now, { reason: 'refused', why: suspected }));
  return putOff(ctx, waitFor(1_000, now, { reason: 'tool-down', why: `${CREATE_LOST}: ${error.message}` }));
}
