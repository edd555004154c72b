/**
 * Step 0 of the protocol: every run begins from its row, and every wake re-reads the settings
 * (design 3, Begin from the ledger).
 * Runs as a local activity: besides the ledger it only wakes the items below one that is paused now.
 */
import type { ItemRef } from '../../domain/ids.js';
import { lacks, type ItemState, type KnownDevItem } from '../../domain/itemState.js';
import type { ItemLink } from '../../domain/link.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { CraftItem } from '../../domain/craftItem.js';
import { renderFields } from '../../domain/rules/fields.js';
import { matchesRule } from '../../domain/rules/readiness.js';
import type { BeginRow, Opened } from '../../ledger/ledger.js';
import type { Needs } from '../ports.js';
import { changePhase, resumption, type OutsideChange } from '../step/changePhase.js';
import { beginRow, stateNow } from '../step/loadContext.js';
import { checkedFingerprint } from './checkedFingerprint.js';
import { itemState } from '../step/itemContext.js';
import { pauseForRemoval } from '../step/removedPipeline.js';

/** `unknown`: there is neither a pipeline nor a row, and the run ends without having done anything. */
export type Begin = { readonly status: 'known'; readonly state: ItemState } | { readonly status: 'unknown' };

export interface BeginOptions {
  /** An item that was not ready is checked again. */
  readonly newRun: boolean;
  /** What the run knows of its dev item; absent in runs of older releases. */
  readonly knew?: KnownDevItem;
}

/**
 * However old it is, what a sweep has listed of the item: where many wait for budget, a check now would be a read more
 * for each, and its create reads it once more anyhow.
 */
const LISTED_WITHIN_MS = 24 * 3_600_000;

type BeginNeeds = Needs<
  'connections' | 'continuity' | 'hierarchy' | 'links' | 'log' | 'now' | 'opening' | 'phases',
  'current' | 'itemSyncs'
>;

/** Reads the row, inserting it where there is none. */
export async function beginItem(deps: BeginNeeds, item: ItemRef, options: BeginOptions): Promise<Begin> {
  const { settings } = await deps.current();
  const pipeline = settings.pipelines[item.pipeline];
  const opened = await deps.ledger.opening.read(item, options.newRun ? { freshForMs: LISTED_WITHIN_MS } : {});
  const found = opened.link;
  if (found === null && pipeline === undefined) return { status: 'unknown' };
  const link = pipeline === undefined ? found : await rowFor(deps, item, { opened, pipeline });
  const caughtUp = options.knew !== undefined && link !== null && (await catchUp(deps, link, options.knew));
  if (pipeline === undefined) await pauseForRemoval(deps, item);
  else if (link !== null && !caughtUp && goingOn(link, options.newRun) === null) {
    return { status: 'known', state: itemState(link, settings, opened.now) };
  } else await changePhase(deps, item, (row) => goingOn(row, options.newRun), { again: true });
  return { status: 'known', state: await stateNow(deps, item) };
}

/** The row, inserted where there is none; before anything was sent it follows the pipeline to another dev tool. */
async function rowFor(
  deps: BeginNeeds,
  item: ItemRef,
  of: { readonly opened: Opened; readonly pipeline: PipelineSettings },
): Promise<ItemLink> {
  const { opened, pipeline } = of;
  const { devTool } = pipeline;
  const found = opened.link;
  if (found !== null) return devTool === found.devTool ? found : beginRow(deps, item, { devTool });
  const init = { devTool, ...knownOfCraft(opened.snapshot?.item ?? null, pipeline) };
  return opened.hasNotedCreate ? beginRow(deps, item, init) : deps.ledger.links.begin(item, init);
}

/**
 * What the ready sweep has read. An item that has everything, and no parent to wait for, needs no check before its
 * create, which checks it once more.
 */
function knownOfCraft(craft: CraftItem | null, pipeline: PipelineSettings): Omit<BeginRow, 'devTool'> {
  if (craft === null) return { craftShortId: null, craftUrl: null };
  const known = { craftShortId: craft.shortId, craftUrl: craft.webUrl };
  const isClear =
    (craft.parentId === null || craft.parentId === craft.id) &&
    matchesRule(craft, pipeline.ready) &&
    renderFields(craft, pipeline).status !== 'blocked';
  return isClear ? { ...known, checked: checkedFingerprint(craft, pipeline) } : known;
}

/** The pipeline of a paused item is back, or an item that was not ready begins again. */
function goingOn(link: ItemLink, newRun: boolean): OutsideChange | null {
  if (link.phase === 'paused' && link.blockedBy === 'pipeline-removed') return resumption(link);
  // Steps of the run before must not end it a second time by what they read then.
  return newRun && link.phase === 'not-ready' ? { phase: 'checking', endsSteps: true } : null;
}

/**
 * The run knows of a dev item, or of a recreate, that its row does not: the ledger was put back (decision 18). Where
 * the row has no dev item, that one is looked for by its id, since it may carry no marker, and whatever the row has
 * dismissed: the run is newer. Where the row has another, it is flagged, unless the item was released. True: something
 * was changed.
 */
async function catchUp(deps: BeginNeeds, link: ItemLink, knew: KnownDevItem): Promise<boolean> {
  const { continuity, phases } = deps.ledger;
  const { generation, id, devTool = link.devTool } = knew;
  if (!lacks(knownOf(link), knew)) return false;
  const named = devTool === link.devTool || id === null ? id : `${id} (${devTool})`;
  const isNamed = named !== null && [...link.dismissedDevItems, ...link.duplicateDevItems].includes(named);
  if (link.devItemId !== null && isNamed) return false;
  if (await isSought(deps, link, { generation, id, devTool })) return false;
  await continuity.raise(`the run of ${link.pipeline}/${link.craftItemId} knows more than its row`);
  // Whether the create of a generation without a dev item was sent shows in the comparison of markers.
  if (id === null) await continuity.advance(link, generation);
  else await continuity.remember(link, { devTool, generation, marked: [], linked: [id] });
  if (link.devItemId === null) await continuity.recall(link);
  else if (named !== null && link.phase !== 'released')
    await phases.patch(link, { duplicate: true, duplicateDevItems: [...link.duplicateDevItems, named] });
  return true;
}

/** Whether an open create of the row is looked for by this dev item already. */
async function isSought(
  { ledger: { continuity } }: BeginNeeds,
  link: ItemLink,
  { generation, id, devTool }: Required<KnownDevItem>,
): Promise<boolean> {
  if (link.devItemId !== null || link.sentAt === null || link.generation !== generation) return false;
  const { linked } = await continuity.knownDevItems(link, { generation, devTool });
  return linked.at(-1) === id;
}

function knownOf({ generation, devItemId, devTool }: ItemLink): KnownDevItem {
  return { generation, id: devItemId, devTool };
}
