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
    // Aligned pipes would pad each cell to the longest in its column.
    gfmTableToMarkdown({ tablePipeAlign: false }),
    gfmStrikethroughToMarkdown(),
    gfmTaskListItemToMarkdown(),
  ],
  handlers: {
    // Fewer tools know a backslash at the end of a line. In cells and headings a break is a blank.
    break: (_, __, state) => (state.stack.includes('tableCell') || state.stack.includes('headingAtx') ? ' ' : '  \n'),
    link: (node: Link, _, state, info) => link(node, state, info),
    text: (node: Text, _, state, info) =>
      node.value.length > LONG ? escaped(node.value) : safe(node.value, state, info),
  },
};

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

export function renderMarkdown(root: Root): string {
  return toMarkdown(root, OPTIONS).trimEnd();
}
