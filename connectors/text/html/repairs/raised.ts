/**
 * Raised and lowered words, which no tool's markup has everywhere: `10<sup>6</sup>` must never read `106`. Digits
 * become the signs that Unicode has; other words follow a `^` or a `_`.
 */
import type { Element, ElementContent } from 'hast';
import { textOf, words } from '../nodes.js';
import type { Place } from '../place.js';

const SIGNS: Readonly<Record<string, readonly [plain: string, signs: string]>> = {
  sup: ['0123456789+-−=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ'],
  sub: ['0123456789+-−=()', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎'],
};

/** Longer ones are words that somebody set small. */
const MAX_SIGNS = 12;

/** These mean the same on the line: notes in brackets, trade marks, signs that are raised by themselves. */
const SAME_ON_THE_LINE = /^(?:º|ª|°|®|™|©|℠|\*+|†|‡|[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ₀-₎]+|[~^_].*|\[.*\])$/u;
/** `1st`, `2e`, `XIXe`; but `V_e`, `x^a`. */
const ORDINAL = /^(?:st|nd|rd|th|er|re|ère|ère|ème|e|es|de|o|a|os|as)$/u;
const NUMBER_BEFORE = /(?:\d|(?<![\p{L}\p{N}])[IVXLC]{2,})\.?$/u;

export function raisedWords(node: Element, place: Place): ElementContent[] | null {
  const signs = SIGNS[node.tagName];
  if (signs === undefined) return null;
  const text = textOf(node).trim();
  if (text === 'TM') return [words('™')];
  if (text === '' || SAME_ON_THE_LINE.test(text)) return node.children;
  if (node.tagName === 'sup' && ORDINAL.test(text) && NUMBER_BEFORE.test(place.before)) return node.children;
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
