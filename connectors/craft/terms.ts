/**
 * What a workspace or portfolio calls its kinds of items: `Capability` for what Craft.io calls `Feature` (seed 000,
 * terminology). Items carry the default term; people read and write their own.
 *  N1. An account without the endpoint, or a key that may not read it, has the default terms.
 *  N2. While it cannot be reached nothing is guessed: a rule that names a custom term would match nothing.
 */
import type { CraftSource } from '../../domain/craftItem.js';
import { ToolError, type ToolErrorKind } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import { sourceWords } from './mapping.js';
import { type Craft, listTerminology } from './requests.js';
import type { Term } from './schema.js';

const OLD_AFTER_MS = 15 * 60_000;

/** N1. */
const WITHOUT_TERMS: ReadonlySet<ToolErrorKind> = new Set(['not-found', 'forbidden', 'invalid', 'unexpected-response']);

export interface Terms {
  readonly all: readonly Term[];
  /** The place's own word for a default term; null where it has none. */
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
      // Shared by all who wait for it: nobody's cancellation may end it.
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
  // Craft.io documents no terminology of feedback portals.
  if ('feedbackPortal' in source) return termsOf([]);
  try {
    return termsOf(await listTerminology(craft, source, call));
  } catch (error) {
    if (error instanceof ToolError && WITHOUT_TERMS.has(error.kind)) return termsOf([]);
    throw error;
  }
}

function termsOf(all: readonly Term[]): Terms {
  return {
    all,
    customOf: (type) => all.find((term) => term.default === type)?.custom ?? null,
    defaultOf: (word) => all.find((term) => term.default === word || term.custom === word)?.default ?? word,
  };
}
