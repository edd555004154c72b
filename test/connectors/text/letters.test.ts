import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf } from '../../../connectors/text/craftText.js';
import { escapedHtml } from '../../../connectors/text/markdown/html.js';
import { bare, lettersOf } from './seen.js';

const WORDS = fc.constantFrom(
  'a',
  'Word',
  'x_y',
  '5*3*2',
  'Nutzer*innen',
  'C:\\a\\_b',
  '[i](e)',
  '<T>',
  'a<b',
  '&c',
  '`d',
  '~5',
  'e.',
  '(f)',
);
const LINE = fc.array(WORDS, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));

const MARK = fc.constantFrom('b', 'i', 'em', 'strong', 'span', 'u', 's');
const INLINE = fc
  .array(fc.tuple(fc.option(MARK), fc.constantFrom('', ' '), WORDS), { minLength: 1, maxLength: 5 })
  .map((parts) =>
    parts
      .map(([mark, blank, word]) =>
        mark === null ? blank + escapedHtml(word) : `<${mark}>${blank}${escapedHtml(word)}</${mark}>`,
      )
      .join(' '),
  );
const BLOCK = fc.oneof(
  INLINE.map((inner) => `<p>${inner}</p>`),
  INLINE.map((inner) => `<h2>${inner}</h2>`),
  fc
    .array(INLINE, { minLength: 1, maxLength: 3 })
    .map((items) => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`),
  INLINE.map((inner) => `<blockquote><p>${inner}</p></blockquote>`),
);
const HTML = fc.array(BLOCK, { minLength: 1, maxLength: 4 }).map((blocks) => blocks.join(''));

const RUNS = { numRuns: 150 };

describe('connectors/text/letters', () => {
  it('of plain text are in the rendered Markdown, one for one', () => {
    fc.assert(
      fc.property(fc.array(LINE, { minLength: 1, maxLength: 3 }), (lines) => {
        const text = lines.join('\n');
        expect(lettersOf(marked.parse(markdownOf(text), { async: false, gfm: true }))).toBe(bare(text));
      }),
      RUNS,
    );
  });

  it.each(['`d \\_b `d', '`d C:\\a\\_b `d'])('of %j are as they were typed', (text) => {
    expect(lettersOf(marked.parse(markdownOf(text), { async: false, gfm: true }))).toBe(bare(text));
  });

  it('of HTML are in the rendered Markdown, one for one', () => {
    fc.assert(
      fc.property(HTML, (html) => {
        const rendered = lettersOf(marked.parse(markdownOf(html), { async: false, gfm: true }));
        expect(rendered.replaceAll('~~', '')).toBe(lettersOf(html));
      }),
      RUNS,
    );
  });

  it('of HTML are in the plain text, and stay when it is read again', () => {
    fc.assert(
      fc.property(HTML, (html) => {
        const signs = /~~|^[ >-]+/gm;
        expect(bare(plainOf(html).replace(signs, ''))).toBe(lettersOf(html));
      }),
      RUNS,
    );
  });
});
