/** What people read in a real Redmine of Craft.io's texts: every letter, in its order and its form. */
import { describe, expect, it } from 'vitest';
import { redmineMarkdownOf, textileOf } from '../../connectors/text/craftText.js';
import { bare, lettersOf } from '../connectors/text/seen.js';
import { hostileTexts } from './texts/hostileTexts.js';
import { renderedByRedmine } from './texts/rendering.js';

const COUNT = 400;
const SEED = Number(process.env['TEXT_SEED'] ?? 20_261_130);

/** Without what only lays out the source. */
function shape(html: string): string {
  return html
    .replace(/\s*\n\s*/g, ' ')
    .replace(/ ?(<\/?(?:p|ul|ol|li|table|t[rhd]|blockquote|br|pre|hr|h\d)\b[^>]*>) ?/g, '$1')
    .trim();
}

const FORMS: readonly { readonly is: string; readonly text: string; readonly shown: string }[] = [
  {
    is: 'words after an inner list stay after it',
    text: '<ul><li>a<ul><li>b</li></ul>after<ul><li>c</li></ul></li><li>d</li></ul>',
    shown: '<ul><li>a<ul><li>b</li></ul></li></ul><p>after</p><ul><li>c</li></ul><ul><li>d</li></ul>',
  },
  {
    is: 'numbers go on past what ends a list',
    text: '<ol><li>a<ul><li>b</li></ul><p>after</p></li><li>d</li></ol>',
    shown: '<p>1. a</p><ul><li>b</li></ul><p>after</p><p>2. d</p>',
  },
  {
    is: 'code stands in its item, between its words',
    text: '<ol><li>a<pre>x "y" @z@\n\n&amp;amp;</pre>then</li><li>b</li></ol>',
    shown: '<ol><li>a<br /><pre>x "y" @\u2060z@ &amp;amp;</pre><br />then</li><li>b</li></ol>',
  },
  {
    is: 'items without words are items',
    text: '<ol><li></li><li>b</li><li><ul><li>c</li></ul></li></ol>',
    shown: '<ol><li>&nbsp;</li><li>b<ul><li>c</li></ul></li></ol>',
  },
  {
    is: 'a list from another number keeps it',
    text: '<ul><li>a<ol start="3"><li>x</li><li>y</li></ol></li><li>b</li></ul>',
    shown: '<ul><li>a<br />3. x<br />4. y</li><li>b</li></ul>',
  },
  {
    is: 'terms stand before what describes them',
    text: '<dl><dt>Term</dt><dd>One</dd><dd>Two</dd><dt>Next</dt><dd>Three</dd></dl>',
    shown: '<ul><li><strong>Term</strong><br />One<br />Two</li><li><strong>Next</strong><br />Three</li></ul>',
  },
  {
    is: 'quotations hold quotations, code and lists',
    text: '<blockquote><p>a</p><blockquote><p>b</p></blockquote><pre>x\ny</pre><ul><li>i</li></ul><p>c</p></blockquote>',
    shown:
      '<blockquote><p>a</p><blockquote><p>b</p></blockquote><pre>x y</pre><ul><li>i</li></ul><p>c</p></blockquote>',
  },
  {
    is: 'paragraphs that begin with code are paragraphs',
    text: '<p><code>a "b" @c</code> one</p><hr><p><code>b</code> two</p>',
    shown: '<p><code>a "b" @\u2060c</code> one</p><hr /><p><code>b</code> two</p>',
  },
  {
    is: 'code of a language that Redmine does not know is read once',
    text: '<pre><code class="language-c++">a &lt; b &amp;&amp; "c"</code></pre>',
    shown: '<pre>a &lt; b &#38;&#38; "c"</pre>',
  },
  {
    is: 'what would begin a block begins none',
    text: '<p>fn1. x</p><p>p. x</p><p>bq. x</p><p>h1. x</p><p>* * *</p><p>first<br>{x}<br>= y<br># z</p>',
    shown:
      '<p>&#102;n1. x</p><p>&#112;. x</p><p>&#98;q. x</p><p>&#104;1. x</p><p>&#42; * *</p>' +
      '<p>first<br />&#123;x}<br />&#61; y<br />&#35; z</p>',
  },
  {
    is: 'no footnote, no acronym, no class, and no sign that Textile elsewhere makes of others',
    text: `<p>a[1] GET(id) <b>(note) b</b> <i>[en] c</i> -- y -> (c) (tm) 1 x 2 'q' "r"...</p>`,
    shown:
      '<p>a&#91;1] GET&#40;id) <strong>&#40;note) b</strong> <em>&#91;en] c</em> ' +
      `&#45;- y &#45;> (c) (tm) 1 x 2 'q' "r"...</p>`,
  },
  {
    is: 'marks at the edges of words hold, alone and together; those inside words are left out',
    text: 'word<b>part</b>s <s>gone</s>, <i><b>both</b></i>; <a href="https://x.de/"><b>(b) link (t)</b></a><br>',
    shown:
      '<p>wordparts <del>gone</del>, <strong><em>both</em></strong>; ' +
      '<strong><a href="https://x.de/" class="external">&#40;b) link (t&#41;</a></strong></p>',
  },
  {
    is: 'links of telephones, which Redmine does not know, show the number',
    text: '<p><a href="tel:+491234">call</a> <a href="mailto:a@b.de">a@b.de</a></p>',
    shown: '<p>call (+491234) <a href="mailto:a@b.de">a@b.de</a></p>',
  },
  {
    is: 'ticks, and tables with bars and brackets',
    text:
      '<ul><li><input type="checkbox" checked> done<ul><li><input type="checkbox"> open</li></ul></li></ul>' +
      '<table><tr><th>a|b</th><th>(c)</th></tr><tr><td>x<ul><li>1</li></ul></td><td></td></tr></table>',
    shown:
      '<ul><li>[x] done<ul><li>[ ] open</li></ul></li></ul>' +
      '<table><tr><th>a&#124;b</th><th>(c)</th></tr><tr><td>x • 1</td><td></td></tr></table>',
  },
];

/** What Redmine makes links of, or takes for something of its own; `!` before it would vanish. */
const REFERENCES = [
  ...['#1', '##1', '#1-2', '#note-1', 'r1', '(r1)', 'other:r1', 'other:#1', '!#1', '!r1', '!user:admin'],
  ...['user:admin', 'user#1', 'other:user:admin', '@admin', '!@admin', 'project:other', 'project#1', 'version#1'],
  ...['version:1.0', 'version:"1.0"', 'commit:abc', 'source:a/b.c', 'export:a', 'attachment:a.png', 'document:Manual'],
  ...['forum:Help', 'forum#1', 'news:1', 'news#1', 'message#1', '[[wiki]]', '[[wiki|page]]', '![[wiki]]', '[[other:]]'],
  ...['{{toc}}', '{{child_pages}}', '!{{toc}}', '{{collapse(x)}}'],
];

describe('redmine/letters', () => {
  it('of texts of signs are in what Redmine shows, one for one', async () => {
    const texts = hostileTexts(COUNT, SEED);
    const shown = await renderedByRedmine(
      texts.map((text) => textileOf(text)),
      'textile',
    );
    const seen = texts.map((text, at) => ({ text, letters: lettersOf(shown[at] ?? '') }));
    expect(seen).toEqual(texts.map((text) => ({ text, letters: lettersOf(text) })));
  }, 120_000);

  it.each(['textile', 'common_mark'])(
    'that look like links of its own are no links, and lose nothing, in %s',
    async (formatting) => {
      const write = formatting === 'textile' ? textileOf : redmineMarkdownOf;
      const shown = await renderedByRedmine(
        REFERENCES.map((reference) => write(`see ${reference} now`)),
        formatting,
      );
      for (const [at, reference] of REFERENCES.entries()) {
        expect(lettersOf(shown[at] ?? '')).toBe(bare(`see ${reference} now`));
        expect(shown[at]).not.toMatch(/<a\b/);
      }
    },
  );

  it('stand in their form in Textile', async () => {
    const shown = await renderedByRedmine(
      FORMS.map(({ text }) => textileOf(text)),
      'textile',
    );
    const forms = FORMS.map(({ is }, at) => ({ is, shown: shape(shown[at] ?? '') }));
    expect(forms).toEqual(FORMS.map(({ is, shown: form }) => ({ is, shown: form })));
  });

  it.each(['textile', 'common_mark'])('of bare addresses are shown, and lead there, in %s', async (formatting) => {
    const addresses = [
      'https://example.org/a?b=c-d&e=f==#g',
      'https://example.org/a_b_/c--d/_e?x=[1]',
      'https://example.org/*a*/~b/@c/(d)',
      'https://example.org/a|b?c=x+y&copy=1',
      'https://example.org/GET(id)?q=a%20b',
    ];
    const write = formatting === 'textile' ? textileOf : redmineMarkdownOf;
    const shown = await renderedByRedmine(
      addresses.map((address) => write(`see ${address} now`)),
      formatting,
    );
    for (const [at, address] of addresses.entries()) {
      const html = shown[at] ?? '';
      expect(lettersOf(html)).toBe(`see${address}now`);
      const href = /href="([^"]*)"/.exec(html)?.[1]?.replace(/&(?:amp|#38);/g, '&') ?? '';
      expect(decodeURIComponent(href)).toBe(decodeURIComponent(address));
    }
  });
});
