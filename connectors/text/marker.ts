/**
 * Finds markers in a tool's text. Only a whole marker counts, so that generation 1 is not found in `…/10`. A Markdown
 * editor may have put backslashes before punctuation, or brackets or backticks around the marker.
 */

/** Whether one line of the text is the marker and nothing else. */
export function hasMarkerLine(text: string, marker: string): boolean {
  return text.split(/\r\n|\r|\n/).some((line) => bare(line) === marker);
}

/** The whole markers that are lines of their own and begin with `start`, for example `craftsync:mobile/`. */
export function markerLines(text: string, start: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/).map(bare);
  return [...new Set(lines.filter((line) => line.startsWith(start) && WHOLE_MARKER.test(line)))];
}

const WHOLE_MARKER = /^[^\s/]+\/\S+\/\d{1,9}$/;

/** Whether the text has the marker anywhere, but not as part of a longer one. */
export function hasMarker(text: string, marker: string): boolean {
  const plain = unescaped(text);
  for (let at = plain.indexOf(marker); at !== -1; at = plain.indexOf(marker, at + 1)) {
    const before = plain.charAt(at - 1);
    const after = plain.charAt(at + marker.length);
    if (!MARKER_CHARACTER.test(before) && !MARKER_CHARACTER.test(after)) return true;
  }
  return false;
}

const MARKER_CHARACTER = /[\p{L}\p{N}_/:#\u2060-]/u;

function bare(line: string): string {
  const trimmed = unescaped(line.trim());
  const wrapped = /^(?:<(.*)>|`(.*)`)$/.exec(trimmed);
  return (wrapped?.[1] ?? wrapped?.[2] ?? trimmed).trim();
}

function unescaped(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}
