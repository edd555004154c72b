/** Writes a text's tree as GitHub-flavoured Markdown that is readable as source. */
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { defaultHandlers, type Info, type Options, type State, toMarkdown } from 'mdast-util-to-markdown';
import type { Blockquote, Heading, Link, Nodes, Paragraph, Parents, Root, Table, TableCell, Text } from 'mdast';
import { separatorAfterBreak } from '../cells.js';
import { Escapes } from './escapes.js';
import { holding, withoutMarks } from './holding.js';
import type { Line } from './meaning.js';
import { STRICT } from './parser.js';

export function renderMarkdown(root: Root): string {
  return toMarkdown(holding(root), optionsFor(new Escapes())).trimEnd();
}

/** The same without marks and without code, except links and blocks of code. */
export function renderWithoutMarks(root: Root): string {
  const plain = (node: Nodes): void => {
    if (isLine(node)) node.children = withoutMarks(node, false).children;
    else if ('children' in node) node.children.forEach(plain);
  };
  plain(root);
  return renderMarkdown(root);
}

function isLine(node: Nodes): node is Line {
  return node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell';
}

function optionsFor(escapes: Escapes): Options {
  let care: ((text: string) => string) | null = null;
  const line = (node: Line, write: (each: Line) => string): string => {
    const found = readable(escapes, node, write);
    if (found !== null) return found;
    const words = withoutMarks(node, false);
    const writtenWith = (escape: (text: string) => string): string => {
      care = escape;
      const written = write(words);
      care = null;
      return written;
    };
    const careful = writtenWith(escaped);
    return escapes.shows(careful, words) ? careful : writtenWith(allEscaped);
  };
  return {
    bullet: '-',
    rule: '-',
    listItemIndent: 'one',
    extensions: [gfmTableToMarkdown(), gfmStrikethroughToMarkdown()],
    handlers: {
      paragraph: (node: Paragraph, parent, state, info) =>
        checkbox(node, parent) +
        line(node, (each) => defaultHandlers.paragraph(each as Paragraph, parent, state, info)),
      blockquote: (node: Blockquote, parent, state, info) =>
        quotation(defaultHandlers.blockquote(node, parent, state, info)),
      heading: (node: Heading, parent, state, info) =>
        line(node, (each) => defaultHandlers.heading(each as Heading, parent, state, info)),
      table: (node: Table, _, state, info) => table(node, (cell) => line(cell, (each) => cellOf(each, state, info))),
      // Fewer tools know a backslash at the end of a line. A cell has one line.
      break: (node: Nodes, parent: Parents | undefined, state) =>
        state.stack.includes('tableCell') ? separatorAfterBreak(node, parent) : '  \n',
      link: (node: Link, _, state, info) => link(node, state, info),
      text: (node: Text, _, state, info) =>
        care !== null
          ? care(node.value)
          : node.value.length > LONG
            ? escaped(node.value)
            : safe(node.value, state, info),
    },
  };
}

/** With its marks, without them, or without code as well, whichever is read as it is meant. */
function readable(escapes: Escapes, node: Line, write: (each: Line) => string): string | null {
  for (const make of [() => node, () => withoutMarks(node), () => withoutMarks(node, false)]) {
    const each = make();
    const written = write(each);
    if (!escapes.shows(written, each)) continue;
    const lean = escapes.needed(written, node.type);
    if (isReadable(lean)) return lean;
  }
  return null;
}

/**
 * The writer puts a letter beside a mark that does not hold as a number, which nobody reads. Not all parsers tell an
 * escaped star from one that marks a part of a word.
 */
function isReadable(written: string): boolean {
  if (/&#x[\dA-F]+;/.test(written)) return false;
  const words = written.replace(NOT_WORDS, ' ');
  return !(/\\\*/.test(words) && /[\p{L}\p{N}]\*+[\p{L}\p{N}]/u.test(words));
}

/** Code, addresses, and where links lead: no parser looks for marks in them. */
const NOT_WORDS = /(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)|<[^<>\s]+>|(?<=\])\([^()\s]*\)/gs;

/** A line of its own that begins with a number would be read as a comparison, as in `> 7 days`. */
function quotation(written: string): string {
  return /^>=?[ \t]*\d.*$/.test(written) ? `${written}\n>` : written;
}

/** Aligned pipes would pad each cell to the longest in its column. */
function table({ children, align }: Table, cell: (node: TableCell) => string): string {
  const columns = Math.max(...children.map((row) => row.children.length));
  const rows = children.map((row, at) => {
    const cells = row.children.map((each) => ` ${cell(each)} `.replace(/^ +$/, ' '));
    return rowOf(at === 0 ? [...cells, ...new Array<string>(columns - cells.length).fill(' ')] : cells);
  });
  const rule = Array.from({ length: columns }, (_, at) => ` ${RULES[align?.[at] ?? 'none']} `);
  return [...rows.slice(0, 1), rowOf(rule), ...rows.slice(1)].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `|${cells.join('|')}|`;
}

const RULES = { left: ':-', right: '-:', center: ':-:', none: '-' } as const;

function cellOf(node: Line, state: State, info: Info): string {
  const exits = [state.enter('table'), state.enter('tableCell'), state.enter('phrasing')];
  const written = state.containerPhrasing(node, { ...info, before: '|', after: '|' });
  for (const exit of exits.toReversed()) exit();
  return written;
}

/** `mdast-util-gfm-task-list-item` would write paragraphs by itself. */
function checkbox(node: Paragraph, parent: Parents | undefined): string {
  if (parent?.type !== 'listItem' || typeof parent.checked !== 'boolean' || parent.children[0] !== node) return '';
  return `[${parent.checked ? 'x' : ' '}] `;
}

/**
 * After `addresses.ts` only brackets in an address could end it. It is written without escapes, since some tools take
 * those for part of the address; only what would be read as an entity is escaped.
 */
function link({ url, children }: Link, state: State, info: Info): string {
  const [only] = children;
  if (children.length === 1 && only?.type === 'text' && isAddress(only.value, url)) return `<${only.value}>`;
  const exit = state.enter('link');
  const exitLabel = state.enter('label');
  const label = state.containerPhrasing({ type: 'link', url, children }, { ...info, before: '[', after: ']' });
  exitLabel();
  exit();
  const address = url
    .replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replace(/&(?=#?\w{1,40};)/g, '&amp;');
  return `[${label}](${address})`;
}

/** A parser encodes some signs of an address in angle brackets by itself. */
function isAddress(text: string, url: string): boolean {
  return text === url || (!/[\s<>]/.test(text) && STRICT.normalizeLink(text) === url);
}

/** No person writes a longer paragraph. */
const LONG = 20_000;

/** Inside a word an underscore marks nothing, and names of code are full of them. */
function safe(text: string, state: State, info: Info): string {
  return state.safe(text, info).replace(/(?<=[\p{L}\p{N}])\\_(?=[\p{L}\p{N}])/gu, '_');
}

/** No parser sees more than signs in it. */
function allEscaped(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/**
 * Escapes every sign that may mean something without looking at its surroundings, which takes too long for long texts.
 */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<&|~]/g, '\\$&')
    .replace(/^[#+=>:-]/gm, '\\$&')
    .replace(/^(\d{1,9})(?=[.)])/gm, '$1\\');
}
