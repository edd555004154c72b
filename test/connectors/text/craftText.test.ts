import MarkdownIt from 'markdown-it';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf, textileOf, titleOf } from '../../../connectors/text/craftText.js';
import { readCraftText } from '../../../connectors/text/craftTextKind.js';
import { craftLink, cutBefore, type Markup } from '../../../connectors/text/cut.js';
import { hasMarker, hasMarkerLine } from '../../../connectors/text/marker.js';
import { HOSTILE, MARKER, ORDINARY } from '../../fixtures/texts.js';

const CRAFT_URL = 'https://app.craft.io/item/CRK-1';
const WRITERS = { markdown: markdownOf, textile: textileOf, plain: plainOf } as const satisfies Record<Markup, unknown>;
const ALL = Object.entries({ ...ORDINARY, ...HOSTILE });

/** The text rendered by two renderers with HTML on, to see what either would run, load or link. */
function rendered(markdown: string): readonly string[] {
  const lenient = new MarkdownIt({ html: true, linkify: true });
  lenient.validateLink = () => true;
  return [lenient.render(markdown), marked.parse(markdown, { async: false, gfm: true })];
}

/** The tags of a rendered text, without escaped ones. */
function tagsIn(html: string): string {
  return (html.match(/<[^>]*>/g) ?? []).join('\n');
}

/**
 * The text without the characters that a tool may remove. U+2060, on which everything here relies, is not one of them.
 */
function withoutInvisible(text: string): string {
  return text.replace(/\u00ad|\u034f|[\u200b-\u200f]|\ufeff/g, '');
}

const ADDRESS = /(?:href|src)="(?!https?:|mailto:|tel:)[^"]*"/i;

describe('connectors/text/craftText', () => {
  describe.each(ALL)('%s', (_, text) => {
    it('as Markdown runs nothing, loads nothing and links only to pages', () => {
      for (const html of rendered(markdownOf(text))) {
        const tags = tagsIn(html);
        expect(tags).not.toMatch(/<(?:script|iframe|object|embed|form|style|svg|img|link|meta)\b/i);
        expect(tags).not.toMatch(/\son\w+\s*=/i);
        expect(tags).not.toMatch(ADDRESS);
        expect(html).not.toMatch(/<!--/);
      }
    });

    it.each(Object.keys(WRITERS) as Markup[])('as %s fakes no marker and notifies nobody', (markup) => {
      const written = WRITERS[markup](text);
      const unescaped = written.replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)));
      for (const seen of [
        written,
        unescaped,
        plainOf(written),
        unescaped.replace(/[*_~`\\]/g, ''),
        withoutInvisible(written),
      ]) {
        expect(hasMarker(seen.toLowerCase(), MARKER) || hasMarkerLine(seen.toLowerCase(), MARKER)).toBe(false);
        expect(seen).not.toMatch(/(?<![\p{L}\p{N}_.=&/])@[\p{L}\p{N}_]/u);
      }
      if (markup === 'plain') return; // Nothing is interpreted there.
      expect(unescaped.replace(/<pre>.*?<\/pre>|```.*?```/gs, '')).not.toMatch(/\{\{|\[\[|(?<![\w&/])#\d/);
    });

    it.each(Object.keys(WRITERS) as Markup[])('as %s keeps the marker at the end, whole or cut anywhere', (markup) => {
      const written = WRITERS[markup](text, [], CRAFT_URL);
      const tail = [craftLink(CRAFT_URL, markup), MARKER];
      for (const limit of [200, 230, 260, 290, 320, 400, 100_000]) {
        const sent = cutBefore(written, limit, tail, CRAFT_URL, markup);
        expect(sent.length).toBeLessThanOrEqual(limit);
        expect(hasMarkerLine(sent, MARKER)).toBe(true);
        if (markup === 'markdown') {
          for (const html of rendered(sent)) expect(html).toMatch(new RegExp(`<p>${MARKER}</p>\\s*$`));
        }
        if (markup === 'textile') {
          expect(sent.match(/<pre>/g)?.length ?? 0).toBe(sent.match(/<\/pre>/g)?.length ?? 0);
          expect(sent.match(/<code\b/g)?.length ?? 0).toBe(sent.match(/<\/code>/g)?.length ?? 0);
        }
      }
    });

    it('changes nothing the second time', () => {
      const once = markdownOf(text, [], CRAFT_URL);
      expect(markdownOf(once, [], CRAFT_URL).trim()).toBe(once.trim());
    });
  });
});

describe('connectors/text/craftText: by example', () => {
  const related = [
    {
      craftUrl: 'https://app.craft.io/item/CRK-2',
      devItem: { id: 'u2', key: 'MOB-12', url: 'https://km.example/MOB/12', scope: null },
    },
    { craftUrl: 'https://app.craft.io/item/CRK-3?view=1', devItem: { id: 'u3', key: null, url: null, scope: null } },
  ];

  it.each([
    ['html', '<p>a</p>'],
    ['html', '  <!-- x --><DIV>a</DIV>'],
    ['html', 'Hello <b>world</b><br>next'],
    ['html', '<h1># a</h1>\n\n- b'],
    ['plain', 'a < b and Array<string>, Map<a, b>, List<b>, Promise<p>'],
    ['plain', 'the tag <p> is a paragraph'],
    ['plain', 'one\ntwo\n\nthree https://example.org'],
    ['markdown', 'use `<b>x</b>` here'],
    ['markdown', '# Title\n\n<b>bold</b> and more'],
    ['markdown', '```\n<p>a</p>\n```'],
    ['markdown', 'a **b** c<br>d'],
  ] as const)('finds %s in %j', (kind, text) => {
    expect(readCraftText(text).kind).toBe(kind);
  });

  it('leaves Markdown that needs no change as its author wrote it', () => {
    const text = '* a\n* b __c__\n\n1) d\n\n```js\n@x = {}\n```\n'.replace('@x', 'x');
    expect(markdownOf(text)).toBe(text);
    expect(markdownOf(`${text}\n@ann`)).not.toContain('* a');
  });

  it('keeps nested lists, tables, links, code, tasks and line breaks of HTML', () => {
    expect(markdownOf(ORDINARY['HTML of an editor'] ?? '')).toBe(
      [
        '## Goal\n\nMake **sign in** *fast* & [good](https://example.org/a_b?c=1&d=2).  \nSoon.',
        '- by mail\n- by phone\n  - with a code',
        '3. three',
        '| Step | Who |\n| - | - |\n| 1\\|2 | Ann / Bob |',
        '```js\nconst a = 1 < 2;\n\n// {{ b }}\n```',
        '> quoted',
        '- [x] done\n- [ ] open',
      ].join('\n\n'),
    );
  });

  it('writes the same as Textile, with signs that mean something as entities', () => {
    expect(textileOf(ORDINARY['HTML of an editor'] ?? '')).toBe(
      [
        'h2. Goal\n\nMake *sign in* _fast_ & "good":https://example.org/a_b?c=1&d=2.\nSoon.',
        '* by mail\n* by phone\n** with a code',
        '3. three',
        '|_. Step |_. Who |\n| 1&#124;2 | Ann / Bob |',
        '<pre><code class="js">\nconst a = 1 < 2;\n\n// {{ b }}\n</code></pre>',
        '> quoted',
        '* [x] done\n* [ ] open',
      ].join('\n\n'),
    );
    expect(textileOf('*a* well-known snake_case -5 "b":c\n\n\\# d `e<f>`')).toBe(
      '_a_ well-known snake_case -5 "b&#34;:c\n\n&#35; d <code>e<f></code>',
    );
  });

  it('writes the same as plain text', () => {
    expect(plainOf(ORDINARY['HTML of an editor'] ?? '')).toContain(
      'Make sign in fast & good (https://example.org/a_b?c=1&d=2).\nSoon.\n\n- by mail\n- by phone\n  - with a code\n\n3. three',
    );
  });

  it('drops what runs, loads or styles with everything inside, and keeps the words of unknown elements', () => {
    const html = '<p>a</p><script>alert(1)</script><style>p {}</style><svg><p>c</p></svg><x-y>b</x-y>';
    for (const write of Object.values(WRITERS)) expect(write(html)).toBe('a\n\nb');
  });

  it('keeps the line breaks of plain text', () => {
    expect(markdownOf('one\ntwo\n\nthree')).toBe('one  \ntwo\n\nthree');
    expect(plainOf('one\ntwo\n\nthree')).toBe('one\ntwo\n\nthree');
  });

  it('turns every picture into a named link, also where only Craft.io shows it', () => {
    const html =
      '<p><img src="/img/1.png" alt="Login"><img src="https://files.craft.io/2.png"> and ' +
      '<img src="https://cdn.example.org/p/shot.png?x=1"> <img src="data:image/png;base64,AAAA"></p>';
    expect(markdownOf(html, [], 'https://app.craft.io/item/CRK-1')).toBe(
      '[Picture in Craft.io: Login](https://app.craft.io/img/1.png) [Picture in Craft.io: 2.png](https://files.craft.io/2.png) and ' +
        '[Picture: shot.png](https://cdn.example.org/p/shot.png?x=1) [Picture](https://app.craft.io/item/CRK-1)',
    );
    expect(plainOf('![Login](/img/1.png)')).toBe('Picture in Craft.io: Login');
  });

  it('puts the dev item beside links and addresses of handed-over items', () => {
    const html =
      '<p>See <a href="https://app.craft.io/item/CRK-2/#c">that</a>, https://app.craft.io/item/CRK-3?view=1</p>';
    expect(markdownOf(html, related)).toBe(
      'See [that](https://app.craft.io/item/CRK-2/#c) ([MOB-12](https://km.example/MOB/12)), ' +
        '<https://app.craft.io/item/CRK-3?view=1> (u3)',
    );
    expect(markdownOf('See https://app.craft.io/item/CRK-2.', related)).toBe(
      'See <https://app.craft.io/item/CRK-2> ([MOB-12](https://km.example/MOB/12)).',
    );
    expect(textileOf('[a](https://app.craft.io/item/CRK-2) b', related)).toBe(
      '"a":https://app.craft.io/item/CRK-2 ("MOB-12":https://km.example/MOB/12) b',
    );
    expect(plainOf('[a](https://app.craft.io/item/CRK-3?view=1)', related)).toBe(
      'a (https://app.craft.io/item/CRK-3?view=1) (u3)',
    );
  });

  it.each([
    ['A &amp; B &lt;c&gt; &quot;d&quot; &#39;e&#39;', `A & B <c> "d" 'e'`],
    ['A &amp; <b>B</b> &lt;c&gt;', 'A &amp; <b>B</b> &lt;c&gt;'],
    ['Escape <script></script> in comments', 'Escape <script></script> in comments'],
    ['<title>Home</title> must differ per page', '<title>Home</title> must differ per page'],
    ['Support <video></video> in the editor', 'Support <video></video> in the editor'],
    ['Query a=1&copy=2', 'Query a=1&copy=2'],
    ['Replace &nbsp; and &amp; in exports', 'Replace &nbsp; and &amp; in exports'],
    ['Show &amp;amp; as it is', 'Show &amp; as it is'],
    ['AT&T & R&D', 'AT&T & R&D'],
    ['Report \u202efdp.exe', 'Report fdp.exe'],
    ['Pass\u00adword\u200b reset\ufeff \u2066now\u2069', 'Password reset now'],
    ['Half \ud83d of a pair', 'Half \ufffd of a pair'],
    ['Family 👩‍👩‍👧 and ⚙️ می‌خواهم', 'Family 👩‍👩‍👧 and ⚙️ می‌خواهم'],
    ['Sort Array<string> where a < b', 'Sort Array<string> where a < b'],
    ['*Not* _Markdown_ #1', '*Not* _Markdown_ #\u20601'],
    ['Ask @ann &#64;bob', 'Ask @\u2060ann &#64;bob'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['craft\u200bsync:a/1/1', 'craftsync\u2060:a/1/1'],
  ])('shows the title %j as %j', (title, shown) => {
    expect(titleOf(title)).toBe(shown);
  });

  const deep = 10_000;
  it.each([
    `${'<div>'.repeat(deep)}end${'</div>'.repeat(deep)}`,
    `${'<ul><li>x'.repeat(deep)}end`,
    `<p>${'<b>'.repeat(deep)}end`,
    `${'>'.repeat(deep)} end`,
    `${'**a '.repeat(deep)}${' b**'.repeat(deep)}end`,
    `<table>${'<tr>'.repeat(2)}${'<td>x'.repeat(deep)}end</table>`,
    ...['<', '[', '*', '` ', '<b>', '![](', '&#', '|a', '\n- '].map((part) => `${part.repeat(30_000)} end`),
  ])('reads even absurdly deep or long texts to their end: %#', (text) => {
    for (const write of Object.values(WRITERS)) {
      const written = write(text);
      expect(written).toContain('end');
      expect(written.length).toBeLessThan(12 * text.length);
    }
  });

  it.each(['<p>a</p>', 'a\n\n'])('takes 250,000 paragraphs of %j', (paragraph) => {
    for (const write of Object.values(WRITERS)) expect(write(paragraph.repeat(250_000))).toContain('a');
  });
});
