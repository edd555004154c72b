/**
 * What another side said, as messages may show it: without secrets, then without the texts that were sent to it, then
 * cut. In this order: what is cut first is no longer recognised, nor is a secret of which an echo was taken out.
 */
import { REDACTED } from '../../domain/redaction/redactor.js';

/** @param longest in characters, by default those of a sentence or two. */
export type Quote = (text: string, longest?: number) => string;

const SENTENCES = 300;
/** Of a longer text the end is kept, too: it often says which field was meant. */
const SHARE_OF_END = 0.25;
/** Of a longer text only this many characters are looked through for echoes: half at its beginning, half at its end. */
const LOOKED_THROUGH = 4_000;
/** How many characters of a sent text in a row count as an echo of it. */
const ECHO_LENGTH = 16;
/** Shorter texts are words that may stand in any message. */
const SHORTEST_ECHO = 3;

/** `sent`: the body of the request that was answered. */
export function createQuote(redact: (text: string) => string, sent: unknown): Quote {
  return (text, longest = SENTENCES) => {
    const line = oneLine(redact(text));
    if (line.length <= LOOKED_THROUGH) return cut(withoutEcho(line, sent), longest);
    const beginning = withoutEcho(line.slice(0, LOOKED_THROUGH / 2), sent);
    const end = withoutEcho(line.slice(-LOOKED_THROUGH / 2), sent);
    // What is left of an echo that was cut here may be too short to be recognised.
    return cut(`${beginning.slice(0, -ECHO_LENGTH)}…${end.slice(ECHO_LENGTH)}`, longest);
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor(longest * SHARE_OF_END);
  return `${text.slice(0, longest - end - 1)}…${text.slice(-end)}`;
}

/**
 * A tool's own words without what they echo of the texts that were sent: short texts as a whole, longer ones also in
 * part. Values of properties called `id`, `…Id` and `…Ids` may stay, since they help and reveal nothing.
 */
function withoutEcho(said: string, sent: unknown): string {
  const texts = textsIn(sent).filter((text) => text.length >= SHORTEST_ECHO);
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  const clean = (part: string): string => withoutParts(withoutWholes(part, longestFirst), longestFirst);
  return said.split(REDACTED).map(clean).join(REDACTED);
}

function withoutWholes(said: string, texts: readonly string[]): string {
  return texts.reduce((words, text) => words.replaceAll(text, '…'), said);
}

function withoutParts(said: string, texts: readonly string[]): string {
  const echoed = echoedParts(said, texts);
  let kept = '';
  for (let at = 0; at < said.length;) {
    let end = at;
    for (let next = at; next <= end && echoed.has(said.slice(next, next + ECHO_LENGTH)); next += 1)
      end = next + ECHO_LENGTH;
    kept += end === at ? said.charAt(at) : '…';
    at = Math.max(end, at + 1);
  }
  return kept;
}

/** Those parts of what was said that stand in one of the texts. */
function echoedParts(said: string, texts: readonly string[]): ReadonlySet<string> {
  const parts = new Set<string>();
  for (let at = 0; at + ECHO_LENGTH <= said.length; at += 1) parts.add(said.slice(at, at + ECHO_LENGTH));
  const echoed = new Set<string>();
  for (const text of parts.size === 0 ? [] : texts) {
    for (let at = 0; at + ECHO_LENGTH <= text.length; at += 1) {
      const part = text.slice(at, at + ECHO_LENGTH);
      if (parts.has(part)) echoed.add(part);
    }
  }
  return echoed;
}

function textsIn(value: unknown, property = ''): readonly string[] {
  if (typeof value === 'string') return /^id$|Ids?$/.test(property) ? [] : [oneLine(value)];
  if (Array.isArray(value)) return value.flatMap((entry) => textsIn(entry, property));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) => textsIn(entry, name));
}
