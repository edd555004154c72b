/** Explains why PostgreSQL failed, from the last lines of its output, in one line that says what to do. */

export interface Failure {
  /** True where another attempt, with another port or a moment later, may succeed. */
  readonly passing: boolean;
  readonly message: string;
}

const KEPT_LINES = 3;

export function explainFailure(what: string, lines: readonly string[], ending: string, folder: string): Failure {
  const text = lines.join('\n');
  if (/No space left on device|Disk quota exceeded/i.test(text)) {
    return {
      passing: false,
      message: `no disk space for PostgreSQL where ${folder} is: free some, or choose another folder with --state`,
    };
  }
  if (/Address already in use/i.test(text)) {
    return {
      passing: true,
      message: 'PostgreSQL cannot listen on its port: it is in use by another program; stop that program',
    };
  }
  if (/pre-existing shared memory block|lock file ".*" already exists/i.test(text)) {
    return {
      passing: true,
      message: `another PostgreSQL still runs in ${folder}: stop it, then start again`,
    };
  }
  return { passing: false, message: `PostgreSQL did not start (${what}: ${ending}): ${lastWords(lines)}` };
}

/** The last errors; where there are none, the last lines. */
function lastWords(lines: readonly string[]): string {
  const said = lines.map((line) => line.replace(/^.*?\[\d+\] /, '').trim()).filter((line) => line !== '');
  const errors = said.filter((line) => /FATAL|PANIC|ERROR|error:|HINT|hint:/.test(line));
  const words = (errors.length > 0 ? errors : said).slice(-KEPT_LINES).join(' ');
  return words === '' ? 'it wrote nothing' : words;
}
