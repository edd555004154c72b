/**
 * Raised and lowered words, which no tool's markup has everywhere: `10<sup>6</sup>` must never read `106`. Digits
 * become
 * the signs that Unicode has; other words follow a `^` or a `_`.
 */
import type { Element, ElementContent } from 'hast';
import { textOf, words } from '../nodes.js';

const SIGNS: Readonly<Record<string, readonly [plain: string, signs: string]>> = {
  sup: ['0123456789+-−=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ'],
  sub: ['0123456789+-−=()', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎'],
};

/** Longer ones are words that somebody set small. */
const MAX_SIGNS = 12;

/** These mean the same on the line: endings of ordinals, notes in brackets, trade marks. */
const SAME_ON_THE_LINE = /^(?:st|nd|rd|th|er|re|e|o|a|º|ª|°|®|™|©|℠|\*+|†|‡|[⁰¹²³⁴⁵⁶⁷⁸⁹₀-₉]+|\[.*\])$/u;

export function raisedWords(node: Element): ElementContent[] | null {
  const signs = SIGNS[node.tagName];
  if (signs === undefined) return null;
  const text = textOf(node).trim();
  if (text === '' || SAME_ON_THE_LINE.test(text)) return node.children;
  const shown = shownAs(text, signs);
  if (shown !== null) return replaced(node.children, signs);
  const mark = node.tagName === 'sup' ? '^' : '_';
  return /^[\p{L}\p{N}]+$/u.test(text)
    ? [words(mark), ...node.children]
    : [words(`${mark}(`), ...node.children, words(')')];
}

function shownAs(text: string, [plain, signs]: readonly [string, string]): string | null {
  if (text.length > MAX_SIGNS) return null;
  const shown = [...text].map((sign) => signs.charAt(plain.indexOf(sign)));
  return [...text].every((sign) => plain.includes(sign)) ? shown.join('') : null;
}

/** Keeps what is around the words: a link, marks. */
function replaced(nodes: readonly ElementContent[], signs: readonly [string, string]): ElementContent[] {
  return nodes.map((node): ElementContent => {
    if (node.type === 'text') return words(shownAs(node.value.trim(), signs) ?? node.value);
    return node.type === 'element' ? { ...node, children: replaced(node.children, signs) } : node;
  });
}
