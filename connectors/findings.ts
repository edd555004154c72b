/** How every connector's `check` words its findings. */
import { closest } from 'fastest-levenshtein';
import { ToolError } from '../domain/errors.js';
import { keyNamed } from '../domain/rules/names.js';
import type { ProgressRule } from '../domain/settings.js';
import type { Finding } from './port/finding.js';

export function ok(where: string, message: string): Finding {
  return { level: 'ok', where, message };
}

export function warning(where: string, message: string): Finding {
  return { level: 'warning', where, message };
}

export function wrong(where: string, message: string): Finding {
  return { level: 'wrong', where, message };
}

export type Probed<T> = { readonly value: T } | { readonly finding: Finding };

/** Makes a request; its failure becomes a finding. */
export async function probe<T>(where: string, keyAt: string, request: () => Promise<T>): Promise<Probed<T>> {
  try {
    return { value: await request() };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const isKey = error.kind === 'unauthorized' || error.kind === 'forbidden';
    const level = error.kind === 'rate-limited' ? 'warning' : 'wrong';
    return { finding: { level, where: isKey ? keyAt : where, message: error.message } };
  }
}

/** Makes a request; its answer, put into words, or its failure becomes a finding. */
export async function told(where: string, keyAt: string, request: () => Promise<string>): Promise<Finding> {
  const probed = await probe(where, keyAt, request);
  return 'finding' in probed ? probed.finding : ok(where, probed.value);
}

interface Named {
  readonly id: string | number;
  readonly name: string;
}

/** `; the nearest is "Bug", 1`, by name or id, since people paste either. */
export function nearestOf(value: string, things: readonly Named[]): string {
  const words = things.flatMap(({ id, name }) => [String(id), name]);
  if (words.length === 0) return '';
  const near = closest(value, words);
  const thing = things.find(({ id, name }) => String(id) === near || name === near);
  return thing === undefined ? '' : `; the nearest is "${thing.name}", ${thing.id}`;
}

/** `; the nearest is "In Progress"`. */
export function nearestWord(value: string, words: readonly string[]): string {
  return words.length === 0 ? '' : `; the nearest is "${closest(value, words)}"`;
}

export function listed(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

const UNMAPPED = {
  keep: 'are passed on as they are',
  ignore: 'change nothing in Craft.io',
  block: 'are set aside',
} as const satisfies Record<ProgressRule['unmapped'], string>;

/**
 * The statuses of the tool that `progress.statuses` has no entry for, as one finding. `things`: what the tool calls its
 * items.
 */
export function unmappedFindings(
  {
    rule,
    where,
    statuses,
  }: { readonly rule: ProgressRule; readonly where: string; readonly statuses: readonly string[] },
  things = 'items',
): readonly Finding[] {
  const unmapped = statuses.filter((word) => keyNamed(rule.statuses, word) === null);
  if (unmapped.length === 0) return [];
  const then = `such ${things} ${UNMAPPED[rule.unmapped]} (unmapped: ${rule.unmapped})`;
  const message = `without an entry: ${listed(unmapped)}; ${then}`;
  return [rule.unmapped === 'keep' ? ok(where, message) : warning(where, message)];
}
