import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf } from '../../../connectors/text/craftText.js';
import { HTML, LINE } from './anyText.js';
import { bare, lettersOf, rendered } from './seen.js';

/** Another seed in every run. A red one is repeated by TEXT_SEED, more texts are tried by TEXT_RUNS. */
const SEED = Number(process.env['TEXT_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = { numRuns: Number(process.env['TEXT_RUNS'] ?? 150), seed: SEED };

describe('connectors/text/letters', { timeout: 60_000 + 200 * RUNS.numRuns }, () => {
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

  it.each([
    [
      '<p>Dauer <b>~10 min</b>, Preis <i>~20 €</i>, siehe https://a.b/c</p>',
      'Dauer **\\~10 min**, Preis *\\~20 €*, siehe https://a.b/c',
    ],
    ['<p><s><b>old</b></s>, costs ~10 and ~20</p>', '~~**old**~~, costs \\~10 and \\~20'],
    [
      '<p><b>Total:</b> <code>price*qty</code> * rate, see https://a.b/c and <i>all</i></p>',
      '**Total:** `price*qty` * rate, see https://a.b/c and *all*',
    ],
    ['Run `a*b` with *.csv <b>now</b>', 'Run `a*b` with *.csv **now**'],
    [
      '<p>old <s>49 €*</s> now 39 €*, see https://shop.example.com/p, mail a@b.de</p>',
      'old ~~49 €\\*~~ now 39 €\\*, see https://shop.example.com/p, mail a@b.de',
    ],
    [
      '<p><a href="https://x.y/a*b">page</a>, 5 * 3 and x * y, https://a.b/c</p>',
      '[page](https://x.y/a*b), 5 * 3 and x * y, https://a.b/c',
    ],
    ['See https://e.com/foo_bar*q, C:\\me\\*.txt', 'See <https://e.com/foo_bar*q>, C:\\me\\\\*.txt'],
  ])('of %s are readable as source', (text, written) => {
    expect(markdownOf(text)).toBe(written);
    expect(markdownOf(written)).toBe(written);
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

  it.each([
    '<h2><s><b><ann@e.org>a</b>a</s></h2>',
    '<blockquote><p><u><T></u><b><b>✅a</b>a</b></p></blockquote><h2>a</h2>',
    '<ul><li>a<code><br> <br></code>a</li></ul><ul><li>a</li></ul>',
    '<ul><li><b><b>**g</b>a</b><s>a</s><b>a</b>&lt;T&gt;</li></ul>',
    '<h2><b>**</b>Nutzer*innen<del>✅</del><em>~5</em></h2>',
    '<table><tr><th><s>a<b>**g</b></s>b</th></tr><tr><td><b><ann@e.org></b>c</td></tr></table>',
    '<blockquote><p>7 days</p></blockquote>',
    '<p><s>https://e.org/~x_/[y]</s>a<b>b</b></p>',
    '<p>see https://e.org/a\\b <b>c</b>, https://e.org/\\&lt; and https://e.org/&lt;T&gt;</p>',
  ])('of %s are in the rendered Markdown, which stays when it is read again', (html) => {
    const written = markdownOf(html);
    expect(lettersOf(rendered(written)).replaceAll('~~', '')).toBe(
      lettersOf(html.replace(/<(?=ann|T>)/g, '&lt;')).replaceAll('~~', ''),
    );
    expect(markdownOf(written)).toBe(written);
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
