/** Froala, TinyMCE and Slate, as they store a text. */
import type { Case } from './cases.js';

export const FROALA: readonly Case[] = [
  {
    is: 'a video in a span',
    text: '<p><span class="fr-video"><video controls><source src="https://e.org/a.mp4">No video</video></span></p>',
    markdown: '[Video: a.mp4](https://e.org/a.mp4)',
  },
  {
    is: 'an embedded player, a file and a picture with a caption',
    text:
      '<p><span class="fr-video fr-deletable fr-fvc fr-dvb fr-draggable" contenteditable="false" draggable="true"><iframe ' +
      'width="640" height="360" src="https://www.youtube.com/embed/x?&amp;wmode=opaque" frameborder="0"></iframe></span></p>' +
      '<p><a class="fr-file" href="https://e.org/d/spec.pdf">spec.pdf</a></p><p><span class="fr-img-caption fr-fic fr-dib" ' +
      'style="width: 120px;"><span class="fr-img-wrap"><img src="https://e.org/a.png" alt="pic"><span class="fr-inner">' +
      'Fig. 1</span></span></span></p>',
    markdown:
      '[Embedded page: www.youtube.com](https://www.youtube.com/embed/x?&wmode=opaque)\n\n' +
      '[spec.pdf](https://e.org/d/spec.pdf)\n\n[Picture: pic](https://e.org/a.png)  \nFig. 1',
  },
  {
    is: 'emoji as backgrounds of spans',
    text:
      '<p>Good <span class="fr-emoticon fr-deletable fr-emoticon-img" style="background: ' +
      'url(https://cdnjs.cloudflare.com/ajax/libs/emojione/2.0.1/assets/svg/1f600.svg);">&nbsp;</span>, thanks</p>',
    markdown: 'Good 😀, thanks',
  },
  {
    is: 'a table with a cell over two columns and a header of styles, a rule, nested quotes',
    text:
      '<table class="fr-dashed-borders" style="width: 100%;"><thead><tr><th colspan="2">Both<br></th></tr></thead><tbody><tr>' +
      '<td style="width: 50.0000%;">a<br></td><td style="width: 50.0000%;" class="fr-highlighted"><br></td></tr></tbody></table>' +
      '<hr><blockquote class="fr-blockquote"><p>outer</p><blockquote><p>inner</p></blockquote></blockquote>',
    markdown: '| Both | |\n| - | - |\n| a | |\n\n---\n\n> outer\n>\n> > inner',
    textile: '|_. Both |_.  |\n| a |  |\n\n---\n\n> outer\n>\n> > inner',
    plain: 'Both |\na |\n\n---\n\n> outer\n>\n> > inner',
  },
];

export const TINYMCE: readonly Case[] = [
  {
    is: 'underlined by style, code with its language on the block',
    text: '<p><span style="text-decoration: underline;">u</span>&nbsp;</p><pre class="language-python"><code>x = 1</code></pre>',
    markdown: '*u*\n\n```python\nx = 1\n```',
  },
  {
    is: 'a checklist in a checklist, lists that are indented twice, Greek letters',
    text:
      '<ul class="tox-checklist"><li>One</li><li class="tox-checklist--checked">Two<ul class="tox-checklist"><li>In</li></ul>' +
      '</li></ul><p>x</p><ul><li>a<ul><li style="list-style-type: none;"><ul><li>b</li></ul></li></ul></li></ul><p>x</p>' +
      '<ol style="list-style-type: lower-greek;"><li>g</li><li>h</li></ol>',
    markdown: '- [ ] One\n- [x] Two\n  - [ ] In\n\nx\n\n- a\n  - b\n\nx\n\n- α. g\n- β. h',
    textile: '* [ ] One\n* [x] Two\n** [ ] In\n\nx\n\n* a\n** b\n\nx\n\n* α. g\n* β. h',
  },
  {
    is: 'footnotes, an accordion, emoji as pictures, an embedded page',
    text:
      '<p>5<sup id="footnote_1" class="mce-footnote"><a href="#footnotes_entry_1">1</a></sup> <img draggable="false" ' +
      'src="https://cdnjs.cloudflare.com/ajax/libs/twemoji/15.1.0/72x72/1f951.png" alt="🥑" data-emoticon="true" /></p>' +
      '<details class="mce-accordion"><summary>More</summary><p>body</p></details><div class="tiny-pageembed"><iframe ' +
      'title="Map" src="https://e.org/map"></iframe></div><div class="mce-footnotes"><hr /><ol><li id="footnotes_entry_1">' +
      '<a href="#footnote_1">^</a> The note</li></ol></div>',
    markdown: '5[1] 🥑\n\n**More**\n\nbody\n\n[Embedded page: Map](https://e.org/map)\n\n---\n\n1. The note',
  },
];

export const SLATE: readonly Case[] = [
  {
    is: 'spans, and signs without width in empty ones',
    text: '<div data-slate-node="element"><span data-slate-string="true">a</span><span data-slate-zero-width="z">\ufeff</span></div>',
    markdown: 'a',
  },
  {
    is: 'blocks, marked leaves, inline code and a link, as an editor shows them',
    text:
      '<blockquote data-slate-node="element"><span data-slate-node="text"><span data-slate-leaf="true"><span ' +
      'data-slate-string="true">quoted</span></span></span></blockquote><div data-slate-node="element"><span ' +
      'data-slate-node="text"><span data-slate-leaf="true"><strong><span data-slate-string="true">bold </span></strong></span>' +
      '<span data-slate-leaf="true"><code><span data-slate-string="true">code</span></code></span></span><a ' +
      'data-slate-node="element" data-slate-inline="true" href="https://e.org/"><span data-slate-zero-width="z">\ufeff</span>' +
      '<span data-slate-string="true">link</span></a></div>',
    markdown: '> quoted\n\n**bold** `code`[link](https://e.org/)',
  },
  {
    is: 'a serializer’s marks in marks and list items without paragraphs',
    text: '<ul><li><strong><u><em>all</em></u></strong> of it</li><li><code>x</code><code>y</code></li></ul>',
    markdown: '- **_all_** of it\n- `xy`',
  },
];
