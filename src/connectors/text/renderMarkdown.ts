/** Writes a text's tree as GitHub-flavoured Markdown. */
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item';
import { toMarkdown, type Options } from 'mdast-util-to-markdown';
import type { Root, Text } from 'mdast';

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
    // Inside a word an underscore marks nothing, and names of code are full of them.
    text: (node: Text, _, state, info) => {
      return state.safe(node.value, info).replace(/(?<=[\p{L}\p{N}])\\_(?=[\p{L}\p{N}])/gu, '_');
    },
  },
};

export function renderMarkdown(root: Root): string {
  return toMarkdown(root, OPTIONS).trimEnd();
}
