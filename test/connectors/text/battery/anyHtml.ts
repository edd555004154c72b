/** Elements that any editor may write. */
import type { Case } from './cases.js';

export const ANY_HTML: readonly Case[] = [
  {
    is: 'blocks in cells',
    text:
      '<table><tr><td><ul><li>Google works</li><li>Apple works</li></ul></td><td><p>Scope</p><p>Login only</p></td></tr>' +
      '<tr><td><div>a</div><div>b</div></td><td><h3>H</h3>text</td></tr></table>',
    markdown: '| | |\n| - | - |\n| • Google works • Apple works | Scope / Login only |\n| a / b | **H** / text |',
    textile: '| • Google works • Apple works | Scope / Login only |\n| a / b | *H* / text |',
    plain: '• Google works • Apple works | Scope / Login only\na / b | H / text',
  },
  {
    is: 'raised and lowered words',
    text: '<p>10<sup>6</sup> rows, 2<sup>53</sup>, 100<sup>1</sup> EUR, H<sub>2</sub>O, 1<sup>st</sup>, x<sub>ij</sub>, a<sup>b c</sup></p>',
    markdown: '10⁶ rows, 2⁵³, 100¹ EUR, H₂O, 1st, x_ij, a^(b c)',
    textile: '10⁶ rows, 2⁵³, 100¹ EUR, H₂O, 1st, x_ij, a^(b c)',
    plain: '10⁶ rows, 2⁵³, 100¹ EUR, H₂O, 1st, x_ij, a^(b c)',
  },
  {
    is: 'marks with blanks at their ends, and where they cannot hold',
    text: '<p><strong>key: </strong>value, hello<strong> world</strong> <strong>Note:</strong>the key 請點擊<strong>「這裡」</strong>完成操作</p>',
    markdown: '**key:** value, hello **world** **Note**:the key 請點擊「**這裡**」完成操作',
  },
  {
    is: 'numbers that do not count from 1 upwards',
    text: '<ol start="5"><li>five</li></ol><p>x</p><ol type="a" start="3"><li>c</li></ol><p>x</p><ol reversed><li>a</li><li>b</li></ol>',
    markdown: '5. five\n\nx\n\n- c. c\n\nx\n\n- 2\\. a\n- 1\\. b',
    textile: '5. five\n\nx\n\n* c. c\n\nx\n\n* 2. a\n* 1. b',
  },
  {
    is: 'struck words, where a mark holds and where not',
    text: '<p><s>500</s> 300 <del>"x"</del>y</p>',
    markdown: '~~500~~ 300 \\~\\~"x"\\~\\~y',
    plain: '~~500~~ 300 ~~"x"~~y',
  },
  {
    is: 'terms and their descriptions',
    text: '<dl><dt>Term</dt><dd>Def</dd></dl>',
    markdown: '- **Term**\n\n  Def',
  },
  {
    is: 'a table with a caption and a cell over two rows; a frame of one cell',
    text:
      '<table><caption>Cap</caption><tr><th>A</th><th>B</th></tr><tr><td rowspan="2">x</td><td>1</td></tr><tr><td>2</td></tr>' +
      '</table><table><tr><td>only</td></tr></table>',
    markdown: '**Cap**\n\n| A | B |\n| - | - |\n| x | 1 |\n| | 2 |\n\nonly',
  },
  {
    is: 'code that was pasted from an editor, and code in a list with a number',
    text:
      '<div style="font-family: Menlo, monospace; white-space: pre;"><div>const a = 1;</div><div>  b</div></div>' +
      '<ol><li>five<pre><code class="language-js">x</code></pre></li><li>six</li></ol>',
    markdown: '```\nconst a = 1;\n  b\n```\n\n1. five\n\n   ```js\n   x\n   ```\n\n2. six',
  },
  {
    is: 'marks around blocks',
    text: '<b><p>one</p><p>two</p></b>',
    markdown: '**one**\n\n**two**',
  },
  {
    is: 'cells with signs and addresses, and a table without a header',
    text:
      '<table><tr><td>https://e.org/?a=1&amp;b=2</td><td>[x] R&amp;D 5*3</td></tr><tr><td>b|c</td><td>a_b *d* ' +
      'https://e.org/_a_ <code>x|y</code></td></tr></table>',
    markdown:
      '| | |\n| - | - |\n| https://e.org/?a=1&b=2 | [x] R&D 5*3 |\n| b\\|c | a_b \\*d\\* <https://e.org/_a_> `x\\|y` |',
    plain: 'https://e.org/?a=1&b=2 | [x] R&D 5*3\nb|c | a_b *d* https://e.org/_a_ x|y',
  },
  {
    is: 'several terms with several descriptions, and rules between paragraphs',
    text: '<dl><dt>A</dt><dt>B</dt><dd>one</dd><dd>two</dd></dl><p>x</p><hr><p>y</p>',
    markdown: '- **A**\n\n  **B**\n\n  one\n\n  two\n\nx\n\n---\n\ny',
  },
  {
    is: 'every kind of embedded content as a link or its words',
    text:
      '<audio src="https://e.org/a.mp3"></audio><object data="https://e.org/b.pdf"></object><embed src="https://e.org/c.swf">' +
      '<video poster="p.png"><source src="https://e.org/d.webm"></video><iframe src="https://maps.example/e"></iframe>' +
      '<picture><source srcset="https://e.org/f.webp"><img src="https://e.org/f.png" alt="f"></picture><video>words</video>',
    markdown:
      '[Audio: a.mp3](https://e.org/a.mp3) [Embedded file: b.pdf](https://e.org/b.pdf) [Embedded file: c.swf](https://e.org/c.swf) ' +
      '[Video: d.webm](https://e.org/d.webm) [Embedded page: maps.example](https://maps.example/e) ' +
      '[Picture: f](https://e.org/f.png)words',
  },
  {
    is: 'a picture that links elsewhere, and a drawing with a title',
    text: '<p><a href="https://x.org/"><img src="https://y.org/a.png" alt="pic"></a> <svg><title>Icon</title><path d="x"/></svg></p>',
    markdown: '[Picture: pic](https://x.org/) ([picture](https://y.org/a.png)) [Icon]',
  },
];
