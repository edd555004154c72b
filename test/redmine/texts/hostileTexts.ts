/** Texts of signs that mean something in Textile, in every place of a document. */
import fc from 'fast-check';
import { escapedHtml } from '../../../connectors/text/markdown/html.js';

const SIGN = fc.constantFrom(...`*_-+^~%@?!"'()[]{}|=#:;,./\\<>&$\``);

const WORD = fc.constantFrom(
  ...['a', 'Wort', 'GET', 'é', '12', '漢', 'h2.', 'p.', 'bq.', 'bc..', 'fn1.', 'p(x). y', '* a', '# b', '> c', '---'],
  ...['user:admin', 'version#1', '(c)', '(tm)', '--', '->', '...', '1 x 2', '==x==', '[1]', '[[a]]', '{{toc}}'],
  ...['&amp;', '&#42;', 'x%x%', '!a.png!', '"a":https://x.de', '<pre>', '</code>', 'notextile', '<!-- x -->', '||'],
  ...['a@b.de', '@ann', 'mailto:a@b.de', 'www.x.de', 'https://x.de/a', 'https://x.de/a?b=c&d=e', 'http://x.de/(a)'],
  ...['https://x.de/a_b_', 'https://x.de/*a*'],
);

const ADDRESS = fc
  .tuple(
    fc.constantFrom('https://x.de/', 'http://y.de/?', 'www.z.de/'),
    fc.array(fc.oneof(SIGN, fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 5 }),
  )
  .map(([start, rest]) => start + rest.join(''));

const TEXT = fc
  .array(
    fc.tuple(
      fc.constantFrom('', ' ', ' '),
      fc.oneof(
        { weight: 3, arbitrary: WORD },
        {
          weight: 3,
          arbitrary: fc.array(SIGN, { minLength: 1, maxLength: 3 }).map((signs) => signs.join('')),
        },
        { weight: 1, arbitrary: ADDRESS },
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((words) => words.map(([blank, word]) => blank + word).join(''));

function marked(words: string, mark: string): string {
  return mark === 'a' ? `<a href="https://l.de/${words.length}?q=_a_">${words}</a>` : `<${mark}>${words}</${mark}>`;
}

const INLINE = fc
  .array(
    fc.tuple(
      fc.array(fc.constantFrom('b', 'i', 'code', 'a'), { maxLength: 2 }),
      fc.constantFrom('', ' '),
      TEXT.map(escapedHtml),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.map(([marks, blank, words]) => blank + marks.reduce(marked, words)).join(''));

const ITEMS = fc.array(INLINE, { minLength: 1, maxLength: 3 });

const BLOCK = fc.oneof(
  INLINE.map((words) => `<p>${words}</p>`),
  INLINE.map((words) => `<h2>${words}</h2>`),
  ITEMS.map((items) => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`),
  ITEMS.map((items) => `<ol>${items.map((item) => `<li>${item}<ul><li>${item}</li></ul></li>`).join('')}</ol>`),
  INLINE.map((words) => `<blockquote><p>${words}</p></blockquote>`),
  fc
    .tuple(INLINE, INLINE)
    .map(([head, cell]) => `<table><tr><th>${head}</th><th>k</th></tr><tr><td>${cell}</td><td>v</td></tr></table>`),
  fc.tuple(INLINE, INLINE).map(([one, two]) => `<p>${one}<br>${two}</p>`),
  TEXT.map((words) => `<pre>${escapedHtml(words)}</pre>`),
);

const HTML = fc.array(BLOCK, { minLength: 1, maxLength: 2 }).map((blocks) => blocks.join(''));

/** The same texts for the same seed. */
export function hostileTexts(count: number, seed: number): readonly string[] {
  return fc.sample(HTML, { numRuns: count, seed });
}
