import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf, textileOf } from '../../../../connectors/text/craftText.js';
import { ANY_HTML } from './anyHtml.js';
import type { Case } from './cases.js';
import { CONFLUENCE, NOTION } from './exports.js';
import { MARKDOWN, PLAIN } from './typed.js';
import { CKEDITOR, FROALA_TINYMCE_SLATE, QUILL, TIPTAP } from './webEditors.js';
import { GOOGLE_DOCS, OUTLOOK, WORD } from './wordProcessors.js';

const BATTERY: readonly (readonly [string, readonly Case[]])[] = [
  ['Google Docs', GOOGLE_DOCS],
  ['Word', WORD],
  ['Outlook', OUTLOOK],
  ['Quill', QUILL],
  ['TipTap', TIPTAP],
  ['CKEditor', CKEDITOR],
  ['Froala, TinyMCE and Slate', FROALA_TINYMCE_SLATE],
  ['Notion', NOTION],
  ['Confluence', CONFLUENCE],
  ['any editor', ANY_HTML],
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
