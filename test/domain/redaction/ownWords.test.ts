import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { isOwnWord, OWN_WORDS } from '../../../domain/redaction/ownWords.js';

const ROOMS = ['activities', 'clients', 'config', 'connectors', 'domain', 'ledger', 'runtime', 'stack', 'webhooks'];
/** A word that fewer files say is not missed where a password blanks it. */
const SAID_IN_FILES = 6;
const PARTS_OF_TEXT = [
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
];
const IS_SQL = /\b(select|insert|update|delete from|create table|alter table|where|returning)\b/i;

/** Each word of four letters or more in a text of our sources, with the number of files that say it. */
function wordsSaid(): ReadonlyMap<string, number> {
  const said = new Map<string, number>();
  for (const room of ROOMS) {
    for (const entry of readdirSync(room, { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.ts') || entry.name === 'ownWords.ts') continue;
      const words = wordsOf(readFileSync(join(entry.parentPath, entry.name), 'utf8'));
      for (const word of words) said.set(word, (said.get(word) ?? 0) + 1);
    }
  }
  return said;
}

function wordsOf(source: string): ReadonlySet<string> {
  const words = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (PARTS_OF_TEXT.includes(node.kind)) {
      const { text } = node as ts.LiteralLikeNode;
      const isSentence = /[a-z]{2} [a-z]/i.test(text) && !IS_SQL.test(text);
      for (const word of isSentence ? (text.toLowerCase().match(/[a-z]{4,}/g) ?? []) : []) words.add(word);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, false));
  return words;
}

describe('domain/redaction/ownWords', () => {
  it('lists the words that our messages say often, in order', () => {
    const often = [...wordsSaid()].filter(([, files]) => files >= SAID_IN_FILES).map(([word]) => word);
    expect(often.length).toBeGreaterThan(100);
    expect(often.filter((word) => !OWN_WORDS.includes(word))).toEqual([]);
    expect(OWN_WORDS).toEqual([...new Set(OWN_WORDS)].sort());
  });

  it.each(['temporal', 'Listener', 'PIPELINE', ' workflow ', 'craft', 'password', 'postgresql'])(
    'knows %s as one that cannot be hidden',
    (secret) => expect(isOwnWord(secret)).toBe(true),
  );

  it.each(['temporal1', 'my-temporal', 'hunter2', 'k7', '', 'correct horse', 'craftsync-4711'])(
    'and not %s',
    (secret) => expect(isOwnWord(secret)).toBe(false),
  );
});
