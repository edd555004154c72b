/** Writes a text's tree as GitHub-flavoured Markdown. */
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item';
import { type Info, type Options, type State, toMarkdown } from 'mdast-util-to-markdown';
import type { Link, Root, Text } from 'mdast';

const OPTIONS: Options = {
  bullet: '-',
  rule: '-',
  listItemIndent: 'one',
  extensions: [
    // Aligned pipes would pad each cell to the longest of its column.
    gfmTableToMarkdown({ tablePipeAlign: false }),
    gfmStrikethroughToMarkdown(),
    gfmTaskListItemToMarkdown(),
  ],
  handlers: {
    // A backslash at the end of a line is younger, and fewer tools know it. In cells and headings a break is a blank.
    break: (_, __, state) => (state.stack.includes('tableCell') || state.stack.includes('headingAtx') ? ' ' : '  \n'),
    link: (node: Link, _, state, info) => link(node, state, info),
    text: (node: Text, _, state, info) =>
      node.value.length > LONG ? escaped(node.value) : safe(node.value, state, info),
  },
};

/**
 * An address has nothing in it that ends it (`addresses.ts`) but brackets, and is written without escapes: some tools take
 * those for part of it. Only what would be read as an entity must not be.
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

/** Longer than any paragraph of a person. */
const LONG = 20_000;

/** Inside a word an underscore marks nothing, and names of code are full of them. */
function safe(text: string, state: State, info: Info): string {
  return state.safe(text, info).replace(/(?<=[\p{L}\p{N}])\\_(?=[\p{L}\p{N}])/gu, '_');
}

/** Every sign that may mean something, without a look at what is around it, which takes too long where there are many. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<&|~]/g, '\\$&')
    .replace(/^[#+=>:-]/gm, '\\$&')
    .replace(/^(\d{1,9})(?=[.)])/gm, '$1\\');
}

export function renderMarkdown(root: Root): string {
  return toMarkdown(root, OPTIONS).trimEnd();
}
