import MarkdownIt from 'markdown-it';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf, textileOf, titleOf } from '../../../src/connectors/text/craftText.js';
import { readCraftText } from '../../../src/connectors/text/craftTextKind.js';
import { craftLink, cutBefore, type Markup } from '../../../src/connectors/text/cut.js';
import { hasMarker, hasMarkerLine } from '../../../src/connectors/text/marker.js';
import { HOSTILE, MARKER, ORDINARY } from './documents.js';

const CRAFT_URL = 'https://app.craft.io/item/CRK-1';
const WRITERS = { markdown: markdownOf, textile: textileOf, plain: plainOf } as const satisfies Record<Markup, unknown>;
const ALL = Object.entries({ ...ORDINARY, ...HOSTILE });

/** Two renderers with HTML on: what either would run, load or link. */
function rendered(markdown: string): readonly string[] {
  const lenient = new MarkdownIt({ html: true, linkify: true });
  lenient.validateLink = () => true;
  return [lenient.render(markdown), marked.parse(markdown, { async: false, gfm: true })];
}

/** The tags of a rendered text, without what stands escaped in it. */
function tagsIn(html: string): string {
  return (html.match(/<[^>]*>/g) ?? []).join('\n');
}

const ADDRESS = /(?:href|src)="(?!https?:|mailto:|tel:)[^"]*"/i;

describe('connectors/text/craftText', () => {
  describe.each(ALL)('%s', (_, text) => {
    it('as Markdown runs nothing, loads nothing and leads nowhere but to pages', () => {
      for (const html of rendered(markdownOf(text))) {
        const tags = tagsIn(html);
        expect(tags).not.toMatch(/<(?:script|iframe|object|embed|form|style|svg|img|link|meta)\b/i);
        expect(tags).not.toMatch(/\son\w+\s*=/i);
        expect(tags).not.toMatch(ADDRESS);
        expect(html).not.toMatch(/<!--/);
      }
    });

    it.each(Object.keys(WRITERS) as Markup[])('as %s fakes no marker and calls nobody', (markup) => {
      const written = WRITERS[markup](text);
      const unescaped = written.replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)));
      for (const seen of [written, unescaped, plainOf(written), unescaped.replace(/[*_~`\\]/g, '')]) {
        expect(hasMarker(seen.toLowerCase(), MARKER) || hasMarkerLine(seen.toLowerCase(), MARKER)).toBe(false);
        expect(seen).not.toMatch(/(?<![\p{L}\p{N}_.=&/])@[\p{L}\p{N}_]/u);
      }
      if (markup === 'plain') return; // Nothing is interpreted there.
      expect(unescaped.replace(/<pre>.*?<\/pre>|```.*?```/gs, '')).not.toMatch(/\{\{|\[\[|(?<![\w&/])#\d/);
    });

    it.each(Object.keys(WRITERS) as Markup[])(
      'as %s lets the marker stand at the end, whole or cut anywhere',
      (markup) => {
        const written = WRITERS[markup](text, [], CRAFT_URL);
        const tail = [craftLink(CRAFT_URL, markup), MARKER];
        for (const limit of [200, 230, 260, 290, 320, 400, 100_000]) {
          const sent = cutBefore(written, limit, tail, CRAFT_URL, markup);
          expect(sent.length).toBeLessThanOrEqual(limit);
          expect(hasMarkerLine(sent, MARKER)).toBe(true);
          if (markup === 'markdown') {
            for (const html of rendered(sent)) expect(html).toMatch(new RegExp(`<p>${MARKER}</p>\\s*$`));
          }
          if (markup === 'textile') {
            expect(sent.match(/<pre>/g)?.length ?? 0).toBe(sent.match(/<\/pre>/g)?.length ?? 0);
            expect(sent.match(/<code\b/g)?.length ?? 0).toBe(sent.match(/<\/code>/g)?.length ?? 0);
          }
        }
      },
    );

    it('changes nothing the second time', () => {
      const once = markdownOf(text, [], CRAFT_URL);
      expect(markdownOf(once, [], CRAFT_URL).trim()).toBe(once.trim());
    });
  });
});
