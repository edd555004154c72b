/**
 * How long it takes to turn texts of Craft.io into a dev tool's markup: 1 MB of an ordinary document, and 1 MB each of
 * what parsers are known to choke on. `npm run bench -- bench/texts.bench.ts`.
 */
import { describe, it } from 'vitest';
import { markdownOf, plainOf, textileOf, titleOf } from '../connectors/text/craftText.js';
import { fitBefore } from '../connectors/text/cut.js';

const MEGABYTE = 1_000_000;
const MARKER = 'craftsync:mobile/2305843010635321210/1';

function filled(part: string, length = MEGABYTE): string {
  return part.repeat(Math.ceil(length / part.length)).slice(0, length);
}

const ORDINARY_HTML =
  '<h2>Sign in</h2><p>As a <b>customer</b> I want to <a href="https://example.org/a">sign in</a> &amp; stay.<br>Soon.</p>' +
  '<ul><li>by mail</li><li>by phone<ul><li>with a code</li></ul></li></ul>' +
  '<table><tr><th>Step</th><th>Who</th></tr><tr><td>1</td><td>Ann</td></tr></table><pre><code>a &lt; b</code></pre>';
const ORDINARY_MARKDOWN =
  '## Sign in\n\nAs a **customer** I want to [sign in](https://example.org/a) & stay, see https://example.org/b_c.\n\n' +
  '- by mail\n- by phone\n  - with a code\n\n| Step | Who |\n| --- | --- |\n| 1 | Ann |\n\n```js\na < b\n```\n\n';

const TEXTS: Readonly<Record<string, string>> = {
  'ordinary HTML': filled(ORDINARY_HTML),
  'ordinary Markdown': filled(ORDINARY_MARKDOWN),
  'plain lines': filled('The quick brown fox jumps over the lazy dog.\n'),
  'one HTML paragraph of words': `<p>${filled('word ')}</p>`,
  '10,000 nested <div>': `${'<div>'.repeat(10_000)}x${'</div>'.repeat(10_000)}`,
  '10,000 nested <b>': `${'<b>'.repeat(10_000)}x${'</b>'.repeat(10_000)}`,
  '10,000 nested <ul><li>': `${'<ul><li>x'.repeat(10_000)}${'</li></ul>'.repeat(10_000)}`,
  '10,000 nested <blockquote>': `${'<blockquote>x'.repeat(10_000)}${'</blockquote>'.repeat(10_000)}`,
  '10,000 nested tables': `${'<table><tr><td>x'.repeat(10_000)}${'</td></tr></table>'.repeat(10_000)}`,
  '10,000 nested >': `${'>'.repeat(10_000)} x`,
  '10,000 nested lists': Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(2 * (depth % 500))}- x`).join('\n'),
  'unclosed <b>': `<p>${filled('<b>')}</p>`,
  'unclosed <b> with attributes, and <p>': `<p></p>${Array.from({ length: 40_000 }, (_, at) => `<b id=${at}><p>x`).join('')}`,
  'crossed <b><i>': `<p></p>${filled('<b><i></b></i>')}`,
  'end tags of nothing': `<p>${filled('</i>')}</p>`,
  'cells in one row and rows of one cell': `<table></table><table><tr>${'<td>x'.repeat(50_000)}</tr>${'<tr><td>y</tr>'.repeat(50_000)}`,
  'a cell of colspan 1,000,000': `<table></table>${'<table><tr><td colspan=1000000>x</td></tr></table>'.repeat(10_000)}`,
  'HTML comments': `<p></p>${filled('<!--')}`,
  'HTML entities': `<p>${filled('&amp;')}</p>`,
  'broken entities': filled('&a'),
  attributes: `<p></p><a ${filled('x="1" ')}>y</a>`,
  'spaces in HTML': `<p>a${filled(' ')}b</p>`,
  'lines of spaces in <b>': `<p></p>${filled('<b> \n </b>')}`,
  '<': filled('<'),
  '<a': filled('<a '),
  '<p after text': `x ${filled('<p ')}</p>`,
  '<b> in Markdown': `x ${filled('<b>')}`,
  '<b></i> in Markdown': `x ${filled('<b></i>')}`,
  '[': filled('['),
  ']': filled(']'),
  '[]': filled('[]'),
  '[a](': filled('[a]('),
  '[a](<': filled('[a](<'),
  '![': filled('!['),
  '![a](b': filled('![a]('),
  '*': filled('*'),
  '*a ': filled('*a '),
  'a** ': filled('a** '),
  '*a_ ': filled('*a_ '),
  '*a**b': filled('*a**b'),
  '**a *a': filled('**a *a '),
  '~~a': filled('~~a '),
  '`': filled('`'),
  'runs of ` of all lengths': Array.from({ length: 1_400 }, (_, at) => `${'`'.repeat(at + 1)} `).join(''),
  '>': filled('> '),
  '- ': filled('- '),
  'lists of -, *, +': filled('- x\n* x\n+ x\n'),
  '|': filled('|'),
  'a table of many columns': `${filled('|a', 50_000)}\n${filled('|-', 50_000)}\n${filled('|b\n', 500_000)}`,
  '# ': filled('# \n'),
  '&': filled('&'),
  '\\': filled('\\'),
  '@': filled('@'),
  '@a': filled('@a '),
  'http://': filled('http://'),
  'http://a': filled('http://a.b/c '),
  'mailto:': filled('mailto:a@'),
  'one long word': filled('x'),
  craftsync: filled('craftsync'),
  'craftsync: and invisible': filled('c\u200br\u200b'),
  invisible: filled('\u200b'),
  'new lines': filled('\n'),
  tabs: filled('\t'),
  spaces: filled(' '),
  'reference definitions': Array.from({ length: 40_000 }, (_, at) => `[${at}]: /x\n`).join(''),
  'uses of one definition': `[a]: ${filled('x', 1_000)}\n\n${filled('[a] ', 500_000)}`,
  'an open fence': `\`\`\`\n${filled('x\n')}`,
  'many open fences': filled('```\n~~~\n'),
  'a picture inside the text': `<p>x<img src="data:image/png;base64,${filled('A')}"></p>`,
  'a picture inside the Markdown': `x ![a](data:image/png;base64,${filled('A')})`,
  '1 MB of code': `<pre><code>${filled('let a = b;\n')}</code></pre>`,
  '"': filled('"a":b '),
  '(': filled('('),
  'setext lines': filled('a\n=\n'),
  'emphasis of links': filled('*[a](b)* '),
  'nested strong': `${'**a '.repeat(3_000)}${' b**'.repeat(3_000)}`,
  '250,000 HTML paragraphs': '<p>a</p>'.repeat(250_000),
  '250,000 Markdown paragraphs': 'a\n\n'.repeat(250_000),
  'spans of many columns': '<table><tr><td colspan=50 rowspan=50>x</td></tr></table>'.repeat(2_000),
  'attributes of many names': `<a ${Array.from({ length: 50_000 }, (_, at) => `x${at}=1`).join(' ')}>y</a>`,
  NUL: filled('\u0000'),
  'lone surrogates': filled('\ud800'),
};

const WRITERS = { markdownOf, textileOf, plainOf, titleOf } as const;

describe('bench/texts', () => {
  it('prints milliseconds and MiB of heap for each text and markup', () => {
    const only = process.env['CRAFTSYNC_BENCH_TEXT'];
    for (const [name, text] of Object.entries(TEXTS)) {
      if (only !== undefined && name !== only) continue;
      const cells = Object.entries(WRITERS).map(([writer, write]) => {
        const before = process.memoryUsage().heapUsed;
        const startedMs = performance.now();
        const written = write(text);
        fitBefore(written, 30_000, [MARKER], null);
        const tookMs = Math.round(performance.now() - startedMs);
        const heap = Math.round((process.memoryUsage().heapUsed - before) / 1024 / 1024);
        return `${writer} ${tookMs} ms, ${heap} MiB, ${written.length}`;
      });
      process.stdout.write(`${name.padEnd(40)} ${cells.join(' | ')}\n`);
    }
  });
});
