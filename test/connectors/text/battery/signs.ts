/** Signs that must not be lost or read as others: struck, raised and lowered words, marks, code, angle brackets. */
import type { Case } from './cases.js';

export const STRUCK: readonly Case[] = [
  {
    is: 'a struck digit inside a number',
    text: '<p>1<s>0</s>2</p>',
    markdown: '1\\~\\~0\\~\\~2',
    plain: '1~~0~~2',
  },
  {
    is: 'a struck digit in a text with other marks, and words struck and inserted',
    text: '<p><b>T</b> 1<s>0</s>2, <del>old</del><ins>new</ins></p>',
    markdown: '**T** 1~~0~~2, ~~old~~new',
    plain: 'T 1~~0~~2, ~~old~~new',
  },
  {
    is: 'words struck by style, in headings, blocks and links',
    text:
      '<h2 style="text-decoration:line-through">Old</h2><div style="text-decoration: line-through"><p>a</p><p>b</p></div>' +
      '<p><a href="https://e.org" style="text-decoration:line-through">gone</a></p>',
    markdown: '## ~~Old~~\n\n~~a~~\n\n~~b~~\n\n[~~gone~~](https://e.org)',
  },
  {
    is: 'struck code, and words struck inside code',
    text: '<s><pre>x\ny</pre></s><p><code>1<s>0</s>2</code></p>',
    markdown: '~~`x`~~  \n~~`y`~~\n\n`1~~0~~2`',
    plain: '~~x~~\n~~y~~\n\n1~~0~~2',
  },
];

export const RAISED: readonly Case[] = [
  {
    is: 'letters without a sign of their own, ordinals, trade marks',
    text:
      '<p>V<sub>e</sub>, x<sup>k+1</sup>, x<sup>n+1</sup>, 1<sup>st</sup>, XIX<sup>e</sup>, e<sub>1</sub>, H<sub>a</sub>, ' +
      'x<sup>a</sup>, Tool<sup>TM</sup></p>',
    markdown: 'V_e, x^(k+1), xⁿ⁺¹, 1st, XIXe, e₁, H_a, x^a, Tool™',
  },
  {
    is: 'fractions and powers in MathML, and formulas in attributes',
    text:
      '<p><math><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>+</mo><msup><mi>x</mi><mn>2</mn></msup></math> ' +
      '<tiny-math-inline formula="S_\\delta"></tiny-math-inline></p>',
    markdown: '1/2+x² S_\\delta',
    plain: '1/2+x² S_\\delta',
  },
];

export const MARKS: readonly Case[] = [
  {
    is: 'in Chinese, Japanese and Korean, whose words have no blanks between them',
    text: '<p>請點擊<strong>「這裡」</strong>完成</p><p>在<b>中文</b>里<code>代码</code>中</p><p>중요<b>(주의)</b>는</p><p>中<i>文</i>中</p>',
    markdown: '請點擊「**這裡**」完成\n\n在**中文**里`代码`中\n\n중요(**주의**)는\n\n中*文*中',
  },
  {
    is: 'in Chinese alone',
    text: '<p>在<b>中文</b>里</p>',
    markdown: '在**中文**里',
  },
  {
    is: 'that end with punctuation or a symbol before a letter',
    text: '<p><strong>Note:</strong>the key and <b>Done ✅</b>now, <b>"x"</b>y</p>',
    markdown: '**Note**:the key and **Done** ✅now, "**x**"y',
  },
  {
    is: 'in marks, beside marks, around code, between digits',
    text: '<p><b>a<i>b</i></b>c <b>x</b><i>y</i> <b>foo <code>x</code></b>y 5<b>3</b>2 <b>ok</b></p>',
    markdown: '**a**bc **x**y **foo** `x`y 532 **ok**',
  },
  {
    is: 'inside words alone, where they would be signs again',
    text: '<p>un<b>believ</b>able, x<code>c</code>y</p>',
    markdown: 'unbelievable, xcy',
  },
];

export const CODE: readonly Case[] = [
  {
    is: 'several lines in a paragraph, alone and beside words',
    text:
      '<p>Run <code>npm ci<br>npm test</code> now</p><p><code>a<br>b</code></p><p>x <b><code>c<br>d</code></b> y</p>' +
      '<ul><li>z <kbd>e<br>f</kbd></li></ul>',
    markdown: 'Run `npm ci`  \n`npm test` now\n\n```\na\nb\n```\n\nx\n\n```\nc\nd\n```\n\ny\n\n- z `e`  \n  `f`',
    plain: 'Run npm ci\nnpm test now\n\na\nb\n\nx\n\nc\nd\n\ny\n\n- z e\n  f',
  },
  {
    is: 'neighbours, blanks and backticks at its ends',
    text: '<p><code>a</code><code>b</code> x<code> c </code>y <code>`d`</code> <code>`</code> <b><code>e</code></b><code>f</code></p>',
    markdown: '`ab` x `c` y `` `d` `` `` ` `` **`e`**`f`',
  },
  {
    is: 'links inside it',
    text: '<p><code><a href="https://e.org/f">f()</a></code> and <code>g(<a href="https://e.org/h">h</a>)</code></p>',
    markdown: '[`f()`](https://e.org/f) and `g(`[`h`](https://e.org/h)`)`',
  },
];

export const BRACKETS: readonly Case[] = [
  {
    is: 'generics, placeholders, addresses and names of elements beside a real break',
    text:
      'Use List<T> or Map<K, V>,<br>ask <your name> at <ann@example.org> or <https://example.org/a?b=1&amp;c=2>, ' +
      'set <title> and <a-b>',
    markdown:
      'Use List\\<T> or Map\\<K, V>,  \nask \\<your name> at \\<ann@example.org> or <https://example.org/a?b=1&c=2>, ' +
      'set \\<title> and \\<a-b>',
    plain:
      'Use List<T> or Map<K, V>,\nask <your name> at <ann@example.org> or https://example.org/a?b=1&c=2, ' +
      'set <title> and <a-b>',
  },
  {
    is: 'XML that was typed into an editor, and a tag that never ends',
    text: '<p>Send <note to="x"><body-text>hi</body-text></note><br>and <T',
    markdown: 'Send \\<note to="x">hi\\</note>  \nand \\<T',
    plain: 'Send <note to="x">hi</note>\nand <T',
  },
  {
    is: 'elements of editors and of old HTML',
    text: '<p><o:p>a</o:p> <font color="red">b</font> <center>c</center><my-widget>d</my-widget> <st1:place>e</st1:place></p>',
    markdown: 'a b\n\nc\n\nd e',
  },
];
