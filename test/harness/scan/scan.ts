/** Scans places for secrets and for words of items, and writes the report: place, what was read, what was found. */
import Table from 'cli-table3';
import { createFind, type Wanted } from './needles.js';
import type { Place } from './places.js';

export interface Rules {
  readonly secrets: readonly Wanted[];
  readonly itemWords: readonly Wanted[];
  /** Where words of items may stand (design 7, Shown in the UI). */
  readonly mayHoldItems: (place: string) => boolean;
  /** Where a secret is kept on purpose. */
  readonly mayHold: (secret: string, place: string) => boolean;
}

export interface Hit {
  readonly place: string;
  readonly what: string;
  readonly allowed: boolean;
}

export interface Scan {
  readonly hits: readonly Hit[];
  /** The hits that break a promise. */
  readonly leaks: readonly Hit[];
  readonly report: string;
}

/** Larger files are looked through in steps: still every part of 15 characters is found. */
const LARGE_BYTES = 1024 * 1024;
const STEP_IN_LARGE = 8;

export function scan(places: readonly Place[], rules: Rules): Scan {
  const wanted = [...rules.secrets, ...rules.itemWords];
  const find = createFind(wanted);
  const findInLarge = createFind(wanted, STEP_IN_LARGE);
  const items = new Set(rules.itemWords.map(({ name }) => name));
  const hits = places.flatMap(({ place, text }) =>
    (text.length > LARGE_BYTES ? findInLarge : find)(text).map((what): Hit => {
      const allowed = items.has(what) ? rules.mayHoldItems(place) : rules.mayHold(what, place);
      return { place, what, allowed };
    }),
  );
  return { hits, leaks: hits.filter(({ allowed }) => !allowed), report: reportOf(places, hits) };
}

/** One line for each kind of place: tables by name, files by folder. */
function reportOf(places: readonly Place[], hits: readonly Hit[]): string {
  const kinds = new Map<string, { count: number; bytes: number; found: Set<string> }>();
  for (const { place, text } of places) {
    const kind = kindOf(place);
    const known = kinds.get(kind) ?? { count: 0, bytes: 0, found: new Set<string>() };
    for (const hit of hits) if (hit.place === place) known.found.add(`${hit.what}${hit.allowed ? ' (may)' : ' LEAK'}`);
    kinds.set(kind, { ...known, count: known.count + 1, bytes: known.bytes + text.length });
  }
  const table = new Table({ head: ['place', 'parts', 'kB', 'found'], style: { head: [], border: [] } });
  for (const [kind, { count, bytes, found }] of kinds)
    table.push([kind, count, Math.ceil(bytes / 1024), [...found].join(', ') || 'nothing']);
  return table.toString();
}

function kindOf(place: string): string {
  return place.replace(/^(state folder: [^/]+)\/.*/, '$1/…');
}
