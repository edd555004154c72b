/** Markdown and plain text as people type them. */
import type { Case } from './cases.js';

export const MARKDOWN: readonly Case[] = [
  {
    is: 'items indented by less and by more than their parent’s text',
    text: '# T\n\n1. one\n  - sub\n2. two\n\n- a\n        - b',
    markdown: '# T\n\n1. one\n   - sub\n2. two\n\n- a\n  - b',
  },
  {
    is: 'signs that are no marks in a text with marks',
    text: '**T** Limit is 5*3*2 GB, snake_case_x [x] a * b ~5 R&D @ann',
    markdown: '**T** Limit is 5\\*3\\*2 GB, snake_case_x [x] a \\* b ~5 R&D @\u2060ann',
    plain: 'T Limit is 5*3*2 GB, snake_case_x [x] a * b ~5 R&D @\u2060ann',
  },
  {
    is: 'footnotes, as they are written',
    text: '# T\n\nSee[^1] and[^note].\n\n[^1]: One *note*\n[^note]: two',
    markdown: '# T\n\nSee\\[^1] and\\[^note].\n\n\\[^1]: One *note*\n\n\\[^note]: two',
    plain: 'T\n\nSee[^1] and[^note].\n\n[^1]: One note\n\n[^note]: two',
  },
  {
    is: 'words marked in Chinese and Korean, whose words have no blanks between them',
    text: '請點擊**這裡**完成\n**重点**：内容\n**서울**은 `코드`를',
    markdown: '請點擊**這裡**完成\n**重点**：内容\n**서울**은 `코드`를',
  },
  {
    is: 'quotes in quotes, a list from five, a checked item in an item',
    text: '> a\n> > b\n\n5. five\n6. six\n\n- x\n  - [x] y',
    markdown: '> a\n>\n> > b\n\n5. five\n6. six\n\n- x\n  - [x] y',
    plain: '> a\n>\n> > b\n\n5. five\n6. six\n\n- x\n  - [x] y',
  },
  {
    is: 'a signature after two hyphens',
    text: '# T\n\nAnn\n--\nx',
    markdown: '# T\n\nAnn\n\\--\nx',
  },
];

export const PLAIN: readonly Case[] = [
  {
    is: 'an address beside signs',
    text: 'see https://example.org/a_b and __init__, https://example.org/x?a=%C3%BC',
    markdown: 'see <https://example.org/a_b> and \\_\\_init\\_\\_, https://example.org/x?a=%C3%BC',
    plain: 'see https://example.org/a_b and __init__, https://example.org/x?a=%C3%BC',
  },
  {
    is: 'patterns of files, stars in quotation marks, words multiplied in Japanese',
    text: 'src/**/*.ts, lib/**/*.js, "**" or "**", 長さ*幅*高さ',
    markdown: 'src/\\*\\*/\\*.ts, lib/\\*\\*/\\*.js, "\\*\\*" or "\\*\\*", 長さ\\*幅\\*高さ',
    plain: 'src/**/*.ts, lib/**/*.js, "**" or "**", 長さ*幅*高さ',
  },
  {
    is: 'stars between digits',
    text: 'Limit is 5*3*2 GB',
    markdown: 'Limit is 5\\*3\\*2 GB',
    textile: 'Limit is 5*3*2 GB',
    plain: 'Limit is 5*3*2 GB',
  },
  {
    is: 'stars in words',
    text: 'Nutzer*innen und Admin*innen',
    markdown: 'Nutzer\\*innen und Admin\\*innen',
    textile: 'Nutzer*innen und Admin*innen',
    plain: 'Nutzer*innen und Admin*innen',
  },
  {
    is: 'a list between lines, a signature, paths, generics and addresses',
    text: 'please fix:\n- a\n- b\nThanks\n--\nAnn\n\nC:\\new\\_x and <T> List<b> a < b && c &amp; https://example.org/_foo_/x*y',
    markdown:
      'please fix:\n\n- a\n- b\n\nThanks  \n\\--  \nAnn\n\nC:\\new\\\\_x and \\<T> List\\<b> a < b && c \\&amp; <https://example.org/_foo_/x*y>',
    plain:
      'please fix:\n\n- a\n- b\n\nThanks\n--\nAnn\n\nC:\\new\\_x and <T> List<b> a < b && c &amp; https://example.org/_foo_/x*y',
  },
  { is: 'a comparison at the start of a line', text: '> 50 users', markdown: '\\> 50 users', plain: '> 50 users' },
  {
    is: 'numbers that do not follow each other',
    text: '1. a\n3. b\n7. c',
    markdown: '1\\. a  \n3\\. b  \n7\\. c',
    plain: '1. a\n3. b\n7. c',
  },
  {
    is: 'names between underscores',
    text: 'see __init__ and _x',
    markdown: 'see \\_\\_init\\_\\_ and \\_x',
    plain: 'see __init__ and _x',
  },
  {
    is: 'a call that looks like a link',
    text: 'call handlers[i](event)',
    markdown: 'call handlers[i]\\(event)',
    plain: 'call handlers[i](event)',
  },
];
