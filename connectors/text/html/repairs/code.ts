/** Code: `<pre>` with its language where `hast-util-to-mdast` looks for it, and what stands for `<pre>` in editors. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, classesOf, element, hasBlock, hasClass, isBlank, isElement, styleOf, words } from '../nodes.js';
import type { Place } from '../place.js';
import { linesOfCode } from './lines.js';

export function codeElement(node: Element, place: Place): ElementContent[] | null {
  if (node.tagName === 'pre') return [asCode(node)];
  if (hasClass(node, /^ql-code-block-container$/)) return [asCode(node)];
  if (INLINE_CODE.has(node.tagName)) return inlineCode(node, place);
  const isPasted = node.tagName === 'div' && /^pre\b/.test(styleOf(node, 'white-space'));
  return isPasted && MONOSPACED.test(styleOf(node, 'font-family')) ? [asCode(node)] : null;
}

/** What Visual Studio Code and its like put on the clipboard. */
const MONOSPACED = /mono|consolas|courier|menlo|monaco/;

const INLINE_CODE = new Set(['code', 'kbd', 'samp', 'tt']);

/**
 * Code with several lines is a block where it stands alone; beside words each of its lines is code. Links in it would
 * be lost, so they stand around code instead.
 */
function inlineCode(node: Element, place: Place): ElementContent[] | null {
  const isShown = (child: ElementContent): boolean => !isElement(child, 'br') && !isBlank(child);
  const start = node.children.findIndex(isShown);
  if (start === -1) return node.children;
  node.children = node.children.slice(start, node.children.findLastIndex(isShown) + 1);
  if (node.children.some((child) => hasBlock(child) || isElement(child, 'br'))) {
    if (place.isAlone) return [asCode(node)];
    return linesOfCode(node).flatMap((line, at) => (at === 0 ? line : [element('br', []), ...line]));
  }
  if (!node.children.some((child) => isElement(child, 'a', 'img'))) {
    node.children = unwrapped(node.children);
    return null;
  }
  return node.children.map((child) => {
    if (isElement(child, 'img')) return child;
    return isElement(child, 'a') ? { ...child, children: [coded(child.children)] } : coded([child]);
  });
}

function coded(nodes: readonly ElementContent[]): Element {
  return element('code', unwrapped(nodes));
}

function asCode(node: Element): Element {
  const language = languageOf(node);
  const code = element(
    'code',
    unwrapped(node.children),
    language === null ? {} : { className: [`language-${language}`] },
  );
  return element('pre', [code]);
}

/** Code inside code, and marks, mean nothing there; without a sign, struck words would read as if they held. */
function unwrapped(nodes: readonly ElementContent[]): ElementContent[] {
  return nodes.flatMap((node) => {
    if (isElement(node, 'code', 'pre')) return unwrapped(node.children);
    if (isElement(node, 's', 'del', 'strike')) return [words('~~'), ...unwrapped(node.children), words('~~')];
    return [node];
  });
}

function languageOf(node: Element): string | null {
  const inner = node.children.find((child) => isElement(child, 'code', 'div', 'pre'));
  for (const each of [...(isElement(inner) ? [inner] : []), node]) {
    const named = classesOf(each).map((name) => /^(?:language|lang|highlight-source)-(.+)$/.exec(name)?.[1]);
    const brush = /brush:\s*([\w+#-]+)/.exec(classesOf(each).join(' '))?.[1];
    const language =
      named.find((name) => name !== undefined) ??
      brush ??
      attributeOf(each, 'dataLanguage') ??
      attributeOf(each, 'dataLang');
    if (language !== null && !/^(?:plain|plaintext|text|none|auto|true)$/i.test(language)) {
      return language.toLowerCase().replace(/\s+/g, '-');
    }
  }
  return null;
}
