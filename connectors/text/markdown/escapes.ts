/**
 * Takes out the backslashes that a paragraph does not need: the writer sets one before every sign that could mean
 * something
 * somewhere, the parser knows what it means here. `5 * 3`, `[draft]` and `R&D` stay as they are.
 */
import { STRICT } from './parser.js';

/** Longer paragraphs, and all after so many characters, keep theirs. */
const LONG = 2_000;
const MAX_READ = 40_000;

const KINDS = ['_', '*', '[', ']', '`', '&', '\\', '~'] as const;

/** One for each text, since the time that it takes is limited. */
export class Escapes {
  private left = MAX_READ;

  /** The same paragraph with as few backslashes as it takes to mean the same. */
  needed(paragraph: string): string {
    if (!paragraph.includes('\\') || paragraph.length > Math.min(LONG, this.left)) return paragraph;
    const meant = this.meaningOf(paragraph);
    const bare = without(paragraph, KINDS);
    if (this.meaningOf(bare) === meant) return bare;
    return KINDS.reduce((kept, kind) => {
      const candidate = without(kept, [kind]);
      return candidate !== kept && this.meaningOf(candidate) === meant ? candidate : kept;
    }, paragraph);
  }

  private meaningOf(paragraph: string): string {
    this.left -= paragraph.length;
    return STRICT.renderInline(paragraph);
  }
}

/** Not at the beginning of a line, where a sign may begin a block, and not where other readers may see more. */
function without(paragraph: string, kinds: readonly string[]): string {
  const isLoneTilde = (paragraph.match(/~/g) ?? []).length === 1;
  return paragraph.replace(/(^[ \t]*|)\\([!-/:-@[-`{-~])/gm, (all, start: string, sign: string, at: number) => {
    const isAtStart = start !== '' || at === 0 || paragraph.charAt(at - 1) === '\n';
    if (isAtStart || !kinds.includes(sign)) return all;
    const next = paragraph.charAt(at + all.length);
    if (sign === '[' && (next === '^' || next === '[' || next === '\\')) return all;
    if (sign === '~' && !isLoneTilde) return all;
    return sign;
  });
}
