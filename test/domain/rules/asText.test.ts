import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { asText, linkTo } from '../../../domain/rules/asText.js';

/** GitHub's dialect, with bare addresses as links, as Temporal's UI reads it. */
const html = (markdown: string): string => marked.parse(markdown, { async: false, gfm: true });
const tagsIn = (rendered: string): string[] => [...rendered.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag ?? '');
const wordsIn = (rendered: string): string =>
  rendered
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const ATTACKS = [
  '![p](http://evil.example/p.png) [Log in again](http://evil.example)',
  'see http://evil.example or www.evil.example or mail a@evil.example',
  '<img src=x onerror=alert(1)><a href="http://evil.example">x</a>',
  '` ![p](http://evil.example/p.png) `` [x](http://evil.example) ```',
  'x`![p](http://evil.example/p.png)',
  'one\n\n# two\n\n- three\n\n[r]: http://evil.example\n[r]',
  '[x][r] ~~gone~~ **bold** _it_ | a | b |',
  '\\![p](http://evil.example)\\',
  '&lt;img&gt; &#91;x&#93;(http://evil.example)',
  '- [ ] task',
  '1. first',
  'note[^1]\n\n[^1]: http://evil.example',
];

describe('domain/rules/asText', () => {
  it.each(ATTACKS)('shows %j in Markdown as text alone, with all its words', (text) => {
    for (const [before, after] of [
      ['- Last error: ', '\n- What to do: wait'],
      ['', ''],
    ] as const) {
      const rendered = html(`${before}${asText(text)}${after}`);
      const tags = tagsIn(rendered).filter((tag) => tag !== 'code');
      expect(tags, rendered).toEqual(before === '' ? ['p'] : ['ul', 'li', 'li']);
      expect(wordsIn(rendered)).toContain(text.replaceAll(/\s+/g, ' ').trim());
    }
  });

  it('leaves plain words as they are', () => {
    for (const plain of ['Blocked: Effort is empty', 'E-12', 'Größe, 50% (no)'.replace(' (no)', ''), '状態', ''])
      expect(asText(plain)).toBe(plain);
  });

  it('takes out what turns the order of writing round or is not seen', () => {
    expect(asText('a\u202Eb\u001b]52;c;eA==\u0007c\u200bd')).toBe('ab]52;c;eA==cd'.replace(/^.*$/, '`$&`'));
  });

  it('links to pages only, and the address ends where it should', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '//evil.example',
      'http:///x',
      'x',
    ])
      expect(linkTo('E-1', url)).toBe('E-1');
    expect(linkTo('E-1', null)).toBe('E-1');
    for (const url of [
      'https://tool.example/a(b)c',
      'https://tool.example/a) ![p](http://evil.example/p.png',
      'https://tool.example/a>b<c "t"\\)',
      'https://tool.example/a\n\nb `x` ü',
    ]) {
      const rendered = html(`- ${linkTo('](http://evil.example) `E` ![p](x)', url)}`);
      expect(tagsIn(rendered).filter((tag) => tag !== 'code')).toEqual(['ul', 'li', 'a']);
      expect(rendered).toMatch(/<a href="https:\/\/tool\.example\/[^"\s()<>`]*">/);
    }
  });
});
