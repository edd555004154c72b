/**
 * Compares the configuration with what `apply` stored of the last one. Pure.
 *
 * Two changes are refused unless a flag confirms them (design 7, Changes of the configuration; guard.ts):
 *  - a pipeline disappears while another one appears with the same source and dev tool: most likely it was renamed, and
 *    without `--rename` every item of the old one would be handed over a second time;
 *  - the target of a pipeline with open links changes: the dev items stay where they are.
 */
import type { Applied, AppliedPipeline } from '../../domain/applied.js';
import type { Settings } from '../../domain/settings.js';
import { canonical } from './canonical.js';

/** What is stored of a configuration. `removed` is empty here: which pipelines belong there depends on their items. */
export function appliedOf(settings: Settings): Applied {
  const pipelines = Object.values(settings.pipelines).map((pipeline) => [
    pipeline.name,
    {
      devTool: pipeline.devTool,
      source: canonical(pipeline.source),
      target: canonical(pipeline.target),
      progress: canonical(pipeline.progress),
    },
  ]);
  return {
    pipelines: Object.fromEntries(pipelines) as Record<string, AppliedPipeline>,
    devTools: devToolsInUse(settings),
    intakes: Object.keys(settings.intakes).sort(),
    removed: {},
  };
}

/** Dev tools that some pipeline uses; the others are not swept. */
export function devToolsInUse(settings: Settings): readonly string[] {
  return [...new Set(Object.values(settings.pipelines).map(({ devTool }) => devTool))].sort();
}

export interface Rename {
  readonly from: string;
  readonly to: string;
}

export interface ConfigurationChanges {
  readonly appeared: readonly string[];
  /** Without the renamed ones. */
  readonly removed: readonly string[];
  readonly renamed: readonly Rename[];
  /** Pipelines whose target or dev tool differs. */
  readonly retargeted: readonly string[];
  /** Pipelines whose progress rule differs: the progress of their items is mapped again. */
  readonly remapped: readonly string[];
  /** Pairs that are most likely a rename although `--rename` does not name them. */
  readonly suspected: readonly Rename[];
}

export function configurationChanges(
  before: Applied | null,
  now: Applied,
  renamed: readonly Rename[],
): ConfigurationChanges {
  const old = before?.pipelines ?? {};
  const gone = Object.keys(old).filter((name) => !Object.hasOwn(now.pipelines, name));
  const appeared = Object.keys(now.pipelines).filter((name) => !Object.hasOwn(old, name));
  const removed = gone.filter((name) => !renamed.some(({ from }) => from === name));
  const unclaimed = appeared.filter((name) => !renamed.some(({ to }) => to === name));
  const known = { ...before?.removed, ...old };
  const kept = Object.keys(now.pipelines).flatMap((name) => {
    const previous = known[renamed.find(({ to }) => to === name)?.from ?? name];
    const current = now.pipelines[name];
    return previous === undefined || current === undefined ? [] : [{ name, previous, current }];
  });
  const differing = (differs: (a: AppliedPipeline, b: AppliedPipeline) => boolean): readonly string[] =>
    kept.filter(({ previous, current }) => differs(previous, current)).map(({ name }) => name);
  return {
    appeared,
    removed,
    renamed,
    retargeted: differing((a, b) => a.target !== b.target || a.devTool !== b.devTool),
    remapped: differing((a, b) => a.progress !== b.progress),
    suspected: removed.flatMap((from) =>
      unclaimed.filter((to) => isSameRoute(old[from], now.pipelines[to])).map((to) => ({ from, to })),
    ),
  };
}

function isSameRoute(a: AppliedPipeline | undefined, b: AppliedPipeline | undefined): boolean {
  return a !== undefined && b !== undefined && a.source === b.source && a.devTool === b.devTool;
}

/** Reads `old=new`; null for any other form. */
export function parseRename(text: string): Rename | null {
  const match = /^([a-z0-9-]{1,40})=([a-z0-9-]{1,40})$/.exec(text.trim());
  return match?.[1] === undefined || match[2] === undefined ? null : { from: match[1], to: match[2] };
}

/** Why a rename is impossible; null where it is possible. */
export function renameProblem({ from, to }: Rename, before: Applied | null, now: Applied): string | null {
  const old = before?.pipelines[from];
  const next = now.pipelines[to];
  if (old === undefined)
    return `--rename ${from}=${to}: no pipeline ${from} was ever applied, so there is nothing to move`;
  if (Object.hasOwn(now.pipelines, from)) {
    return `--rename ${from}=${to}: ${from} is still in the configuration; remove it, or leave --rename out`;
  }
  if (next === undefined) return `--rename ${from}=${to}: the configuration has no pipeline ${to}; add it first`;
  if (before !== null && Object.hasOwn(before.pipelines, to)) {
    return `--rename ${from}=${to}: ${to} was applied before and has items of its own; two pipelines cannot become one`;
  }
  if (isSameRoute(old, next)) return null;
  return `--rename ${from}=${to}: source or dev tool differs, so it is another route; leave --rename out to start it fresh`;
}
