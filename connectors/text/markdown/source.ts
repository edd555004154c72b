/**
 * Markdown as people type it, where CommonMark would read it otherwise: items indented by less than their parent's text
 * (`1. a` and two blanks before `- b`) or by more, and a signature's `--`, which makes a heading of the line before it.
 */

const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)/;
const FENCE = /^[ \t]*(`{3,}|~{3,})/;

/** The text with inner items where CommonMark takes them for inner; the text itself where they are. */
export function withNestedItems(text: string): string {
  if (!/^[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]/m.test(text) && !/^--?[ \t]*$/m.test(text)) return text;
  const open: Level[] = [];
  let fence: string | null = null;
  const lines = text.split('\n').map((line, at, all) => {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === null || mark.startsWith(fence))) fence = fence === null ? mark : null;
    if (mark !== undefined || fence !== null) return line;
    if (/^--?[ \t]*\r?$/.test(line) && (all[at - 1] ?? '').trim() !== '') return `\\${line}`;
    return placed(line, open);
  });
  return lines.join('\n');
}

interface Level {
  /** Columns before the item as it is written, and before the text of the item as it is placed. */
  readonly written: number;
  readonly text: number;
}

function placed(line: string, open: Level[]): string {
  const item = ITEM.exec(line);
  if (item === null) {
    if (/^\S/.test(line)) open.length = 0;
    return line;
  }
  const [all, indent = '', mark = '', blanks = ''] = item;
  const column = indent.replaceAll('\t', '    ').length;
  while (open.length > 0 && column <= (open.at(-1)?.written ?? 0)) open.pop();
  const parent = open.at(-1);
  const isInside = parent !== undefined && column > parent.written;
  const isAsMeant = !isInside ? column < 4 : column >= parent.text && column < parent.text + 4;
  const start = isAsMeant || !isInside ? column : parent.text;
  open.push({ written: column, text: start + mark.length + Math.min(blanks.length, 4) });
  return isAsMeant || !isInside ? line : `${' '.repeat(start)}${mark}${blanks}${line.slice(all.length)}`;
}
