/** The section `pipelines.*`: where items come from, when they are ready, and what happens to them. */
import { z } from 'zod';
import type { TargetFacts } from '../../connectors/targets.js';
import { canWriteTo, type CraftSource } from '../../domain/craftItem.js';
import { tidied } from '../../domain/rules/names.js';
import type { LockRule, PipelineSettings, ProgressRule, ReadyRule } from '../../domain/settings.js';
import { DEFAULTS, DURATIONS } from '../defaults.js';
import { suggestion } from '../nearest.js';
import { echo } from '../problems.js';
import type { Path, Problems } from '../problems.js';
import { readFields } from './fields.js';
import { parsePart } from './issues.js';
import { readFollowing, readWriteBack } from './progress.js';
import {
  Count,
  CraftPath,
  duration,
  Flag,
  Id,
  isAddress,
  notAnAddress,
  oneOf,
  Scalar,
  Text,
  TimeZone,
} from './values.js';

const SOURCES = ['workspace', 'portfolio', 'feedbackPortal'] as const;

const SourceSection = z.strictObject({
  workspace: Id.optional(),
  portfolio: Id.optional(),
  feedbackPortal: Id.optional(),
});

const ReadySection = z.strictObject({
  status: Text.optional(),
  types: z.array(Text).min(1).optional(),
  where: z
    .array(z.strictObject({ field: CraftPath, equals: Scalar }))
    .min(1)
    .optional(),
});

const TargetSection = z.looseObject({ devTool: Text });

/** Parts that are `unknown` here have readers of their own, so that one wrong part does not hide problems of others. */
const PipelineSection = z.strictObject({
  source: z.unknown().optional(),
  ready: z.unknown().optional(),
  target: z.unknown().optional(),
  sweepEvery: duration(DURATIONS.sweepEvery).default(DURATIONS.sweepEvery.defaultMs),
  driftEvery: duration(DURATIONS.driftEvery).default(DURATIONS.driftEvery.defaultMs),
  maxNewPerSweep: Count.default(DEFAULTS.maxNewPerSweep),
  fields: z.unknown().optional(),
  progress: z.unknown().optional(),
  lock: z.unknown().optional(),
  onDevItemDeleted: oneOf('flag', 'release', 'recreate').default(DEFAULTS.onDevItemDeleted),
  settleFor: duration(DURATIONS.settleFor).default(DURATIONS.settleFor.defaultMs),
  feedback: oneOf('none', 'link').default(DEFAULTS.feedback),
  alsoHandedOver: Flag.default(DEFAULTS.alsoHandedOver),
  timeZone: TimeZone.optional(),
});

export interface PipelineContext {
  /** The names in `devTools`, including tools that have problems themselves. */
  readonly devToolNames: readonly string[];
  /** Null when the dev tool's type is unknown. */
  readonly kindOf: (devTool: string) => TargetFacts | null;
  /** What the dev tool's section says; null where it says nothing, or nothing right. */
  readonly timeZoneOf: (devTool: string) => string | null;
  readonly problems: Problems;
}

export function readPipeline(
  name: string,
  value: Readonly<Record<string, unknown>>,
  context: PipelineContext,
): PipelineSettings | undefined {
  const { problems } = context;
  const path = ['pipelines', name];
  const section = parsePart(PipelineSection, value, path, problems);
  const source = readSource(value['source'], [...path, 'source'], problems);
  const ready = readReady(value['ready'], [...path, 'ready'], problems);
  const target = readTarget(value['target'], [...path, 'target'], context);
  const kind = target?.kind ?? null;
  const fieldNames = kind === null || kind.hasOwnFields === true ? null : kind.fieldNames;
  const fields = readFields(value['fields'], fieldNames, [...path, 'fields'], problems);
  const writeBack = readWriteBackOf(source, value, path, problems);
  if (section === undefined || source === undefined || ready === undefined || target === undefined) return undefined;
  return {
    name,
    source,
    ready,
    devTool: target.devTool,
    target: target.rest,
    sweepEveryMs: section.sweepEvery,
    driftEveryMs: section.driftEvery,
    maxNewPerSweep: section.maxNewPerSweep,
    fields,
    progress: writeBack?.progress ?? null,
    lock: writeBack?.lock ?? null,
    onDevItemDeleted: section.onDevItemDeleted,
    settleForMs: section.settleFor,
    feedback: section.feedback,
    alsoHandedOver: section.alsoHandedOver,
    timeZone: section.timeZone ?? context.timeZoneOf(target.devTool) ?? DEFAULTS.timeZone,
  };
}

function readSource(value: unknown, path: Path, problems: Problems): CraftSource | undefined {
  const section = parsePart(SourceSection, value, path, problems);
  if (section === undefined) return undefined;
  const { workspace, portfolio, feedbackPortal } = section;
  if (SOURCES.filter((kind) => section[kind] !== undefined).length !== 1) {
    problems.add(path, `give exactly one of ${SOURCES.join(', ')}`);
    return undefined;
  }
  if (workspace !== undefined) return { workspace };
  if (portfolio !== undefined) return { portfolio };
  return feedbackPortal === undefined ? undefined : { feedbackPortal };
}

function readReady(value: unknown, path: Path, problems: Problems): ReadyRule | undefined {
  const section = parsePart(ReadySection, value, path, problems);
  if (section === undefined) return undefined;
  const { status, types, where } = section;
  if (status === undefined && types === undefined && where === undefined) {
    problems.add(path, 'is empty, so every item would be handed over: give a status, types or where');
    return undefined;
  }
  return { status: status ?? null, types: types ?? null, where: where ?? [] };
}

interface ReadTarget {
  readonly devTool: string;
  readonly kind: TargetFacts | null;
  readonly rest: unknown;
}

/** Checks that the dev tool exists; its connector's schema checks the rest of the target. */
function readTarget(value: unknown, path: Path, context: PipelineContext): ReadTarget | undefined {
  const { devToolNames, kindOf, problems } = context;
  const section = parsePart(TargetSection, value, path, problems);
  if (section === undefined) return undefined;
  const { devTool, ...rest } = section;
  if (!devToolNames.includes(devTool)) {
    problems.add([...path, 'devTool'], `${echo(devTool)} is not in devTools; ${suggestion(devTool, devToolNames)}`);
    return undefined;
  }
  const kind = kindOf(devTool);
  return {
    devTool,
    kind,
    rest: kind === null ? null : parsePart(kind.Target, tidyTarget(rest, path, problems), path, problems),
  };
}

/** Ids and names of the dev tool: what a page put into them is taken out, and no address is taken for an id. */
function tidyTarget(value: unknown, path: Path, problems: Problems): unknown {
  if (typeof value === 'string') {
    if (isAddress(value)) problems.addUnreadable(path, notAnAddress(value));
    return tidied(value);
  }
  if (Array.isArray(value)) return value.map((entry, index) => tidyTarget(entry, [...path, index], problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, tidyTarget(entry, [...path, key], problems)]),
  );
}

function readWriteBackOf(
  source: CraftSource | undefined,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  problems: Problems,
): { readonly progress: ProgressRule | null; readonly lock: LockRule | null } | undefined {
  if (source === undefined || canWriteTo(source)) {
    return readWriteBack(value['progress'], value['lock'], path, problems);
  }
  if (value['lock'] !== undefined) {
    problems.add(
      [...path, 'lock'],
      'cannot be used with a feedback portal, since Craft.io has no way to write to its items: take it out',
    );
  }
  return { progress: readFollowing(value['progress'], path, problems), lock: null };
}
