/** Quill, TipTap and CKEditor, as they store a text. */
import type { Case } from './cases.js';

export const QUILL: readonly Case[] = [
  {
    is: 'version 2: lists without nesting, of several kinds',
    text:
      '<ol><li data-list="bullet"><span class="ql-ui" contenteditable="false"></span>b</li><li data-list="ordered">one</li>' +
      '<li data-list="ordered" class="ql-indent-1">sub</li><li data-list="ordered">two</li><li data-list="checked">done</li>' +
      '<li data-list="unchecked">open</li></ol>',
    markdown: '- b\n\n1. one\n   1. sub\n2. two\n\n- [x] done\n- [ ] open',
    textile: '* b\n\n# one\n## sub\n# two\n\n* [x] done\n* [ ] open',
  },
  {
    is: 'version 1: indentation, ticks for a whole list, empty paragraphs, code',
    text:
      '<ul><li>a</li><li class="ql-indent-2">b</li></ul><p><br></p><ul data-checked="true"><li>c</li></ul>' +
      '<pre class="ql-syntax" spellcheck="false">x\n  y\n</pre>',
    markdown: '- a\n  - b\n\n* [x] c\n\n```\nx\n  y\n```',
  },
  {
    is: 'lines of code, and a video',
    text:
      '<div class="ql-code-block-container"><div class="ql-code-block" data-language="javascript">let a;</div>' +
      '<div class="ql-code-block" data-language="javascript">  b();</div></div>' +
      '<iframe class="ql-video" src="https://www.youtube.com/embed/x"></iframe>',
    markdown: '```javascript\nlet a;\n  b();\n```\n\n[Embedded page: www.youtube.com](https://www.youtube.com/embed/x)',
  },
];

export const TIPTAP: readonly Case[] = [
  {
    is: 'tasks in tasks',
    text:
      '<ul data-type="taskList"><li data-checked="true" data-type="taskItem"><label><input type="checkbox" checked><span></span>' +
      '</label><div><p>done</p><ul data-type="taskList"><li data-checked="false"><label><input type="checkbox"></label><div>' +
      '<p>in</p></div></li></ul></div></li></ul>',
    markdown: '- [x] done\n  - [ ] in',
    plain: '- [x] done\n  - [ ] in',
  },
];

export const CKEDITOR: readonly Case[] = [
  {
    is: 'a to-do list, a table in a figure, a video by its address',
    text:
      '<ul class="todo-list"><li><label class="todo-list__label"><input type="checkbox" disabled><span ' +
      'class="todo-list__label__description">ck</span></label></li></ul><figure class="table"><table><tbody><tr>' +
      '<td colspan="2">span</td></tr><tr><td>a</td><td>b</td></tr></tbody></table><figcaption>Cap</figcaption></figure>' +
      '<figure class="media"><oembed url="https://youtu.be/1"></oembed></figure>',
    markdown:
      '- [ ] ck\n\n| | |\n| - | - |\n| span | |\n| a | b |\n\nCap\n\n[Embedded page: youtu.be](https://youtu.be/1)',
    textile: '* [ ] ck\n\n| span |  |\n| a | b |\n\nCap\n\n"Embedded page: youtu.be":https://youtu.be/1',
  },
];
