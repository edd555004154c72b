/**
 * Reads HTML into a Markdown tree (mdast): made harmless for parsers (`bounded.ts`), parsed as browsers do (parse5),
 * what editors write in their own ways made ordinary HTML (`repairs.ts`), and turned by `hast-util-to-mdast`.
 */
import type { ElementContent, Root as HtmlRoot } from 'hast';
import { fromParse5 } from 'hast-util-from-parse5';
import { toMdast } from 'hast-util-to-mdast';
import type { Root } from 'mdast';
import { parse } from 'parse5';
import { boundedHtml } from './bounded.js';
import { repaired } from './repairs.js';

export function treeOfHtml(html: string): Root {
  const parsed = fromParse5(parse(boundedHtml(html), { scriptingEnabled: false }));
  const content = parsed.type === 'root' ? contentOf(parsed) : [];
  const tree = toMdast({ type: 'root', children: repaired(content) }, { document: true, handlers: HANDLERS });
  return tree.type === 'root' ? tree : { type: 'root', children: [] };
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
