/**
 * Names that people gave: statuses, types, labels, fields, values of lists. What looks the same is the same name,
 * whatever an editor or a page put into it: a no-break space for a blank, a decomposed `ü`, an invisible sign.
 */
import { seenOf, withoutUnseen } from './unseen.js';

/** By what two names are the same. */
function folded(name: string): string {
  return seenOf(name.normalize('NFKC')).replaceAll(/\s+/gu, ' ').trim();
}

export function sameName(one: string, other: string): boolean {
  return one === other || folded(one) === folded(other);
}

/** The one with exactly this name, else the first that looks the same. */
export function named<T extends { readonly name?: string | null | undefined }>(
  things: readonly T[],
  name: string,
): T | undefined {
  return allNamed(things, name)[0];
}

/** All with exactly this name, else all that look the same. */
export function allNamed<T extends { readonly name?: string | null | undefined }>(
  things: readonly T[],
  name: string,
): readonly T[] {
  const exact = things.filter((thing) => thing.name === name);
  if (exact.length > 0) return exact;
  const wanted = folded(name);
  if (wanted === '') return [];
  return things.filter((thing) => typeof thing.name === 'string' && folded(thing.name) === wanted);
}

/** The table's own key for a name; null when there is none. */
export function keyNamed(table: Readonly<Record<string, unknown>>, name: string): string | null {
  if (Object.hasOwn(table, name)) return name;
  const wanted = folded(name);
  return Object.keys(table).find((key) => folded(key) === wanted) ?? null;
}

/** A name as it is compared with others' and sent to them: blanks are blanks, letters composed, nothing unseen. */
export function tidied(name: string): string {
  return withoutUnseen(name.normalize('NFC')).replaceAll(/[^\S\t\r\n ]/gu, ' ');
}
