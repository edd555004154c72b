import { describe, expect, it } from 'vitest';
import { markdownOf, plainOf, textileOf } from '../../../../connectors/text/craftText.js';

const COLUMNS = 'Plan      Users   Price\nStarter   5       0\nBusiness  50      99';
const TREE = 'src\n├── a.ts\n│   └── b.ts\n└── c.ts';
const ASCII = 'src\n|-- a.ts\n|   +-- b.ts\n+-- c.ts';

describe('connectors/text/plain/layout', () => {
  it.each([COLUMNS, TREE, ASCII, 'a\tb\nlong\tc', '  x   1\n  yy  2'])('%j keeps its look in every markup', (text) => {
    for (const [before, after] of [
      ['', ''],
      ['See here:\n', '\nThat is all.'],
    ] as const) {
      const whole = `${before}${text}${after}`;
      expect(markdownOf(whole)).toContain(`\`\`\`\n${text}\n\`\`\``);
      expect(textileOf(whole)).toContain(`<pre>\n${text}\n</pre>`);
      expect(plainOf(whole)).toContain(text);
    }
    const once = markdownOf(text);
    expect(markdownOf(once)).toBe(once);
  });

  it.each([
    'One sentence.  And another.\nTwo words.   And others.',
    'A line with  one gap\nand one with none',
    'Name:  Ann\nWhat follows  is text',
    '- a   b\n- c   d',
    'a | b\nc -- d',
  ])('%j is no layout', (text) => {
    expect(markdownOf(text)).not.toContain('```');
    expect(textileOf(text)).not.toContain('<pre>');
  });
});
