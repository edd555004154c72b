/** Writes a text's tree as GitHub-flavoured Markdown that is readable as source. */
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { defaultHandlers, type Info, type Options, type State, toMarkdown } from 'mdast-util-to-markdown';
import type { Heading, Link, Nodes, Paragraph, Parents, Root, Text } from 'mdast';
import { separatorAfterBreak } from '../cells.js';
import { holding, withoutMarks } from './holding.js';
import { Escapes } from './escapes.js';

export function renderMarkdown(root: Root): string {
  return toMarkdown(holding(root), optionsFor(new Escapes())).trimEnd();
}

/** The same without marks, except code and links. */
export function renderWithoutMarks(root: Root): string {
  const plain = (node: Nodes): void => {
    if (node.type === 'paragraph' || node.type === 'heading') node.children = withoutMarks(node).children;
    else if ('children' in node) node.children.forEach(plain);
  };
  plain(root);
  return renderMarkdown(root);
}

function optionsFor(escapes: Escapes): Options {
  const phrasing = (node: Paragraph | Heading, write: (each: Paragraph | Heading) => string): string => {
    const written = write(node);
    // The writer puts a letter beside a mark that does not hold as a number. Nobody reads that.
    const readable = /&#x[\dA-F]+;/.test(written) ? write(withoutMarks(node)) : written;
    return escapes.needed(readable);
  };
  return {
    bullet: '-',
    rule: '-',
    listItemIndent: 'one',
    extensions: [
      // Aligned pipes would pad each cell to the longest in its column.
      gfmTableToMarkdown({ tablePipeAlign: false }),
      gfmStrikethroughToMarkdown(),
    ],
    handlers: {
      paragraph: (node: Paragraph, parent, state, info) =>
        checkbox(node, parent) +
        phrasing(node, (each) => defaultHandlers.paragraph(each as Paragraph, parent, state, info)),
      heading: (node: Heading, parent, state, info) =>
        phrasing(node, (each) => defaultHandlers.heading(each as Heading, parent, state, info)),
      // Fewer tools know a backslash at the end of a line. A cell has one line.
      break: (node: Nodes, parent: Parents | undefined, state) =>
        state.stack.includes('tableCell') ? separatorAfterBreak(node, parent) : '  \n',
      link: (node: Link, _, state, info) => link(node, state, info),
      text: (node: Text, _, state, info) =>
        node.value.length > LONG ? escaped(node.value) : safe(node.value, state, info),
    },
  };
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
  if (children.length === 1 && only?.type === 'text' && only.value === url) return `<${url}>`;
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

/** No person writes a longer paragraph. */
const LONG = 20_000;

/** Inside a word an underscore marks nothing, and names of code are full of them. */
function safe(text: string, state: State, info: Info): string {
  return state.safe(text, info).replace(/(?<=[\p{L}\p{N}])\\_(?=[\p{L}\p{N}])/gu, '_');
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
