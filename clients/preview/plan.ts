/**
 * The dry run of a pipeline: what a sweep would create now, field by field; nothing is written (design 7, `preview`;
 * I8).
 */
import type { ReadCall } from '../../connectors/port/calls.js';
import type { DevItemCreator } from '../../connectors/port/devTool.js';
import type { Finding } from '../../connectors/port/finding.js';
import { canWriteTo, type CraftItem, type MalformedCraftItem } from '../../domain/craftItem.js';
import { marker } from '../../domain/ids.js';
import type { Reason } from '../../domain/phases.js';
import { inOneText, renderFields } from '../../domain/rules/fields.js';
import { matchesRule } from '../../domain/rules/readiness.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { Connectors } from '../../runtime/connectors.js';
import { wrongWith } from '../check/findings.js';
import { unfilledFields, type UnfilledField } from '../check/requiredFields.js';

export type PreviewedItem = { readonly craftItemId: string; readonly shortId: string | null } & (
  | {
      readonly outcome: 'create';
      readonly title: string;
      readonly description: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly marker: string;
      /** What a person should know, e.g. that the description is cut. */
      readonly notes: readonly string[];
    }
  | { readonly outcome: 'blocked'; readonly reason: Reason; readonly message: string }
);

export interface Preview {
  readonly pipeline: string;
  readonly devTool: string;
  readonly target: unknown;
  readonly items: readonly PreviewedItem[];
  /** What `check` finds wrong with this pipeline and its connections: creates or writes would be refused. */
  readonly wrong: readonly Finding[];
  /** Fields that the tool requires and the pipeline does not fill: creates would be refused. */
  readonly demanded: readonly UnfilledField[];
  /** Listed entries that are not as documented and have no id. */
  readonly malformed: readonly MalformedCraftItem[];
  /**
   * True where a hand-over writes nothing to Craft.io: items that were handed over before stay ready and are listed
   * too.
   */
  readonly staysReady: boolean;
  readonly maxNewPerSweep: number;
  /** True where a first sweep would hold back: more items than `maxNewPerSweep`. */
  readonly wouldHoldBack: boolean;
}

const CALL: ReadCall = { callClass: 'manual' };

export async function previewPipeline(
  connectors: Pick<Connectors, 'craft' | 'devTools'>,
  pipeline: PipelineSettings,
): Promise<Preview> {
  const tool = connectors.devTools[pipeline.devTool];
  if (tool === undefined) throw new Error(`dev tool "${pipeline.devTool}" is not configured`);
  const items = new Map<string, PreviewedItem>();
  const malformed: MalformedCraftItem[] = [];
  for await (const page of connectors.craft.listReady(pipeline.source, pipeline.ready, CALL)) {
    for (const item of page.items)
      if (matchesRule(item, pipeline.ready)) items.set(item.id, previewItem(tool, item, pipeline));
    for (const entry of page.malformed) {
      if (entry.id === null) malformed.push(entry);
      else items.set(entry.id, badItem(entry.id, entry));
    }
  }
  return {
    pipeline: pipeline.name,
    devTool: pipeline.devTool,
    target: pipeline.target,
    items: [...items.values()],
    wrong: await wrongWith(connectors, pipeline, CALL),
    demanded: await unfilledFields(tool, pipeline, CALL),
    malformed,
    staysReady: !canWriteTo(pipeline.source),
    maxNewPerSweep: pipeline.maxNewPerSweep,
    wouldHoldBack: items.size > pipeline.maxNewPerSweep,
  };
}

function previewItem(tool: DevItemCreator, item: CraftItem, pipeline: PipelineSettings): PreviewedItem {
  const ids = { craftItemId: item.id, shortId: item.shortId };
  const rendered = renderFields(item, pipeline);
  if (rendered.status === 'blocked') {
    return { ...ids, outcome: 'blocked', reason: rendered.reason, message: rendered.message };
  }
  const mark = marker({ pipeline: pipeline.name, craftItemId: item.id }, 1);
  const { title, description, fields } = rendered;
  const { target, timeZone } = pipeline;
  const draft = { target, marker: mark, craftUrl: item.webUrl, title, description, fields, timeZone };
  const { title: shown, text, notes } = tool.describe(draft);
  return { ...ids, outcome: 'create', title: shown, description: text, fields: textsOf(fields), marker: mark, notes };
}

function textsOf(fields: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, inOneText(values)]));
}

function badItem(id: string, entry: MalformedCraftItem): PreviewedItem {
  return { craftItemId: id, shortId: entry.shortId, outcome: 'blocked', reason: 'bad-answer', message: entry.problem };
}
