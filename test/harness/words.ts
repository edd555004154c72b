/** What a table on a terminal says, without its lines and line breaks. */
export function wordsOf(text: string): string {
  return text.replace(/[│┌┬┐├┼┤└┴┘─\s]+/g, ' ');
}
