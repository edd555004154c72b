/** Any text that Craft.io may hold, of words and signs that mean something in Markdown or in HTML. */
import fc from 'fast-check';
import { escapedHtml } from '../../../connectors/text/markdown/html.js';
import { bare } from './seen.js';

const WORDS = fc.constantFrom(
  ...'a Word x_y 5*3*2 Nutzer*innen C:\\a\\_b [i](e) <T> a<b &c `d ~5 e. (f) 7 「引」 中文 だ 서울 Ünï Ж! "q" … ✅ €5'.split(
    ' ',
  ),
  ...'**g *h R&D |k| #1 f(x) -1 <your-name> !s [t] 长*宽*高 C++'.split(' '),
);
export const LINE = fc.array(WORDS, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));

/** HTML, and what a reader sees of it. */
export interface Part {
  readonly html: string;
  readonly seen: string;
}

function together(parts: readonly Part[], start = '', end = ''): Part {
  return {
    html: start + parts.map(({ html }) => html).join('') + end,
    seen: parts.map(({ seen }) => seen).join(''),
  };
}

const ADDRESS: fc.Arbitrary<Part> = fc
  .constantFrom('https://e.org/a_b?c=1&d=*e*', 'https://e.org/~x_/[y]')
  .map((address) => ({ html: ` ${escapedHtml(address)} `, seen: address }));
const WORD: fc.Arbitrary<Part> = WORDS.map((word) => ({
  html: escapedHtml(word),
  seen: word,
}));
/** Angle brackets that people typed into HTML, which are no elements. */
const TYPED: fc.Arbitrary<Part> = fc
  .constantFrom('<T>', '<K, V>', '<your name>', '<ann@e.org>', '</T>', '<int32>')
  .map((tag) => ({ html: tag, seen: tag }));
const BREAK: fc.Arbitrary<Part> = fc.constant({ html: '<br>', seen: '' });
const BLANK: fc.Arbitrary<Part> = fc.constantFrom('', ' ', '\u00a0').map((blank) => ({ html: blank, seen: blank }));
const CODE: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom('code', 'kbd', 'tt'), fc.array(fc.oneof(WORD, BLANK, BREAK), { minLength: 1, maxLength: 3 }))
  .map(([tag, parts]) => together(parts, `<${tag}>`, `</${tag}>`))
  .filter(({ seen }) => seen.trim() !== '');
const { inline: INLINE } = fc.letrec<{ mark: Part; inline: Part }>((tie) => ({
  mark: fc
    .tuple(fc.constantFrom('b', 'i', 'em', 'strong', 'span', 'u', 's', 'del'), tie('inline'))
    .map(([tag, inner]) => {
      const whole = together([inner], `<${tag}>`, `</${tag}>`);
      const isStruck = /^(?:s|del)$/.test(tag) && !inner.seen.includes('~~') && bare(inner.seen) !== '';
      return isStruck ? { ...whole, seen: `~~${inner.seen}~~` } : inner.seen.includes('~~') ? inner : whole;
    }),
  inline: fc
    .array(
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        { arbitrary: WORD, weight: 4 },
        { arbitrary: BLANK, weight: 3 },
        { arbitrary: TYPED, weight: 1 },
        { arbitrary: ADDRESS, weight: 1 },
        { arbitrary: BREAK, weight: 1 },
        { arbitrary: CODE, weight: 1 },
        { arbitrary: tie('mark'), weight: 4 },
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => together(parts)),
}));
const SHOWN = INLINE.filter(({ seen }) => bare(seen.replaceAll('~', '')) !== '');

const BLOCK: fc.Arbitrary<Part> = fc.oneof(
  SHOWN.map((inner) => together([inner], '<p>', '</p>')),
  SHOWN.map((inner) => together([inner], '<h2>', '</h2>')),
  SHOWN.map((inner) => together([inner], '<blockquote><p>', '</p></blockquote>')),
  fc.array(SHOWN, { minLength: 1, maxLength: 3 }).map((items) =>
    together(
      items.map((item) => together([item], '<li>', '</li>')),
      '<ul>',
      '</ul>',
    ),
  ),
);
export const HTML = fc.array(BLOCK, { minLength: 1, maxLength: 4 }).map((blocks) => together(blocks));
