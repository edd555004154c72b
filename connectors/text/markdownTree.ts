/**
 * Reads Markdown (or plain text, which is Markdown without marks) into a tree (mdast) through markdown-it's tokens:
 * its parser takes time in proportion to its input, whatever that is, and bounds nesting.
 * HTML inside: elements that mark text become what they mean, other elements are dropped, what is no element stays text.
 */
import MarkdownIt, { type Env, type Token } from 'markdown-it';
import type { ListItem, Nodes, Paragraph, Root, RootContent } from 'mdast';
import { isHtmlElement, treeOfHtml } from './htmlTree.js';
import { inlineOf } from './markdownInline.js';

/** Deeper than this the parser would leave text out. */
const MAX_NESTING = 100;

const PARSER = new MarkdownIt({ html: true, linkify: true, maxNesting: MAX_NESTING });
PARSER.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
// Whether an address may be linked is decided once for all texts, in `addresses.ts`; refused here it would stay as source.
PARSER.validateLink = () => true;
// `[^1]: a footnote` is no address. Few tools know footnotes: they stay as they are written.
PARSER.block.ruler.before('reference', 'footnote', (state, line) => {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  if (!state.src.startsWith('[^', start)) return false;
  return PARSER.block.ruler.getRules('').at(-1)?.(state, line, line + 1, false) ?? false;
});

/** Longer texts are read to the line before, and the rest is words: no tool shows as much. */
const MAX_READ = 100_000;

export interface MarkdownRead {
  readonly tokens: readonly Token[];
  /** Link reference definitions were taken out of the text. */
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

/** Addresses of pages that stand in a text without any mark. */
export function addressesIn(
  text: string,
): readonly { readonly start: number; readonly end: number; readonly url: string }[] {
  const found = PARSER.linkify.match(text) ?? [];
  return found.map(({ index, lastIndex, url }) => ({ start: index, end: lastIndex, url }));
}

/** Whether what comes after the text and a blank line is a paragraph of its own, and no part of something open. */
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

/** Text whose structure is not read: its paragraphs. */
function paragraphsOf(text: string): Paragraph[] {
  const lines = text.split(/\r\n|[\r\n]/).map((line) => line.trim());
  const paragraphs = lines.join('\n').split(/\n{2,}/);
  return paragraphs.map((value) => ({ type: 'paragraph', children: [{ type: 'text', value }] }));
}

function childrenOf(parent: Nodes): Nodes[] {
  return 'children' in parent ? parent.children : [];
}

/** What a token is in the tree; an opening token is one node, which the tokens up to its closing one fill, or none. */
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
      return []; // The head and the body of a table: their rows are the table's.
  }
}

const HEADING_DEPTHS = [1, 2, 3, 4, 5, 6] as const;

function withoutEnd(content: string): string {
  return content.endsWith('\n') ? content.slice(0, -1) : content;
}

/** A line such as `<string>` begins a block of HTML for Markdown; where it is no element, it is a person's text. */
function htmlBlockOf(html: string): RootContent[] {
  const name = /^\s*<\/?([a-z][a-z0-9-]{0,30})/i.exec(html)?.[1];
  if (name === undefined || isHtmlElement(name.toLowerCase())) return treeOfHtml(html).children;
  return [{ type: 'paragraph', children: [{ type: 'text', value: html.trim() }] }];
}

/** Where a paragraph of an item is shown as one, the list has blank lines. */
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
