import { describe, expect, it } from 'vitest';
import { craftLink, cutBefore, oneLine } from '../../../connectors/text/cut.js';
import { hasMarker, hasMarkerLine } from '../../../connectors/text/marker.js';
import { neutralise } from '../../../connectors/text/neutralise.js';

const MARKER = 'craftsync:mobile/2305843010635321210/1';

describe('connectors/text/text', () => {
  describe('neutralise', () => {
    it.each([MARKER, `x ${MARKER}`, MARKER.replace(':', '\\:'), `<${MARKER}>`, `\`${MARKER}\``])(
      'removes the meaning of the marker from %s',
      (text) => {
        expect(hasMarkerLine(text, MARKER) || hasMarker(text, MARKER)).toBe(true);
        const harmless = neutralise(text);
        expect(hasMarkerLine(harmless, MARKER) || hasMarker(harmless, MARKER)).toBe(false);
        expect(harmless.replaceAll('\u2060', '')).toBe(text);
      },
    );

    it('makes mentions harmless and leaves addresses and prose as they are', () => {
      expect(neutralise('ask @ann, (@bob) or <@U123>')).toBe('ask @\u2060ann, (@\u2060bob) or <@\u2060U123>');
      for (const text of [
        'write to ann.o-k+x@mail.example.org',
        'https://medium.com/@ann/post?x=@y',
        '5 @ 3, a @ b',
        'craftsync: a service',
        'ann@host',
      ]) {
        expect(neutralise(text)).toBe(text);
      }
    });

    it('takes linear time', () => {
      const startedMs = Date.now();
      for (const text of [
        'x'.repeat(1_000_000),
        'a@'.repeat(500_000),
        'http://'.repeat(100_000),
        '`'.repeat(1_000_000),
      ]) {
        cutBefore(neutralise(text), 30_000, [MARKER], null);
        hasMarkerLine(text, MARKER);
        oneLine(text, 250);
      }
      expect(Date.now() - startedMs).toBeLessThan(3_000);
    });

    it('changes nothing the second time', () => {
      const once = neutralise(`@ann ${MARKER}`);
      expect(neutralise(once)).toBe(once);
    });
  });

  describe('markers', () => {
    it('counts only as a whole line', () => {
      expect(hasMarkerLine(`Text\r\n\r\n  ${MARKER}  \n`, MARKER)).toBe(true);
      expect(hasMarkerLine(`Text\n${MARKER}0`, MARKER)).toBe(false);
      expect(hasMarkerLine(`Text\n${MARKER}/2`, MARKER)).toBe(false);
      expect(hasMarkerLine(`see ${MARKER}`, MARKER)).toBe(false);
      expect(hasMarkerLine(`craftsync:mobile/1/10`, 'craftsync:mobile/1/1')).toBe(false);
    });

    it('survives what Markdown editors do to a line', () => {
      for (const line of [`<${MARKER}>`, `\`${MARKER}\``, MARKER.replace(':', '\\:').replaceAll('/', '\\/')]) {
        expect(hasMarkerLine(`Text\n\n${line}`, MARKER)).toBe(true);
      }
    });

    it('may be anywhere in a comment, but not as part of a longer one', () => {
      const comment = 'craftsync:item-sync:mobile:23#drift-1';
      expect(hasMarker(`Changed in Craft.io (${comment}).`, comment)).toBe(true);
      expect(hasMarker(`Changed ${comment}0`, comment)).toBe(false);
      expect(hasMarker(`Changed ${comment}-b then ${comment}`, comment)).toBe(true);
      expect(hasMarker(`x${comment}`, comment)).toBe(false);
    });
  });

  describe('cutBefore', () => {
    const url = 'https://app.craft.io/item/1';

    it('leaves a text that fits whole, with the tail as paragraphs of its own', () => {
      expect(cutBefore('Text', 1_000, [craftLink(url), MARKER], url)).toBe(`Text\n\n[Craft.io](${url})\n\n${MARKER}`);
      expect(cutBefore('', 1_000, [MARKER], null)).toBe(MARKER);
    });

    it('cuts 1 MB to the limit, says so with a link, and ends with the whole marker', () => {
      const cut = cutBefore('word '.repeat(200_000), 30_000, [MARKER], url);
      expect(cut.length).toBeLessThanOrEqual(30_000);
      expect(cut.length).toBeGreaterThan(29_000);
      expect(cut).toContain(`cut here: the whole text is in [Craft.io](${url})`);
      expect(cut.endsWith(`\n\n${MARKER}`)).toBe(true);
    });

    it('never splits a character', () => {
      for (let limit = 300; limit < 310; limit += 1) {
        const cut = cutBefore('🙂'.repeat(500), limit, [MARKER], url);
        expect(cut).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
        expect(cut.length).toBeLessThanOrEqual(limit);
      }
    });

    it('closes an open code block or comment, so that it cannot swallow the marker', () => {
      const fenced = cutBefore(`\`\`\`\`js\n${'x\n'.repeat(1_000)}\`\`\`\`\nafter`, 600, [MARKER], null);
      expect(fenced).toMatch(/x\n````\n\n… \*\(cut here/);
      expect(cutBefore('a\n~~~\nb', 1_000, [MARKER], null)).toBe(`a\n~~~\nb\n~~~\n\n${MARKER}`);
      expect(cutBefore('a\n```\nb\n```', 1_000, [MARKER], null)).toBe(`a\n\`\`\`\nb\n\`\`\`\n\n${MARKER}`);
      expect(cutBefore('a <!-- b', 1_000, [MARKER], null)).toBe(`a <!-- b -->\n\n${MARKER}`);
    });

    it('keeps the marker even where nothing else fits', () => {
      expect(cutBefore('text'.repeat(100), 60, [MARKER], url)).toBe(MARKER);
    });

    it('a link survives brackets in the address', () => {
      expect(craftLink('https://x/a(b) c')).toBe('[Craft.io](https://x/a%28b%29%20c)');
    });
  });

  describe('oneLine', () => {
    it('makes a title one line and cuts it with an ellipsis', () => {
      expect(oneLine(' A\r\n b\tc\u0000 ', 100)).toBe('A b c');
      expect(oneLine('🙂'.repeat(10), 10)).toBe('🙂🙂🙂🙂…');
      expect(oneLine('x'.repeat(10), 10)).toBe('x'.repeat(10));
    });
  });
});
