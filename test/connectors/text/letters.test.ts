import { type DefaultTreeAdapterMap, parse } from 'parse5';
import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf } from '../../../connectors/text/craftText.js';
import { escapedHtml } from '../../../connectors/text/markdown/html.js';

type Node = DefaultTreeAdapterMap['node'];

/** What a reader sees of HTML, without blanks; struck letters stand in `~`. */
function lettersOf(html: string): string {
  const read = (node: Node): string => {
    if (node.nodeName === '#text' && 'value' in node) return node.value;
    const inner = 'childNodes' in node ? node.childNodes.map(read).join('') : '';
    return /^(?:del|s)$/.test(node.nodeName) ? `~~${inner}~~` : inner;
  };
  return bare(read(parse(html)));
}

/** Without blanks and invisible signs; where one struck word ends and the next begins does not matter. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u2060]/gu, '')
    .replace(/(?:~~~~)+/g, '');
}

function rendered(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true });
}

const WORDS = fc.constantFrom(
  ...'a Word x_y 5*3*2 Nutzer*innen C:\\a\\_b [i](e) <T> a<b &c `d ~5 e. (f) 7 「引」 中文 だ 서울 Ünï Ж! "q" … ✅ €5'.split(
    ' ',
  ),
  ...'**g *h R&D |k| #1 f(x) -1 <your-name> !s [t] 长*宽*高 C++'.split(' '),
);
const LINE = fc.array(WORDS, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));

/** HTML, and what a reader sees of it. */
interface Part {
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
/** `marked` takes an escaped star right beside a mark for one of its own, which CommonMark does not. */
const WORD: fc.Arbitrary<Part> = WORDS.filter((word) => !word.startsWith('*')).map((word) => ({
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
const HTML = fc.array(BLOCK, { minLength: 1, maxLength: 4 }).map((blocks) => together(blocks));

const RUNS = { numRuns: 150, seed: 3 };

describe('connectors/text/letters', () => {
  it('of plain text are in the rendered Markdown, one for one', () => {
    fc.assert(
      fc.property(fc.array(LINE, { minLength: 1, maxLength: 3 }), (lines) => {
        const text = lines.join('\n');
        const written = markdownOf(text);
        expect(lettersOf(rendered(written))).toBe(bare(text));
        expect(markdownOf(written)).toBe(written);
      }),
      RUNS,
    );
  });

  it.each(['`d \\_b `d', '`d C:\\a\\_b `d'])('of %j are as they were typed', (text) => {
    expect(lettersOf(rendered(markdownOf(text)))).toBe(bare(text));
  });

  it('of HTML are in the rendered Markdown, one for one, struck where they were struck', () => {
    fc.assert(
      fc.property(HTML, ({ html, seen }) => {
        expect(lettersOf(rendered(markdownOf(html)))).toBe(bare(seen));
      }),
      RUNS,
    );
  });

  it('of HTML stay when its Markdown is read again, and when that is rendered and read again', () => {
    fc.assert(
      fc.property(HTML, ({ html }) => {
        const written = markdownOf(html);
        expect(markdownOf(written)).toBe(written);
        expect(lettersOf(rendered(markdownOf(rendered(written))))).toBe(lettersOf(rendered(written)));
      }),
      RUNS,
    );
  });

  it('of HTML are in the plain text', () => {
    fc.assert(
      fc.property(HTML, ({ html, seen }) => {
        expect(bare(plainOf(html).replace(/^(?:> ?|- )+/gm, ''))).toBe(bare(seen));
      }),
      RUNS,
    );
  });
});
