/** Finds the name that a mistyped one most likely means. */
import { closest, distance } from 'fastest-levenshtein';

/** The known name nearest to `given`, ignoring case; null when none is near enough to be meant. */
export function nearest(given: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const lower = given.toLowerCase();
  const exact = known.find((name) => name.toLowerCase() === lower);
  if (exact !== undefined) return exact;
  const lowered = known.map((name) => name.toLowerCase());
  const best = closest(lower, lowered);
  const tolerated = Math.max(2, Math.floor(Math.max(given.length, best.length) / 3));
  if (distance(lower, best) > tolerated) return null;
  return known[lowered.indexOf(best)] ?? null;
}

/** What to say after reporting an unknown name: `did you mean "x"?` when one is near, else the whole list. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  if (near !== null) return `did you mean ${JSON.stringify(near)}?`;
  return known.length === 0 ? 'there are none yet' : `known: ${known.join(', ')}`;
}
