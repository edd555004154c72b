/** Code: `<pre>` with its language where `hast-util-to-mdast` looks for it, and what stands for `<pre>` in editors. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, classesOf, element, hasBlock, hasClass, isElement, styleOf } from '../nodes.js';

export function codeElement(node: Element): ElementContent[] | null {
  if (node.tagName === 'pre') return [asCode(node)];
  if (hasClass(node, /^ql-code-block-container$/)) return [asCode(node)];
  if (node.tagName === 'code' && node.children.some((child) => hasBlock(child) || isElement(child, 'br'))) {
    return [asCode(node)];
  }
  const isPasted = node.tagName === 'div' && /^pre\b/.test(styleOf(node, 'white-space'));
  return isPasted && MONOSPACED.test(styleOf(node, 'font-family')) ? [asCode(node)] : null;
}

/** What Visual Studio Code and its like put on the clipboard. */
const MONOSPACED = /mono|consolas|courier|menlo|monaco/;

function asCode(node: Element): Element {
  const language = languageOf(node);
  const code = element(
    'code',
    unwrapped(node.children),
    language === null ? {} : { className: [`language-${language}`] },
  );
  return element('pre', [code]);
}

/** Code inside code, and marks, mean nothing there; Quill's menu of languages is no code. */
function unwrapped(nodes: readonly ElementContent[]): ElementContent[] {
  return nodes.flatMap((node) => (isElement(node, 'code', 'pre') ? unwrapped(node.children) : [node]));
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
