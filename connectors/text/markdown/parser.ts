/**
 * The Markdown parser: CommonMark with tables and struck words. markdown-it takes linear time for any input and limits
 * nesting (decision 24 has the numbers). Signs inside a bare address mark nothing, and it stays text, as it does for
 * the writer (`render.ts`), so that reading what was written changes nothing.
 */
import MarkdownIt, { type Env, type Token } from 'markdown-it';
import { isIdleMark } from './evidence.js';

/** Beyond this depth the parser would drop text. */
export const MAX_NESTING = 100;

export type Parser = InstanceType<typeof MarkdownIt>;

export const PARSER = new MarkdownIt({ html: true, linkify: true, maxNesting: MAX_NESTING });
PARSER.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
// `addresses.ts` decides for all texts whether an address may be linked; refused here, it would stay as source.
PARSER.validateLink = () => true;
PARSER.normalizeLinkText = (address) => address;
PARSER.core.ruler.after('linkify', 'bare_addresses', (state) => {
  for (const token of state.tokens)
    token.children = token.children?.filter(({ markup }) => markup !== 'linkify') ?? null;
});
// `[^1]: a footnote` is not a link definition. Few tools know footnotes, so they stay as written.
PARSER.block.ruler.before('reference', 'footnote', (state, line) => {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  if (!state.src.startsWith('[^', start)) return false;
  return PARSER.block.ruler.getRules('').at(-1)?.(state, line, line + 1, false) ?? false;
});
// `5*3*2` and `Nutzer*innen und Admin*innen` are meant as written.
PARSER.core.ruler.after('inline', 'idle_marks', (state) => {
  for (const token of state.tokens) if (idle(token.children ?? [])) state.env['hasIdleMarks'] = true;
});

/** As other programs read Markdown. A sign in a bare address needs no backslash, which would become part of it. */
export const STRICT = new MarkdownIt({ html: true, linkify: false });

/** Makes text of the marks that were meant as signs. */
function idle(tokens: readonly Token[]): boolean {
  let found = false;
  const open: number[] = [];
  for (const [at, token] of tokens.entries()) {
    if (!/^(?:em|strong)_(?:open|close)$/.test(token.type)) continue;
    if (token.nesting === 1) {
      open.push(at);
      continue;
    }
    const start = open.pop();
    const opening = start === undefined ? undefined : tokens[start];
    if (start === undefined || opening === undefined || !isIdleMark(tokens, start, at)) continue;
    for (const mark of [opening, token]) {
      Object.assign(mark, { type: 'text', tag: '', nesting: 0, content: mark.markup });
    }
    found = true;
  }
  return found;
}

/** Longer texts are parsed up to the last line within this, and the rest is plain words: no tool shows that much. */
const MAX_READ = 100_000;

export interface MarkdownRead {
  readonly tokens: readonly Token[];
  /** The parser took link reference definitions out of the text. */
  readonly hasReferences: boolean;
  /** Signs that were meant as signs, which a tool would read as marks again. */
  readonly hasIdleMarks: boolean;
  /** What was not read as Markdown. */
  readonly rest: string;
}

export function readMarkdown(source: string, parser: Parser = PARSER): MarkdownRead {
  const env: Env = {};
  const end = source.length <= MAX_READ ? source.length : Math.max(0, source.lastIndexOf('\n', MAX_READ));
  const tokens = parser.parse(source.slice(0, end), env);
  const isTooDeep = tokens.some((token) => token.level >= MAX_NESTING - 1);
  if (isTooDeep) return { tokens: [], hasReferences: false, hasIdleMarks: false, rest: source };
  const hasReferences = Object.keys(env.references ?? {}).length > 0;
  return { tokens, hasReferences, hasIdleMarks: env['hasIdleMarks'] === true, rest: source.slice(end) };
}

/** Addresses of pages in a text, without any markup. */
export function addressesIn(
  text: string,
): readonly { readonly start: number; readonly end: number; readonly url: string }[] {
  const found = PARSER.linkify.match(text) ?? [];
  return found.map(({ index, lastIndex, url }) => ({ start: index, end: lastIndex, url }));
}

/** Whether text that follows after a blank line is a paragraph of its own, not part of something open. */
export function isLastParagraph(text: string): boolean {
  const probe = 'probe';
  const tokens = PARSER.parse(`${text}\n\n${probe}`, {});
  const [start, inline] = tokens.slice(-3);
  return start?.type === 'paragraph_open' && start.level === 0 && inline?.content === probe;
}
