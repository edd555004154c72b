/**
 * Takes out the backslashes that a paragraph does not need: the writer sets one before every sign that could mean
 * something somewhere, the parser knows what it means here. `5 * 3`, `[draft]` and `R&D` stay as they are.
 */
import { decodeHTML } from 'entities';
import { STRICT } from './parser.js';

/** Longer paragraphs, and all after so many characters, keep theirs. */
const LONG = 2_000;
const MAX_READ = 40_000;

const KINDS = ['_', '*', '[', ']', '`', '&', '\\', '~'] as const;

/** One for each text, since the time that it takes is limited. */
export class Escapes {
  private left = MAX_READ;

  /** The same paragraph with as few backslashes as it takes to mean the same. A cell begins no line. */
  needed(paragraph: string, isCell = false): string {
    if (!paragraph.includes('\\') || paragraph.length > Math.min(LONG, this.left)) return paragraph;
    const meant = this.meaningOf(paragraph);
    const bare = without(paragraph, KINDS, isCell);
    if (this.meaningOf(bare) === meant) return bare;
    return KINDS.reduce((kept, kind) => {
      const candidate = without(kept, [kind], isCell);
      return candidate !== kept && this.meaningOf(candidate) === meant ? candidate : kept;
    }, paragraph);
  }

  /** Whether a reader of the paragraph sees these words and no sign more or less. */
  shows(paragraph: string, words: string): boolean {
    if (paragraph.length > Math.min(LONG, this.left)) return true;
    return bare(decodeHTML(this.meaningOf(paragraph).replace(/<[^>]*>/g, ''))) === bare(words);
  }

  private meaningOf(paragraph: string): string {
    this.left -= paragraph.length;
    return STRICT.renderInline(paragraph);
  }
}

function bare(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Not at the beginning of a line, where a sign may begin a block, and not where other readers may see more. */
function without(paragraph: string, kinds: readonly string[], isCell: boolean): string {
  const isLoneTilde = (paragraph.match(/~/g) ?? []).length === 1;
  return paragraph.replace(/(^[ \t]*|)\\([!-/:-@[-`{-~])/gm, (all, start: string, sign: string, at: number) => {
    const isAtStart = !isCell && (start !== '' || at === 0 || paragraph.charAt(at - 1) === '\n');
    if (isAtStart || !kinds.includes(sign)) return all;
    const next = paragraph.charAt(at + all.length);
    if (sign === '[' && (next === '^' || next === '[' || next === '\\')) return all;
    if (sign === '~' && !isLoneTilde) return all;
    return sign;
  });
}
