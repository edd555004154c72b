import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf, textileOf } from '../../../../connectors/text/craftText.js';
import { ANY_HTML } from './anyHtml.js';
import type { Case } from './cases.js';
import { CONFLUENCE, NOTION } from './exports.js';
import { BRACKETS, CODE, MARKS, RAISED, STRUCK } from './signs.js';
import { MARKDOWN, PLAIN } from './typed.js';
import { FROALA, SLATE, TINYMCE } from './moreEditors.js';
import { CKEDITOR, QUILL, TIPTAP } from './webEditors.js';
import { GOOGLE_DOCS, OUTLOOK, WORD, WORD_NUMBERS } from './wordProcessors.js';

const BATTERY: readonly (readonly [string, readonly Case[]])[] = [
  ['Google Docs', GOOGLE_DOCS],
  ['Word', [...WORD, ...WORD_NUMBERS]],
  ['Outlook', OUTLOOK],
  ['Quill', QUILL],
  ['TipTap', TIPTAP],
  ['CKEditor', CKEDITOR],
  ['Froala', FROALA],
  ['TinyMCE', TINYMCE],
  ['Slate', SLATE],
  ['Notion', NOTION],
  ['Confluence', CONFLUENCE],
  ['any editor', ANY_HTML],
  ['struck words', STRUCK],
  ['raised and lowered words', RAISED],
  ['marks', MARKS],
  ['code', CODE],
  ['angle brackets', BRACKETS],
  ['Markdown as people type it', MARKDOWN],
  ['plain text as people type it', PLAIN],
];

describe('connectors/text/battery/battery', () => {
  describe.each(BATTERY)('%s', (_, cases) => {
    it.each(cases)('is kept in Markdown, Textile and plain text: $is', ({ text, markdown, textile, plain }) => {
      expect(markdownOf(text)).toBe(markdown);
      if (textile !== undefined) expect(textileOf(text)).toBe(textile);
      if (plain !== undefined) expect(plainOf(text)).toBe(plain);
    });

    it.each(cases)('is the same when it is read again: $is', ({ markdown }) => {
      expect(markdownOf(markdown)).toBe(markdown);
    });
  });
});
