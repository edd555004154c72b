/** The words of a table on a terminal, without its borders and line breaks. */
export function wordsOf(text: string): string {
  return text.replace(/[│┌┬┐├┼┤└┴┘─\s]+/g, ' ');
}
