/** What a record says about one item, put together for the judges. */
import type { Reason } from '../../../../domain/phases.js';
import type { ItemLink } from '../../../../domain/link.js';
import { CATALOGUE } from '../plan/catalogue.js';
import { WIRE_KINDS, type CallKind, type FaultKind } from '../plan/faults.js';
import {
  LEDGER_COPIED,
  type CraftSide,
  type Deed,
  type DevSide,
  type RunRecord,
  type SeenCall,
} from '../record/record.js';

/** A column of the table in docs/faults.md. */
export type Column = 'duplicates' | 'lost' | 'not locked' | 'wrong progress' | 'other';

/** A broken invariant. */
export interface Finding {
  /** The judge's name, with the invariant: `I1 created twice`. */
  readonly check: string;
  readonly column: Column;
  readonly craftItemId: string | null;
  readonly words: string;
}

export type Judge = (record: RunRecord) => readonly Finding[];

export interface ItemFacts {
  readonly id: string;
  readonly row: ItemLink | null;
  readonly craft: CraftSide | null;
  /** With a marker of this item, whatever its generation. */
  readonly dev: readonly DevSide[];
  readonly creates: readonly SeenCall[];
  readonly puts: readonly SeenCall[];
  /** What people did to it or to its dev items. */
  readonly deeds: readonly Deed[];
  did(kind: FaultKind): boolean;
}

/** Every item that was to be handed over. */
export function factsOf(record: RunRecord): readonly ItemFacts[] {
  return record.wanted.map((id) => itemFacts(record, id));
}

function itemFacts(record: RunRecord, id: string): ItemFacts {
  const creates = record.calls.filter((call) => call.kind === 'create' && call.craftItemId === id);
  const dev = record.dev.filter(({ marker }) => marker?.split('/')[1] === id);
  const devIds = new Set<string | null>([...dev.map((one) => one.id), ...creates.map(({ madeId }) => madeId)]);
  const deeds = record.deeds.filter(
    ({ craftItemId, devItemId = null }) => craftItemId === id || (devItemId !== null && devIds.has(devItemId)),
  );
  return {
    id,
    row: record.rows.find(({ craftItemId, pipeline }) => craftItemId === id && pipeline === 'mobile') ?? null,
    craft: record.craft.find((one) => one.id === id) ?? null,
    dev,
    creates,
    puts: record.calls.filter((call) => call.kind === 'put' && call.craftItemId === id),
    deeds,
    did: (kind) => deeds.some((deed) => deed.kind === kind && deed.ok),
  };
}

/**
 * When the ledger was put back as it had been before this deed: from then on craftsync cannot know of it. Null: it was
 * not.
 */
export function forgottenMs({ deeds }: RunRecord, { untilMs }: Deed): number | null {
  const copied = deeds.find(({ what }) => what === LEDGER_COPIED);
  const restored = deeds.find(({ kind, ok }) => kind === 'ledger-restored' && ok);
  if (copied === undefined || restored === undefined) return null;
  return untilMs > copied.atMs && untilMs <= restored.untilMs ? restored.atMs : null;
}

/** The custom fields that a PUT sets, by their ids. */
export function valuesIn({ body }: SeenCall): ReadonlyMap<string, unknown> {
  const { customFieldValues = [] } = (body ?? {}) as {
    readonly customFieldValues?: readonly { readonly fieldId: string; readonly value: unknown }[];
  };
  return new Map(customFieldValues.map(({ fieldId, value }) => [fieldId, value]));
}

/** Whether the row says that it waits, why, and the run justifies that for this item. */
export function waitsVisibly(record: RunRecord, facts: ItemFacts): boolean {
  const { blockedBy, blockedUntil = null, lastError = null } = facts.row ?? {};
  if (blockedBy == null)
    return blockedUntil !== null && lastError !== null && record.struck.some((kind) => met(record, kind, facts));
  if (blockedBy === ownLimit(record)) return true;
  return record.struck.some(
    (kind) => CATALOGUE[kind].excuses.includes(blockedBy) && (isOfAll(record, blockedBy) || met(record, kind, facts)),
  );
}

/** Whether a fault met the item itself, or something that all items have in common. */
function met(record: RunRecord, kind: FaultKind, facts: ItemFacts): boolean {
  if (WIRE_KINDS.includes(kind))
    return record.calls.some((call) => call.fault === kind && (!NAMING.includes(call.kind) || isFor(call, facts)));
  const deeds = record.deeds.filter((deed) => deed.kind === kind && deed.ok);
  return deeds.some((deed) => facts.deeds.includes(deed) || (deed.craftItemId ?? deed.devItemId ?? null) === null);
}

/** What it is for stands in its path or its body. */
const NAMING: readonly CallKind[] = ['create', 'put', 'comment', 'tool-by-id', 'craft-by-id'];

function isFor({ craftItemId, path, body }: SeenCall, { id, dev, row }: ItemFacts): boolean {
  if (craftItemId !== null) return craftItemId === id;
  const asked = `${path} ${JSON.stringify(body)}`;
  const ids = [id, ...dev.map((one) => one.id), ...(row?.devItemId == null ? [] : [row.devItemId])];
  return ids.some((one) => asked.includes(one));
}

/** These hold up every item of a connection, whichever item's call met the fault. */
const OF_CONNECTIONS: readonly Reason[] = ['connection', 'rate-limit', 'mass-deletion'];
/** After these, and after so many failures in a row, traffic starts gently, and waits are told as `tool-down`. */
const CALMING: readonly FaultKind[] = ['status-429', 'status-401', 'status-403'];
const CALMING_FAILURES = 5;

function isOfAll({ struck, calls }: RunRecord, reason: Reason): boolean {
  if (reason !== 'tool-down') return OF_CONNECTIONS.includes(reason);
  const isFailed = ({ told }: SeenCall): boolean => typeof told !== 'number' || told >= 500;
  return struck.some((kind) => CALMING.includes(kind)) || calls.filter(isFailed).length >= CALMING_FAILURES;
}

/** The limit of the plan itself may keep items waiting. */
function ownLimit({ plan }: RunRecord): Reason | null {
  return plan.perMinute === null ? null : 'rate-limit';
}
