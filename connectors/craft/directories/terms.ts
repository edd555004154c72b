/**
 * What a workspace or portfolio calls its types of items, e.g. `Capability` for Craft.io's `Feature` (sources: Craft.io
 * API). Items carry the default term; people read and write their own.
 *  N1. Where the account lacks the endpoint, or the key may not read it, the default terms count.
 *  N2. While the terms cannot be read, nothing is guessed: a rule that names a custom term would match nothing.
 */
import type { CraftSource } from '../../../domain/craftItem.js';
import { ToolError, type ToolErrorKind } from '../../../domain/errors.js';
import { sameName } from '../../../domain/rules/names.js';
import type { ReadCall } from '../../port/calls.js';
import { sourceWords } from '../mapping.js';
import { type Craft, listTerminology } from '../requests.js';
import type { Term } from '../schema.js';

const OLD_AFTER_MS = 15 * 60_000;

/** N1. */
const WITHOUT_TERMS: ReadonlySet<ToolErrorKind> = new Set(['not-found', 'forbidden', 'invalid', 'unexpected-response']);

export interface Terms {
  readonly all: readonly Term[];
  /** The custom term for a default term; null where there is none. */
  customOf(type: string): string | null;
  /** The default term for either word. */
  defaultOf(word: string): string;
}

export interface TermDirectory {
  of(source: CraftSource, call: ReadCall): Promise<Terms>;
}

export function createTermDirectory(craft: Craft, now: () => number): TermDirectory {
  const kept = new Map<string, { readonly terms: Promise<Terms>; readonly readAtMs: number }>();
  return {
    async of(source, call) {
      const key = sourceWords(source);
      const known = kept.get(key);
      if (known !== undefined && now() - known.readAtMs <= OLD_AFTER_MS) return known.terms;
      // All callers that wait share this read, so no single caller's cancellation may end it.
      const { signal: _, ...shared } = call;
      const terms = read(craft, source, shared);
      kept.set(key, { terms, readAtMs: now() });
      try {
        return await terms;
      } catch (error) {
        kept.delete(key);
        throw error;
      }
    },
  };
}

async function read(craft: Craft, source: CraftSource, call: ReadCall): Promise<Terms> {
  // Craft.io documents no terminology for feedback portals.
  if ('feedbackPortal' in source) return termsOf([]);
  try {
    return termsOf(await listTerminology(craft, source, call));
  } catch (error) {
    if (error instanceof ToolError && WITHOUT_TERMS.has(error.kind)) return termsOf([]);
    throw error;
  }
}

/** By either of its words. */
export function isCalled(term: Term, word: string): boolean {
  return sameName(term.default, word) || sameName(term.custom, word);
}

function termsOf(all: readonly Term[]): Terms {
  return {
    all,
    customOf: (type) => all.find((term) => sameName(term.default, type))?.custom ?? null,
    defaultOf: (word) => all.find((term) => isCalled(term, word))?.default ?? word,
  };
}
