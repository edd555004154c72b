/** Notion's export and Confluence's storage format. */
import type { Case } from './cases.js';

export const NOTION: readonly Case[] = [
  {
    is: 'a toggle, a to-do and a bookmark',
    text:
      '<details><summary>More</summary><p>inside</p></details><ul class="to-do-list"><li><div class="checkbox checkbox-on">' +
      '</div> <span class="to-do-children-checked">done</span></li></ul><figure><a href="https://e.org" class="bookmark source">' +
      '<div>Title</div><div>Desc</div></a></figure>',
    markdown: '**More**\n\ninside\n\n- [x] done\n\n[Title](https://e.org)\n\n[Desc](https://e.org)',
  },
];

export const CONFLUENCE: readonly Case[] = [
  {
    is: 'code, a task, links, a panel and a picture',
    text:
      '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">java</ac:parameter><ac:plain-text-body><![CDATA[' +
      'if (a < b && c) { x(); }\ny]]></ac:plain-text-body></ac:structured-macro><ac:task-list><ac:task><ac:task-id>1</ac:task-id>' +
      '<ac:task-status>complete</ac:task-status><ac:task-body><span>done</span></ac:task-body></ac:task></ac:task-list><p>' +
      '<ac:link><ri:page ri:content-title="Home"/></ac:link> and <ac:link><ri:page ri:content-title="H"/>' +
      '<ac:plain-text-link-body><![CDATA[the page]]></ac:plain-text-link-body></ac:link></p><ac:structured-macro ac:name="info">' +
      '<ac:parameter ac:name="title">Note</ac:parameter><ac:rich-text-body><p>body</p></ac:rich-text-body>' +
      '</ac:structured-macro><ac:image><ri:attachment ri:filename="a.png"/></ac:image>',
    markdown:
      '```java\nif (a < b && c) { x(); }\ny\n```\n\n- [x] done\n\nHome and the page\n\n> **Note**\n>\n> body\n\nPicture in Craft.io: a.png',
  },
];
