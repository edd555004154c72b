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

export function scan(places: readonly Place[], rules: Rules): Scan {
  const wanted = [...rules.secrets, ...rules.itemWords];
  const find = createFind(wanted);
  const items = new Set(rules.itemWords.map(({ name }) => name));
  const hits = places.flatMap(({ place, text }) =>
    find(text).map((what): Hit => {
      const allowed = items.has(what) ? rules.mayHoldItems(place) : rules.mayHold(what, place);
      return { place, what, allowed };
    }),
  );
  return { hits, leaks: hits.filter(({ allowed }) => !allowed), report: reportOf(places, hits) };
}

/** One line for each kind of place: tables by name, files by folder. */
function reportOf(places: readonly Place[], hits: readonly Hit[]): string {
  const kinds = new Map<string, { parts: number; records: number; signs: number; found: Set<string> }>();
  for (const { place, text, records = 1 } of places) {
    const kind = kindOf(place);
    const known = kinds.get(kind) ?? { parts: 0, records: 0, signs: 0, found: new Set<string>() };
    for (const hit of hits) if (hit.place === place) known.found.add(`${hit.what}${hit.allowed ? ' (may)' : ' LEAK'}`);
    known.parts += 1;
    known.records += records;
    known.signs += text.length;
    kinds.set(kind, known);
  }
  const head = ['place', 'parts', 'records', 'characters', 'found'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [kind, { parts, records, signs, found }] of kinds)
    table.push([kind, parts, records, signs, [...found].join(', ') || 'nothing']);
  return table.toString();
}

function kindOf(place: string): string {
  return place.replace(/^(state folder: [^/]+)\/.*/, '$1/…');
}
