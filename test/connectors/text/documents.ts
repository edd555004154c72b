/** Texts as Craft.io may hold them: what people write, and what somebody would write to do harm. */

export const MARKER = 'craftsync:mobile/2305843010635321210/1';

export const ORDINARY: Readonly<Record<string, string>> = {
  'HTML of an editor':
    '<h2>Goal</h2><p>Make <b>sign in</b> <i>fast</i> &amp; <a href="https://example.org/a_b?c=1&amp;d=2">good</a>.<br>Soon.</p>' +
    '<ul><li>by mail</li><li>by phone<ul><li>with a code</li></ul></li></ul><ol start="3"><li>three</li></ol>' +
    '<table><thead><tr><th>Step</th><th>Who</th></tr></thead><tbody><tr><td>1|2</td><td>Ann<br>Bob</td></tr></tbody></table>' +
    '<pre><code class="language-js">const a = 1 &lt; 2;\n\n// {{ b }}</code></pre><blockquote><p>quoted</p></blockquote>' +
    '<ul><li><input type="checkbox" checked> done</li><li><input type="checkbox"> open</li></ul>',
  Markdown:
    '## Goal\n\nMake **sign in** *fast* & [good](https://example.org/a_b?c=1&d=2).\n\n* by mail\n* by phone\n  * with a code\n\n' +
    '| Step | Who |\n| --- | --- |\n| 1 | Ann |\n\n```js\nconst a = 1 < 2;\n```\n\n> quoted\n\n- [x] done\n- [ ] open\n',
  'plain text':
    'First line\nsecond line with snake_case, 3 * 4 * 5 and C#\n\nList<b> and Array<string> of a < b && c > d',
  'Markdown with HTML':
    '# Goal\n\nA <b>bold</b> word,<br>a <kbd>key</kbd>, an <unknown> and\n\n<details>\n<summary>More</summary>\n\ninside\n\n</details>\n',
};

const SCHEMES = [
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '\u0001javascript:alert(1)',
  'javascript&colon;alert(1)',
  '&#106;avascript:alert(1)',
  '&#x6A&#x61;vascript:alert(1)',
  'java\u200bscript:alert(1)',
  'java&Tab;script:alert(1)',
  'vbscript:msgbox(1)',
  'data:text/html;base64,PHNjcmlwdD4=',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'blob:https://example.org/1',
];

export const HOSTILE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SCHEMES.map((url) => [`HTML link to ${JSON.stringify(url)}`, `<p><a href="${url}">x</a></p>`])),
  ...Object.fromEntries(
    SCHEMES.map((url) => [`Markdown link to ${JSON.stringify(url)}`, `**b** [x](${url}) [y](<${url}>)`]),
  ),
  ...Object.fromEntries(
    SCHEMES.map((url) => [`Markdown reference to ${JSON.stringify(url)}`, `**b** [x][1]\n\n[1]: <${url}>`]),
  ),
  ...Object.fromEntries(SCHEMES.map((url) => [`Markdown autolink to ${JSON.stringify(url)}`, `**b** <${url}>`])),
  ...Object.fromEntries(
    SCHEMES.map((url) => [`picture from ${JSON.stringify(url)}`, `**b** ![x](${url})\n\n<img src="${url}">`]),
  ),
  'script in HTML': '<p>a</p><script>alert(1)</script><p>b</p>',
  'script in Markdown': '# a\n\n<script>\nalert(1)\n\nalert(2)\n</script>\n\nb <script>alert(3)</script> c',
  'script without an end': '# a\n\n<script>alert(1)',
  'script in parts': '<scr<script></script>ipt>alert(1)</scr</script>ipt>',
  'script as entities': '&lt;script&gt;alert(1)&lt;/script&gt;',
  'script in an attribute': '<a title="</a><script>alert(1)</script>">x</a>',
  'script in a code block':
    '```html\n<script>alert(1)</script>\n```\n\n    <script>alert(2)</script>\n\n`<script>alert(3)</script>`',
  'script in svg': '<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)">x</a></svg>',
  'script in noscript': '<p>x</p><noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  handlers: '<p onclick="alert(1)">a</p><img src=x onerror=alert(1)><b onmouseover=alert(1)>b</b><svg onload=alert(1)>',
  'handlers in Markdown': '# a\n\n<img src=x onerror=alert(1)> <b onmouseover="alert(1)">b</b>',
  iframe:
    '<iframe src="https://evil.example"></iframe><object data=x></object><embed src=x><form action=x><input name=y></form>',
  style: '<style>p { display: none }</style><p style="background:url(javascript:alert(1))">a</p>',
  comments: '<p>a</p><!-- <script>alert(1)</script> --><!--> <p>b</p> --!><p>c</p>',
  'an open comment': '# a\n\nb <!-- c',
  'an open instruction': '# a\n\n<?php b',
  'open CDATA': '# a\n\n<![CDATA[ b',
  'an open fence': '# a\n\n```js\nb',
  'an open fence in a list': '- a\n\n  ~~~~\n  b',
  'a fence closed by less': '`````\nb\n```\nc',
  'an open fence in a quotation': '> ```\n> a',
  'an open pre': '# a\n\n<pre>b\n\nc',
  'an open pre in HTML': '<p>a</p><pre>b',
  'an open table': '| a |\n| - |\n| b',
  'an open link': '# a\n\n[b](https://example.org/c',
  'a definition': '[craftsync]: https://evil.example\n[Craft.io]: https://evil.example\n\n# a [craftsync]',
  'a definition at the end': '# a\n\n[b]:',
  footnotes: '# a [^1]\n\n[^1]: b',
  'a footnote at the end': '# a\n\n[^1]:',
  'a setext underline': 'a\n===\nb\n---',
  'Redmine macros': '# a {{toc}} {{include(x)}} {{collapse(y)\nz\n}} <b>{</b>{toc}}',
  'Redmine pages': '# a [[wiki|x]] #12 #13-4',
  Textile:
    'h1. a\n\nbq. b\n\nbc.. c\n\np(javascript). d "e":javascript:alert(1) !https://evil.example/p.png! %{color:red}f% @g@ |h|\n\n# i\n* j\n\n' +
    '<notextile><script>alert(1)</script></notextile> ==<b>k</b>==',
  'open notextile': '<notextile> a',
  'pre in pre': '```\n</pre><script>alert(1)</script><pre>\n</code>\n```',
  mentions: '@ann and (@bob) and **@cat** @**dan** <b>@eve</b> @\u200bfay &#64;gus &commat;hal \\@ida',
  'mentions in HTML': '<p>@ann @<b>bob</b> &#64;cat <span>@</span>dan @&#8203;eve</p>',
  'the marker': `# a\n\n${MARKER}\n\n<${MARKER}>\n\n\`${MARKER}\`\n\n- ${MARKER}`,
  'the marker in code': `# a\n\n\`\`\`\n${MARKER}\n\`\`\``,
  'the marker in HTML': `<p>${MARKER}</p><pre>${MARKER}</pre><code>${MARKER}</code>`,
  'the marker over tags': `<p>craft<b>sync</b>:mobile/2305843010635321210/1</p><p>craft<span></span>sync:mobile/2305843010635321210/1</p>`,
  'the marker over marks':
    '# a\n\ncraft**sync**:mobile/2305843010635321210/1\n\n*c*raftsync:mobile/2305843010635321210/1',
  'the marker over comments': '<p>craft<!-- -->sync:mobile/2305843010635321210/1</p>',
  'the marker as entities':
    '# a\n\n&#99;raftsync:mobile/2305843010635321210/1\n\ncraftsync&colon;mobile/2305843010635321210/1',
  'the marker with escapes':
    '# a\n\ncraftsync\\:mobile\\/2305843010635321210\\/1\n\n\\craftsync:mobile/2305843010635321210/1',
  'the marker with invisible signs':
    '# a\n\ncraft\u200bsync:mobile/2305843010635321210/1\n\ncraft\u00adsync\u2060\u200d:mobile/2305843010635321210/1\n\nc\u034fraftsync:mobile/2305843010635321210/1',
  'the marker in capitals': '# a\n\nCraftSync:mobile/2305843010635321210/1',
  'the marker as an address':
    '# a [b](craftsync:mobile/2305843010635321210/1) <craftsync:mobile/2305843010635321210/1>',
  'the marker in an address': '# a https://example.org/?craftsync:mobile/2305843010635321210/1',
  'the marker in an alternative text': '# a ![craftsync:mobile/2305843010635321210/1](x)',
  'text that reads backwards': '# a \u202eevitpecs\u202c \u2066b\u2069',
  controls: '# a\u0000b\u0008c\u001b[31md',
};
