/** Google Docs, Word and Outlook, as they put a document on the clipboard. */
import type { Case } from './cases.js';

export const GOOGLE_DOCS: readonly Case[] = [
  {
    is: 'a list beside the item that it belongs to',
    text: '<ul><li>Payments</li><ul><li>cards</li></ul><li>Shipping</li></ul>',
    markdown: '- Payments\n  - cards\n- Shipping',
    textile: '* Payments\n** cards\n* Shipping',
    plain: '- Payments\n  - cards\n- Shipping',
  },
  {
    is: 'a document in a <b> that is not bold, formatted by styles',
    text:
      '<b style="font-weight:normal;" id="docs-internal-guid-1"><h2><span style="font-weight:400;">Goal</span></h2><p>' +
      '<span style="font-weight:700;">Bold</span><span style="font-weight:400;">, </span><span style="font-style:italic;">' +
      'italic</span> <span style="text-decoration:line-through">gone</span> 10<span style="vertical-align:super;">6</span> ' +
      '<a href="https://example.org/"><span style="text-decoration:underline">link</span></a></p></b>',
    markdown: '## Goal\n\n**Bold**, *italic* ~~gone~~ 10⁶ [link](https://example.org/)',
    textile: 'h2. Goal\n\n*Bold*, _italic_ -gone- 10⁶ "link":https://example.org/',
    plain: 'Goal\n\nBold, italic ~~gone~~ 10⁶ link (https://example.org/)',
  },
  {
    is: 'footnotes, and a rule before them',
    text:
      '<p class="c4"><span class="c7">Rows: 5</span><sup class="c1"><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup><span ' +
      'class="c0">&nbsp;in all</span></p><hr class="c10"><div><p class="c5"><a href="#ftnt_ref1" id="ftnt1">[1]</a>' +
      '<span class="c2">&nbsp;Without drafts.</span></p></div>',
    markdown: 'Rows: 5[1]\u00a0in all\n\n---\n\n\\[1]\u00a0Without drafts.',
    plain: 'Rows: 5[1]\u00a0in all\n\n---\n\n[1]\u00a0Without drafts.',
  },
  {
    is: 'letters in an inner list',
    text: '<ol><li><p>n</p></li><ol><li style="list-style-type:lower-alpha"><p>m</p></li></ol></ol>',
    markdown: '1. n\n   - a. m',
  },
];

const BULLET = '<![if !supportLists]><span style="mso-list:Ignore">·<span>&nbsp;&nbsp;&nbsp; </span></span><![endif]>';

export const WORD: readonly Case[] = [
  {
    is: 'lists as paragraphs, with empty o:p elements and conditional comments',
    text:
      `<p class="MsoListParagraphCxSpFirst" style="mso-list:l0 level1 lfo1">${BULLET}First<o:p></o:p></p>\n` +
      '<p class="MsoListParagraphCxSpMiddle" style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">o<span>&nbsp; ' +
      '</span></span>Inner</p><p class="MsoListParagraphCxSpLast" style="mso-list:l1 level1 lfo2"><span ' +
      'style="mso-list:Ignore">3.<span>&nbsp;</span></span>Third</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>' +
      '<!--[if gte mso 9]><xml>x</xml><![endif]--><p>End</p>',
    markdown: '- First\n  - Inner\n\n3. Third\n\nEnd',
    textile: '* First\n** Inner\n\n3. Third\n\nEnd',
  },
  {
    is: 'bullets in the text itself, as Outlook on the web leaves them',
    text: '<p class="x_MsoListParagraph">·&nbsp;&nbsp; one</p><p class="x_MsoListParagraph">·&nbsp;&nbsp; two</p>',
    markdown: '- one\n- two',
  },
];

const LISTED = (mark: string, text: string, level = 1): string =>
  `<p class="MsoListParagraph" style="mso-list:l0 level${level} lfo1"><span style="mso-list:Ignore">${mark}<span>&nbsp;&nbsp;` +
  `</span></span>${text}</p>`;

export const WORD_NUMBERS: readonly Case[] = [
  {
    is: 'letters, Roman numbers and numbers of several levels, as they were seen',
    text:
      LISTED('a.', 'first') +
      LISTED('b.', 'second') +
      LISTED('iv)', 'inner', 2) +
      LISTED('(2)', 'other', 2) +
      LISTED('1.1.', 'deep') +
      LISTED('1.2', 'deeper'),
    markdown: '- a. first\n- b. second\n  - iv) inner\n  - (2) other\n- 1.1. deep\n- 1.2 deeper',
    textile: '* a. first\n* b. second\n** iv) inner\n** (2) other\n* 1.1. deep\n* 1.2 deeper',
    plain: '- a. first\n- b. second\n  - iv) inner\n  - (2) other\n- 1.1. deep\n- 1.2 deeper',
  },
  {
    is: 'numbers that begin elsewhere and do not follow each other',
    text: LISTED('3.', 'three') + LISTED('4.', 'four') + LISTED('7.', 'seven'),
    markdown: '3. three\n4. four\n\n7) seven',
    textile: '3. three\n4. four\n\n7. seven',
    plain: '3. three\n4. four\n\n7. seven',
  },
  {
    is: 'footnotes',
    text:
      '<p class="MsoNormal">Body<a style="mso-footnote-id:ftn1" href="#_ftn1" name="_ftnref1" title=""><span ' +
      'class="MsoFootnoteReference"><span style="mso-special-character:footnote"><![if !supportFootnotes]><span ' +
      'class="MsoFootnoteReference"><span style="font-size:12.0pt">[1]</span></span><![endif]></span></span></a> goes on.</p>' +
      '<div style="mso-element:footnote-list"><br clear="all"><hr align="left" size="1" width="33%"><div ' +
      'style="mso-element:footnote" id="ftn1"><p class="MsoFootnoteText"><a style="mso-footnote-id:ftn1" href="#_ftnref1" ' +
      'name="_ftn1" title=""><span class="MsoFootnoteReference">[1]</span></a> The note.</p></div></div>',
    markdown: 'Body[1] goes on.\n\n---\n\n\\[1] The note.',
  },
];

export const OUTLOOK: readonly Case[] = [
  {
    is: 'a page laid out with tables, paragraphs made of breaks',
    text: '<table><tr><td><table><tr><td>Hello<br><br>World</td></tr></table></td></tr></table><div class="x_a"><br></div><p>&nbsp;</p><p>End</p>',
    markdown: 'Hello\n\nWorld\n\nEnd',
    plain: 'Hello\n\nWorld\n\nEnd',
  },
];
