/**
 * Reads Markdown (or plain text, which is Markdown without marks) into a tree (mdast) from markdown-it's tokens: its
 * parser takes linear time for any input and limits nesting. HTML inside it: elements that format text become that
 * format, other elements are dropped, and what is no element stays text.
 */
import MarkdownIt, { type Env, type Token } from 'markdown-it';
import type { ListItem, Nodes, Paragraph, Root, RootContent } from 'mdast';
import { isHtmlElement, treeOfHtml } from '../html/tree.js';
import { inlineOf } from './inline.js';

/** Beyond this depth the parser would drop text. */
const MAX_NESTING = 100;

const PARSER = new MarkdownIt({ html: true, linkify: true, maxNesting: MAX_NESTING });
PARSER.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
// `addresses.ts` decides for all texts whether an address may be linked; refused here, it would stay as source.
PARSER.validateLink = () => true;
// `[^1]: a footnote` is not a link definition. Few tools know footnotes, so they stay as written.
PARSER.block.ruler.before('reference', 'footnote', (state, line) => {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  if (!state.src.startsWith('[^', start)) return false;
  return PARSER.block.ruler.getRules('').at(-1)?.(state, line, line + 1, false) ?? false;
});

/** Longer texts are parsed up to the last line within this, and the rest is plain words: no tool shows that much. */
const MAX_READ = 100_000;

export interface MarkdownRead {
  readonly tokens: readonly Token[];
  /** The parser took link reference definitions out of the text. */
  readonly hasReferences: boolean;
  /** What was not read as Markdown. */
  readonly rest: string;
}

export function readMarkdown(source: string): MarkdownRead {
  const env: Env = {};
  const end = source.length <= MAX_READ ? source.length : Math.max(0, source.lastIndexOf('\n', MAX_READ));
  const tokens = PARSER.parse(source.slice(0, end), env);
  const isTooDeep = tokens.some((token) => token.level >= MAX_NESTING - 1);
  if (isTooDeep) return { tokens: [], hasReferences: false, rest: source };
  return { tokens, hasReferences: Object.keys(env.references ?? {}).length > 0, rest: source.slice(end) };
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

export function treeOfMarkdown(read: MarkdownRead): Root {
  const root: Root = { type: 'root', children: [] };
  const open: Nodes[] = [root];
  for (const token of read.tokens) {
    if (token.nesting === -1) {
      const closed = open.pop();
      if (closed?.type === 'listItem') readTask(closed);
      continue;
    }
    const parent = open.at(-1) ?? root;
    const nodes = nodesOf(token);
    childrenOf(parent).push(...nodes);
    if (token.nesting === 1) open.push(nodes[0] ?? parent);
    noteLooseness(token, open);
    noteAlignment(token, open);
  }
  if (read.rest.trim() !== '') root.children.push(...paragraphsOf(read.rest));
  return root;
}

/** The paragraphs of a text whose structure is not parsed. */
function paragraphsOf(text: string): Paragraph[] {
  const lines = text.split(/\r\n|[\r\n]/).map((line) => line.trim());
  const paragraphs = lines.join('\n').split(/\n{2,}/);
  return paragraphs.map((value) => ({ type: 'paragraph', children: [{ type: 'text', value }] }));
}

function childrenOf(parent: Nodes): Nodes[] {
  return 'children' in parent ? parent.children : [];
}

/**
 * The nodes that a token becomes. An opening token becomes one node, filled by the tokens up to its closing one, or
 * none.
 */
function nodesOf(token: Token): Nodes[] {
  switch (token.type) {
    case 'inline':
      return inlineOf(token.children ?? []);
    case 'fence':
      return [{ type: 'code', lang: token.info.trim().split(/\s/)[0] ?? null, value: withoutEnd(token.content) }];
    case 'code_block':
      return [{ type: 'code', value: withoutEnd(token.content) }];
    case 'hr':
      return [{ type: 'thematicBreak' }];
    case 'html_block':
      return htmlBlockOf(token.content);
    case 'heading_open':
      return [{ type: 'heading', depth: HEADING_DEPTHS[Number(token.tag.slice(1)) - 1] ?? 6, children: [] }];
    case 'paragraph_open':
      return [{ type: 'paragraph', children: [] }];
    case 'blockquote_open':
      return [{ type: 'blockquote', children: [] }];
    case 'bullet_list_open':
      return [{ type: 'list', ordered: false, spread: false, children: [] }];
    case 'ordered_list_open':
      return [{ type: 'list', ordered: true, start: Number(token.attrGet('start') ?? 1), spread: false, children: [] }];
    case 'list_item_open':
      return [{ type: 'listItem', spread: false, children: [] }];
    case 'table_open':
      return [{ type: 'table', align: [], children: [] }];
    case 'tr_open':
      return [{ type: 'tableRow', children: [] }];
    case 'th_open':
    case 'td_open':
      return [{ type: 'tableCell', children: [] }];
    default:
      return []; // A table's head and body: their rows belong to the table.
  }
}

const HEADING_DEPTHS = [1, 2, 3, 4, 5, 6] as const;

function withoutEnd(content: string): string {
  return content.endsWith('\n') ? content.slice(0, -1) : content;
}

/** For Markdown a line such as `<string>` begins an HTML block; where it is no element, it is ordinary text. */
function htmlBlockOf(html: string): RootContent[] {
  const name = /^\s*<\/?([a-z][a-z0-9-]{0,30})/i.exec(html)?.[1];
  if (name === undefined || isHtmlElement(name.toLowerCase())) return treeOfHtml(html).children;
  return [{ type: 'paragraph', children: [{ type: 'text', value: html.trim() }] }];
}

/** A visible paragraph inside an item means that the list has blank lines. */
function noteLooseness(token: Token, open: readonly Nodes[]): void {
  if (token.type !== 'paragraph_open' || token.hidden) return;
  const [list, item] = open.slice(-3);
  if (list?.type !== 'list' || item?.type !== 'listItem') return;
  list.spread = true;
  item.spread = true;
}

function noteAlignment(token: Token, open: readonly Nodes[]): void {
  if (token.type !== 'th_open') return;
  const table = open.findLast((node) => node.type === 'table');
  const align = /text-align:(left|right|center)/.exec(String(token.attrGet('style')))?.[1];
  table?.align?.push(align === 'left' || align === 'right' || align === 'center' ? align : null);
}

/** `- [x] done` */
function readTask(item: ListItem): void {
  const [first] = item.children;
  const text = first?.type === 'paragraph' ? first.children[0] : undefined;
  const box = text?.type === 'text' ? /^\[([ xX])\]\s+/.exec(text.value) : null;
  if (text?.type !== 'text' || box === null) return;
  item.checked = box[1] !== ' ';
  text.value = text.value.slice(box[0].length);
}
