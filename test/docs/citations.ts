/**
 * What a citation is, and whether what it cites exists here. Citations are looked for in prose: comments and pages.
 *
 * - `design 3`, `design 3, Drift`, `docs/design.md, section 3`: a section, and after a comma a topic of it: a bold
 *   text, a heading, the first cell of a table's row, a step (`step 2.1`) or something in backticks. In `(design …)`
 *   everything after the comma is a topic; elsewhere only what begins like one, with a capital, a backtick or `step`.
 * - `I3`: an invariant, in section 10.
 * - One or two letters and a number such as W 3 (written together): a rule. It is defined by a line that begins so,
 *   with a dot after it, in the comment at the top of a file of code. A citation from another file names that file,
 *   within one line.
 * - `sources: Name`: a heading of docs/sources.md. `decision 15`, `docs/decisions/0015…`: a file of that folder.
 */
import { basename } from 'node:path';
import { isCode, joined, proseOf, type Prose } from './repository.js';

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

export const shown = ({ path, line, problem }: Violation): string => `${path}:${line}: ${problem}`;

export interface File {
  readonly path: string;
  readonly text: string;
}

interface Section {
  readonly topics: ReadonlySet<string>;
  readonly body: string;
}
export type Design = ReadonlyMap<number, Section>;

const plain = (text: string): string => text.replaceAll('`', '').replace(/[.:]$/, '').trim().toLowerCase();

export function readDesign(page: string): Design {
  const parts = page.split(/^## (?=\d+ )/m).slice(1);
  return new Map(
    parts.map((body) => [Number.parseInt(body, 10), { topics: new Set(topicsOf(body).map(plain)), body }] as const),
  );
}

function topicsOf(body: string): string[] {
  const topics: string[] = [];
  let step = '';
  for (const line of body.split('\n')) {
    for (const [, bold = ''] of line.matchAll(/\*\*([^*]+)\*\*/g)) {
      const [, number, name = bold] = /^(\d+)\. (.*)$/.exec(bold) ?? [];
      if (number !== undefined) step = number;
      topics.push(name, ...(number === undefined ? [] : [`step ${number}`]));
    }
    const [, heading] = /^#{3,} ([^:]+)/.exec(line) ?? [];
    const [, cell] = /^\| +((?:\\\||[^|])+?) +\|/.exec(line) ?? [];
    const [, below] = /^(\d+)\. /.exec(line) ?? [];
    if (heading !== undefined) topics.push(heading);
    if (cell !== undefined) topics.push(cell);
    if (below !== undefined) topics.push(`step ${step}.${below}`);
  }
  return topics;
}

function isTopic({ topics, body }: Section, topic: string): boolean {
  const [, quoted] = /^`([^`\s]+)[^`]*`$/.exec(topic) ?? [];
  if (quoted !== undefined) return body.includes(`\`${quoted}`);
  return topics.has(plain(topic));
}

/** `docs/design.md, section 3`, or `design 3`; the rest of the sentence decides what its topics are. */
const DESIGN = /\b(?:design\.md(?:, |\))*section|[Dd]esign) (\d+)((?:, \d+)*(?:,? and \d+)?)/g;

export function designViolations(file: File, design: Design): readonly Violation[] {
  return perProse(file, ({ text, lineAt }) =>
    [...text.matchAll(DESIGN)].flatMap((match) => {
      const line = lineAt(match.index);
      const numbers = [match[1] ?? '', ...(match[2]?.match(/\d+/g) ?? [])].map(Number);
      const missing = numbers.filter((number) => !design.has(number));
      if (missing.length > 0) return [{ line, problem: `docs/design.md has no section ${missing.join(', ')}` }];
      const section = design.get(numbers.at(-1) ?? 0);
      const isStrict = text[match.index - 1] === '(' && match[0].startsWith('design ');
      const rest = text.slice(match.index + match[0].length);
      const topics = topicsAfter(text[match.index - 1] === '`' ? rest.replace(/`.*$/s, '') : rest, isStrict);
      return topics
        .filter((topic) => section !== undefined && !isTopic(section, topic))
        .map((topic) => ({ line, problem: `section ${numbers.join(', ')} of docs/design.md has no topic "${topic}"` }));
    }),
  );
}

function topicsAfter(rest: string, isStrict: boolean): readonly string[] {
  const [, tail] = /^(?:,| (?=steps? \d)) ?((?:`[^`]*`|[^)\];:`"”]|\.(?=\d))*)/.exec(rest) ?? [];
  if (tail === undefined) return [];
  const sentence = tail.replace(/\.\s.*$/s, '').replace(/[.,]?\s*$/, '');
  const words = sentence.split(/, | and /).map((word) => word.trim());
  const numbered = words.map((word) =>
    /^\d+(\.\d+)?$/.test(word) ? `step ${word}` : word.replace(/^steps /, 'step '),
  );
  const topics = numbered.filter((word) => word !== '' && !/^I\d$/.test(word));
  return isStrict ? topics : topics.filter((word) => /^(?:[A-Z`]|step \d)/.test(word));
}

export function invariantViolations(file: File, design: Design): readonly Violation[] {
  const known = design.get(10)?.body ?? '';
  return perProse(file, ({ text, lineAt }) =>
    [...text.matchAll(/\bI\d+\b/g)]
      .filter(([name]) => !known.includes(`- ${name}.`))
      .map(({ 0: name, index }) => ({ line: lineAt(index), problem: `docs/design.md has no invariant ${name}` })),
  );
}

/** Letter and number of a rule → the files that define it. */
export type Rules = ReadonlyMap<string, readonly string[]>;

const DEFINITION = /^\s*(?:\/\*\*|\*)\s*([A-HJ-Z][A-Z]?\d{1,2})\. /gm;

function definedIn(file: File): readonly string[] {
  if (!isCode(file.path)) return [];
  const head = proseOf(file.path, file.text).find(({ isHead }) => isHead);
  return [...(head?.text.matchAll(DEFINITION) ?? [])].map(([, rule = '']) => rule);
}

export function readRules(files: readonly File[]): Rules {
  const rules = new Map<string, string[]>();
  for (const file of files)
    for (const rule of definedIn(file)) rules.set(rule, [...(rules.get(rule) ?? []), file.path]);
  return rules;
}

/** Of `W3` the `W`, of `RP3` the `RP`. */
function lettersOf(rule: string): string {
  return rule.replace(/\d+$/, '');
}

export function letterViolations(rules: Rules): readonly Violation[] {
  const byLetter = new Map<string, Set<string>>();
  for (const [rule, paths] of rules) {
    const letter = lettersOf(rule);
    byLetter.set(letter, new Set([...(byLetter.get(letter) ?? []), ...paths]));
  }
  return [...byLetter].flatMap(([letter, paths]) => {
    if (paths.size === 1) return [];
    const problem = `the letter ${letter} of its rules belongs to several files: ${[...paths].join(', ')}`;
    return [...paths].map((path) => ({ path, line: 1, problem }));
  });
}

/** Looks like a rule and is none. */
const NO_RULES = new Set(['V8', 'H1', 'H2', 'H3']);

export function ruleViolations(file: File, rules: Rules): readonly Violation[] {
  const own = new Set(definedIn(file));
  return proseOf(file.path, file.text).flatMap((prose) => {
    const lines = prose.text.split('\n');
    let isFenced = false;
    return lines.flatMap((line, at) => {
      if (/^\s*```/.test(line)) isFenced = !isFenced;
      if (isFenced) return [];
      const near = lines.slice(Math.max(0, at - 1), at + 2).join('\n');
      const cited = [...withoutCode(file, line).matchAll(/(?<![\w.+-])([A-HJ-Z][A-Z]?\d{1,2})\b(?![.\d]*\w)/g)];
      return cited.flatMap(([, rule = '']) => {
        if (own.has(rule) || NO_RULES.has(rule)) return [];
        const problem = problemOf(rule, near, rules, own);
        return problem === null ? [] : [{ path: file.path, line: prose.line + at, problem }];
      });
    });
  });
}

/** In a page, what is in backticks may be anything. */
function withoutCode({ path }: File, line: string): string {
  return path.endsWith('.md') ? line.replace(/`[^`]*`/g, '') : line;
}

function problemOf(rule: string, near: string, rules: Rules, own: ReadonlySet<string>): string | null {
  const isOwnLetter = [...own].some((known) => lettersOf(known) === lettersOf(rule));
  const paths = rules.get(rule) ?? [];
  if (paths.some((path) => names(near, path))) return null;
  if (isOwnLetter) return `${rule} is not among the rules at the top of this file`;
  if (paths.length === 0) return `no file defines a rule ${rule}`;
  return `${rule} does not say of which file: ${paths.map((path) => basename(path)).join(' or ')}`;
}

function names(near: string, path: string): boolean {
  const name = basename(path);
  return new RegExp(`(?<![\\w])${name.replaceAll('.', '\\.')}(?!\\w)`).test(near);
}

export function sourceViolations(file: File, headings: readonly string[]): readonly Violation[] {
  return perProse(file, ({ text, lineAt }) =>
    [...text.matchAll(/\bsources: (?=[A-Z])/g)].flatMap(({ 0: start, index }) => {
      const unknown = namesIn(text.slice(index + start.length), headings);
      return unknown === null ? [] : [{ line: lineAt(index), problem: `docs/sources.md has no heading "${unknown}"` }];
    }),
  );
}

/** The first name that is no heading; null: all are. */
function namesIn(rest: string, headings: readonly string[]): string | null {
  const heading = headings.find((name) => rest.startsWith(name) && !/^[\w-]/.test(rest.slice(name.length)));
  if (heading === undefined) return /^[\w.]+(?: [\w.]+)?/.exec(rest)?.[0] ?? rest.slice(0, 20);
  const [joint] = /^(?:, | and )(?=[A-Z])/.exec(rest.slice(heading.length)) ?? [];
  return joint === undefined ? null : namesIn(rest.slice(heading.length + joint.length), headings);
}

export function decisionViolations(file: File, decisions: readonly number[]): readonly Violation[] {
  return perProse(file, ({ text, lineAt }) =>
    [...text.matchAll(/\b(?:[Dd]ecisions? |decisions\/)(\d{1,4})\b/g)]
      .filter(([, number]) => !decisions.includes(Number(number)))
      .map(({ 1: number = '', index }) => ({ line: lineAt(index), problem: `there is no decision ${number}` })),
  );
}

/** Documents and lists that are not in this repository. */
const ELSEWHERE = [
  /\bseeds? 0\d\d\b/i,
  /\bseeds\/0/,
  /\bapi-facts\b/,
  /\bcomplaints? \d/i,
  /\btraps? \d/i,
  /\bDESIGN\b/,
  /\breference on\b/,
  /(?<!docs\/)\bfaults\.md\b/,
] as const;

export function elsewhereViolations({ path, text }: File): readonly Violation[] {
  return text.split('\n').flatMap((line, at) =>
    ELSEWHERE.flatMap((pattern) => {
      const [found] = pattern.exec(line) ?? [];
      return found === undefined ? [] : [{ path, line: at + 1, problem: `"${found}" is not in this repository` }];
    }),
  );
}

function perProse(
  file: File,
  look: (joinedProse: ReturnType<typeof joined>) => readonly { readonly line: number; readonly problem: string }[],
): readonly Violation[] {
  return proseOf(file.path, file.text).flatMap((prose: Prose) =>
    look(joined(prose)).map((found) => ({ path: file.path, ...found })),
  );
}
