/**
 * What `apply` remembers of the configuration that it applied, and what a new one changes about it. Pure.
 *
 * Two changes are refused unless somebody says that they are meant (design 7, Changes of the configuration):
 *  - a pipeline disappears while another one appears with the same source and dev tool: most likely a new name, and
 *    without `--rename` every item of the old one would be handed over a second time;
 *  - the target of a pipeline with open links changes: the dev items stay where they are.
 */
import type { Applied, AppliedPipeline } from '../../domain/applied.js';
import type { Settings } from '../../domain/settings.js';
import { canonical } from './canonical.js';

/** Whether a pipeline that was taken out stays in `removed` is known only when its items are looked at. */
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

/** Dev tools that a pipeline uses: only they are swept. */
export function devToolsInUse(settings: Settings): readonly string[] {
  return [...new Set(Object.values(settings.pipelines).map(({ devTool }) => devTool))].sort();
}

export interface Rename {
  readonly from: string;
  readonly to: string;
}

export interface ConfigurationChanges {
  readonly appeared: readonly string[];
  /** Without those that are renamed. */
  readonly removed: readonly string[];
  readonly renamed: readonly Rename[];
  /** Pipelines whose target or dev tool differs. */
  readonly retargeted: readonly string[];
  /** Pipelines whose progress rule differs: their items are mapped again. */
  readonly remapped: readonly string[];
  /** Renames that nobody asked for and that are most likely meant. */
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

/** `old=new`; null where it is not of that form. */
export function parseRename(text: string): Rename | null {
  const match = /^([a-z0-9-]{1,40})=([a-z0-9-]{1,40})$/.exec(text.trim());
  return match?.[1] === undefined || match[2] === undefined ? null : { from: match[1], to: match[2] };
}

/** Why a rename cannot be; null where it can. */
export function renameProblem({ from, to }: Rename, before: Applied | null, now: Applied): string | null {
  const old = before?.pipelines[from];
  const next = now.pipelines[to];
  if (old === undefined)
    return `--rename ${from}=${to}: no pipeline ${from} was ever applied, so there is nothing to move`;
  if (Object.hasOwn(now.pipelines, from)) {
    return `--rename ${from}=${to}: ${from} is still in the configuration; take it out, or leave --rename out`;
  }
  if (next === undefined) return `--rename ${from}=${to}: the configuration has no pipeline ${to}; add it first`;
  if (before !== null && Object.hasOwn(before.pipelines, to)) {
    return `--rename ${from}=${to}: ${to} was applied before and has items of its own; two pipelines cannot become one`;
  }
  if (isSameRoute(old, next)) return null;
  return `--rename ${from}=${to}: source or dev tool differ, so it is another route; leave --rename out to begin anew`;
}
