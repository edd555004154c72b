import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decisionViolations,
  designViolations,
  elsewhereViolations,
  invariantViolations,
  letterViolations,
  readDesign,
  readRules,
  ruleViolations,
  shown,
  sourceViolations,
  type File,
  type Violation,
} from './citations.js';
import { read, ROOT, textFiles } from './repository.js';

/** These show what a citation is. */
const EXAMPLES = ['test/docs/citations.ts', 'test/docs/citations.test.ts'];

const files: readonly File[] = textFiles()
  .filter((path) => !EXAMPLES.includes(path))
  .map((path) => ({ path, text: read(path) }));
const design = readDesign(read('docs/design.md'));
const headings = [...read('docs/sources.md').matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
const decisions = readdirSync(`${ROOT}docs/decisions`).map((name) => Number.parseInt(name, 10));
const rules = readRules(files);

const inAll = (look: (file: File) => readonly Violation[]): readonly string[] => files.flatMap(look).map(shown);
const problems = (found: readonly Violation[]): readonly string[] => found.map(({ problem }) => problem);
const code = (comment: string): File => ({
  path: 'a.ts',
  text: `/** ${comment} */\nexport const a = 'W3 and design 12';\n`,
});

describe('docs/citations: the repository', () => {
  it('cites only sections and topics that docs/design.md has', () => {
    expect(inAll((file) => designViolations(file, design))).toEqual([]);
  });

  it('cites only invariants that docs/design.md has', () => {
    expect(inAll((file) => invariantViolations(file, design))).toEqual([]);
  });

  it('gives the letter of numbered rules to one file each', () => {
    expect(letterViolations(rules).map(shown)).toEqual([]);
  });

  it('cites only rules that exist, and says of which file', () => {
    expect(inAll((file) => ruleViolations(file, rules))).toEqual([]);
  });

  it('cites only headings of docs/sources.md', () => {
    expect(inAll((file) => sourceViolations(file, headings))).toEqual([]);
  });

  it('cites only decisions that exist', () => {
    expect(inAll((file) => decisionViolations(file, decisions))).toEqual([]);
  });

  it('cites nothing that is not in it', () => {
    expect(inAll(elsewhereViolations)).toEqual([]);
  });
});

describe('docs/citations: what is found', () => {
  it.each([
    ['(design 12)', 'docs/design.md has no section 12'],
    ['(design 3 and 11).', 'docs/design.md has no section 11'],
    ['docs/design.md, section 11, as rules', 'docs/design.md has no section 11'],
    ['(design 3, Drfit)', 'section 3 of docs/design.md has no topic "Drfit"'],
    ['see design 4, Drift.', 'section 4 of docs/design.md has no topic "Drift"'],
    ['(design 3, step 2.9)', 'section 3 of docs/design.md has no topic "step 2.9"'],
    ['(design 3,\n * Drfit)', 'section 3 of docs/design.md has no topic "Drfit"'],
    ['(design 7, `sweeep`)', 'section 7 of docs/design.md has no topic "`sweeep`"'],
  ])('%s names nothing', (comment, problem) => {
    expect(problems(designViolations(code(comment), design))).toEqual([problem]);
  });

  it.each([
    '(design 2 and 7)',
    '(design 3, Drift; invariant I3)',
    '(design 3, steps 3 and 4)',
    '(design 3, step 2.2)',
    '(design 4, Feeds and Inventory)',
    '(design 4, Nothing is forgotten)',
    '(design 7, Changes of the configuration)',
    '(design 7, Tables and Commands)',
    '(design 7, `sweep --json`)',
    '(design 10, I1 and I2)',
    '(design 2: settings are read at the start)',
    'as design 3, which says so',
    'written as `design 3, Drift`, or so',
    'docs/design.md, section 8, as rules',
  ])('%s names what is there', (comment) => {
    expect(designViolations(code(comment), design)).toEqual([]);
  });

  it('knows an invariant that does not exist', () => {
    expect(problems(invariantViolations(code('(invariants I1 and I12)'), design))).toEqual([
      'docs/design.md has no invariant I12',
    ]);
  });

  it('knows a letter that two files use', () => {
    const other = { path: 'b.ts', text: '/**\n *  W1. This too.\n */\nexport {};\n' };
    const both = readRules([{ path: 'a.ts', text: '/**\n *  W1. This.\n */\nexport {};\n' }, other]);
    expect(letterViolations(both)).toHaveLength(2);
    expect(letterViolations(readRules([other]))).toEqual([]);
  });

  it('wants the file beside a rule, and the rule in that file', () => {
    const known = readRules([{ path: 'writes/craftWrite.ts', text: '/**\n *  W3. So.\n */\nexport {};\n' }]);
    const found = (comment: string) => problems(ruleViolations(code(comment), known));
    expect(found('as W3 says')).toEqual(['W3 does not say of which file: craftWrite.ts']);
    expect(found('as rule W3\n * of craftWrite.ts says')).toEqual([]);
    expect(found('as rule W4 of craftWrite.ts says')).toEqual(['no file defines a rule W4']);
    expect(found('UTF-16, SHA-256, U+2060, v4, ISO 8601, I18n, 2.5 and E2E')).toEqual([]);
  });

  it('wants a rule of its own to be at the top', () => {
    const file = { path: 'a.ts', text: '/**\n *  W1. So.\n */\n// W2: no.\nexport {};\n' };
    expect(ruleViolations(file, readRules([file])).map(shown)).toEqual([
      'a.ts:4: W2 is not among the rules at the top of this file',
    ]);
  });

  it('knows a source and a decision that do not exist', () => {
    expect(problems(sourceViolations(code('(sources: Craft.io guide, Jira)'), headings))).toEqual([
      'docs/sources.md has no heading "Jira"',
    ]);
    expect(sourceViolations(code('(sources: Craft.io guide and Craft.io API)'), headings)).toEqual([]);
    expect(problems(decisionViolations(code('(decision 99; docs/decisions/0098)'), decisions))).toEqual([
      'there is no decision 99',
      'there is no decision 0098',
    ]);
  });

  it.each([
    'seed 002',
    'api-facts',
    'complaint 18',
    'complaints 15, 17',
    'traps 6, 7',
    'the DESIGN',
    'faults.md',
    'reference on faults',
  ])('%s is not in the repository', (words) => {
    expect(elsewhereViolations(code(words))).toHaveLength(1);
  });

  it('docs/faults.md is', () => {
    expect(elsewhereViolations(code('docs/faults.md'))).toEqual([]);
  });

  it('has the headings that code cites', () => {
    expect(headings).toEqual([
      'Craft.io guide',
      'Craft.io API',
      'CraftDesk',
      'Craftnote',
      'Kitemaker',
      'Redmine',
      'Temporal',
    ]);
  });
});
