/**
 * Looks at what was written with a parser: whether it means what was meant, and which backslashes it does not need. The
 * writer sets one before every sign that could mean something somewhere, the parser knows what it means here, so that
 * `5 * 3`, `[draft]` and `R&D` stay as they are.
 */
import { type Line, meaningOf, writtenMeaning } from './meaning.js';

/** Longer lines, and all after so many characters, keep what was written first. */
const LONG = 4_000;
const MAX_READ = 60_000;

const KINDS = ['_', '*', '[', ']', '`', '&', '\\', '~'] as const;

/** Nothing in it could be read as more than words. */
const WORDS_ALONE = /^(?![ \t]*(?:[-+#>=|:]|\d{1,9}[.)]))[^*_~`[\]<&\\\n]*$/;

/** One for each text, since the time that it takes is limited. */
export class Escapes {
  private left = MAX_READ;

  /** Whether all readers of the written line see what the line has. */
  shows(written: string, line: Line): boolean {
    if (WORDS_ALONE.test(written) || written.length > Math.min(LONG, this.left)) return true;
    return this.read(written, line.type) === meaningOf(line);
  }

  /** The same line with as few backslashes as it takes to mean the same. A cell begins no line. */
  needed(written: string, type: Line['type']): string {
    if (!written.includes('\\') || written.length > Math.min(LONG, this.left)) return written;
    const meant = this.read(written, type);
    const isCell = type === 'tableCell';
    const bare = without(written, KINDS, isCell);
    if (bare === written || this.read(bare, type) === meant) return bare;
    return KINDS.reduce((kept, kind) => {
      const candidate = without(kept, [kind], isCell);
      return candidate !== kept && this.read(candidate, type) === meant ? candidate : kept;
    }, written);
  }

  private read(written: string, type: Line['type']): string | null {
    this.left -= written.length;
    return writtenMeaning(written, type);
  }
}

/** Not at the beginning of a line, where a sign may begin a block, and not where other readers may see more. */
function without(paragraph: string, kinds: readonly string[], isCell: boolean): string {
  const tildes = (paragraph.match(/~/g) ?? []).length;
  return paragraph.replace(/(^[ \t]*|)\\([!-/:-@[-`{-~])/gm, (all, start: string, sign: string, at: number) => {
    const isAtStart = !isCell && (start !== '' || at === 0 || paragraph.charAt(at - 1) === '\n');
    if (isAtStart || !kinds.includes(sign)) return all;
    const next = paragraph.charAt(at + all.length);
    if (sign === '[' && (next === '^' || next === '[' || next === '\\')) return all;
    if (sign === '~' && tildes > 1) return all;
    // Beside tildes, parsers differ in which star ends a mark.
    if (sign === '*' && tildes > 0) return all;
    return sign;
  });
}
