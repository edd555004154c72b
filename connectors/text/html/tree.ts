/**
 * Reads HTML into a Markdown tree (mdast): made harmless for parsers (`bounded.ts`), parsed as browsers do (parse5),
 * what editors write in their own ways made ordinary HTML (`repairs.ts`), and turned by `hast-util-to-mdast`.
 */
import type { ElementContent, Root as HtmlRoot } from 'hast';
import { fromParse5 } from 'hast-util-from-parse5';
import { toMdast } from 'hast-util-to-mdast';
import type { Nodes, Root } from 'mdast';
import { parse } from 'parse5';
import { boundedHtml } from './bounded.js';
import { repaired } from './repairs.js';

export function treeOfHtml(html: string): Root {
  const parsed = fromParse5(parse(boundedHtml(html), { scriptingEnabled: false }));
  const content = parsed.type === 'root' ? contentOf(parsed) : [];
  const tree = toMdast({ type: 'root', children: repaired(content) }, { document: true, handlers: HANDLERS });
  if (tree.type !== 'root') return { type: 'root', children: [] };
  tighten(tree);
  return tree;
}

const HANDLERS = {
  // A line end of Markdown's source, which is no break (`markdown/html.ts`).
  'x-line': () => ({ type: 'text' as const, value: '\n' }),
};

/** The head holds what was before the first words: nothing but blanks, since its elements are left out. */
function contentOf(root: HtmlRoot): ElementContent[] {
  const html = root.children.find((node) => node.type === 'element' && node.tagName === 'html');
  if (html?.type !== 'element') return [];
  const body = html.children.find((node) => node.type === 'element' && node.tagName === 'body');
  return body?.type === 'element' ? body.children : [];
}

/** An item is spread by blank lines where it has several paragraphs, not where a list follows its words. */
function tighten(node: Nodes): void {
  if (!('children' in node)) return;
  for (const child of node.children) tighten(child);
  if (node.type === 'listItem') node.spread = node.children.filter(({ type }) => type !== 'list').length > 1;
  if (node.type === 'list') node.spread = node.children.some(({ spread }) => spread === true);
}
