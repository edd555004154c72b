/**
 * Step 2 of the protocol: one dev item, exactly once (DESIGN 3; invariants I1 and I2).
 *
 * What must stay true when this file is changed:
 *  C1. A create is sent only under a lease whose row had neither a dev item nor a `sent_at` when the lease was taken.
 *  C2. `sent_at` is forgotten only by whoever knows that nothing happened: a clear refusal, a request that was never
 *      written, or a search that saw everything created since and did not find the marker.
 *  C3. An answer that was lost is looked for no earlier than `send_before` + `timeout` + `lateWrite` + `readAfterWrite`.
 *  C4. What a later attempt needs for the drift comparison (`handed_over`) is in the row before the request is sent.
 *  C5. Nothing in here interrupts a create that was sent.
 */
import type { CreateResult, WriteCall } from '../connectors/port.js';
import type { CraftItem } from '../domain/craftItem.js';
import type { DevItemDraft } from '../domain/devItem.js';
import { certainlyNotApplied, ToolError } from '../domain/errors.js';
import { marker } from '../domain/ids.js';
import type { StepResult } from '../domain/itemState.js';
import { canonicalJson, handedOverOf } from '../domain/rules/drift.js';
import { renderFields } from '../domain/rules/fields.js';
import { CREATE_LOST, resolveOpenCreate } from './adoptDevItem.js';
import { handOverable } from './checkReadiness.js';
import { fingerprintOf } from './fingerprint.js';
import { logStep, waitFor, type ItemContext } from './itemContext.js';
import { Superseded, takeLease } from './lease.js';
import { placeUnderParent } from './parentItem.js';
import { relatedItems } from './relatedItems.js';
import { block, putOff, type StepBody } from './step.js';
import { storeDevItem } from './storeDevItem.js';
import { wakeChildren } from './wakeChildren.js';

/** After this many creates in a row without a certain answer the item is set aside; looking goes on from there. */
const UNCERTAIN_CREATES = 10;

export const createDevItem: StepBody = async (ctx) => {
  if (ctx.link.devItemId !== null) return undefined;
  if (ctx.link.sentAt !== null) {
    const wait = await resolveOpenCreate(ctx);
    if (wait !== null) return { wait };
    const link = await ctx.deps.ledger.links.get(ctx.item);
    // Linked now, or set aside because the dev item found is held by another: nothing is to be sent.
    if (link === null || link.devItemId !== null || link.sentAt !== null) return undefined;
  }
  const craftItem = await handOverable(ctx);
  if (craftItem === null) return undefined;
  return sendCreate(ctx, craftItem);
};

async function sendCreate(ctx: ItemContext, craftItem: CraftItem): Promise<Omit<StepResult, 'state'> | undefined> {
  const draft = await draftOf(ctx, craftItem);
  if (draft === null) return undefined;
  const handedOver = handedOverOf(craftItem, ctx.pipeline);
  await ctx.deps.ledger.links.patch(ctx.item, {
    craftShortId: craftItem.shortId,
    craftUrl: craftItem.webUrl,
    handedOver,
    fingerprint: fingerprintOf(canonicalJson(handedOver)),
  });
  const lease = createLease(ctx);
  try {
    const created = await ctx.tool.createItem(draft, lease.call);
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
    related: await relatedItems(ctx, rendered.description),
    ...(await placeUnderParent(ctx, craftItem)),
  };
}

/** The right to send this create: taken by the connector after its budget, right before the request (P5, C1). */
function createLease(ctx: ItemContext): { call: WriteCall; token: () => string | null } {
  const { links } = ctx.deps.ledger;
  let token: string | null = null;
  const authorise: WriteCall['authorise'] = async () => {
    const lease = await takeLease(ctx);
    if (lease.before.devItemId !== null || lease.before.sentAt !== null) throw new Superseded();
    if (lease.before.generation !== ctx.link.generation) throw new Superseded();
    if (!(await links.noteSent(ctx.item, lease.token))) throw new Superseded();
    token = lease.token;
    return lease.deadline;
  };
  return { call: { ...ctx.uninterrupted, authorise }, token: () => token };
}

async function storeCreated(
  ctx: ItemContext,
  token: string | null,
  created: CreateResult,
): Promise<Omit<StepResult, 'state'> | undefined> {
  if (token === null) throw new Error('a connector created an item without asking for the right to send');
  const stored = await storeDevItem(ctx, token, created.item);
  if (stored !== 'stored') return undefined;
  await logStep(ctx.deps, ctx.item, 'created', `${created.item.key ?? created.item.id} in ${ctx.pipeline.devTool}`);
  for (const warning of created.warnings ?? []) await logStep(ctx.deps, ctx.item, 'warning', warning);
  if (!created.showsMarker) {
    await block(
      ctx,
      'bad-answer',
      `the answer to the create of ${created.item.key ?? created.item.id} does not show the marker`,
    );
  }
  // Last: it may be interrupted, and what stands above must be in the row by then.
  await wakeChildren(ctx.deps, ctx.item);
  return undefined;
}

async function afterFailedCreate(
  ctx: ItemContext,
  token: string | null,
  error: unknown,
): Promise<Omit<StepResult, 'state'> | undefined> {
  const { links } = ctx.deps.ledger;
  if (token === null || !(error instanceof ToolError)) throw error;
  if (certainlyNotApplied(error)) {
    await links.clearSent(ctx.item, token);
    throw error;
  }
  await logStep(ctx.deps, ctx.item, 'ambiguous', error.message);
  const link = await links.patch(ctx.item, { uncertainCreates: ctx.link.uncertainCreates + 1 });
  if (link.uncertainCreates >= UNCERTAIN_CREATES) {
    await block(ctx, 'tool-down', `${link.uncertainCreates} creates without an answer, the last: ${error.message}`);
    await links.patch(ctx.item, { uncertainCreates: 0 });
    return undefined;
  }
  const now = await ctx.deps.ledger.now();
  return putOff(ctx, waitFor(1_000, now, { reason: 'tool-down', why: `${CREATE_LOST}: ${error.message}` }));
}
