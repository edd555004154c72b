/**
 * Tells a counterexample of a model in words. A line of a model whose statement matters has a comment with a colon,
 * which says what is done there, such as `: notes its create`. The trail of Spin tells which lines were come to.
 */

import { createHash } from 'node:crypto';

/** The first process after the dev tool is worker 1 (`init` of the models). */
const FIRST_WORKER = 2;
/** A step of the way; where processes stand at its end has no statement in brackets. */
const STEP = /^\s*(\d+):\s+proc\s+(\d+) \((\w+):\d+\) (\S+:\d+) \(state \d+\)\t\[/gm;

/** By `file:line`. `sources`: the text of each file of the model by its name. */
export function wordsOfLines(sources) {
  const words = new Map();
  for (const [file, text] of Object.entries(sources)) {
    for (const [at, line] of text.split('\n').entries()) {
      const said = /\/\*: (.+?) \*\//.exec(line)?.[1];
      if (said !== undefined) words.set(`${file}:${at + 1}`, said);
    }
  }
  return words;
}

/**
 * `trail`: what `spin -t -p` prints. Steps in a row that read the same are told once, with their number; two statements
 * of a line that make one step are one.
 */
export function inWords(trail, words) {
  const steps = [];
  let before = '';
  for (const [, at, process, name, place] of trail.matchAll(STEP)) {
    const said = words.get(place);
    if (said === undefined || before === `${at} ${place}`) continue;
    before = `${at} ${place}`;
    const step = name === 'Worker' ? `worker ${Number(process) - FIRST_WORKER + 1} ${said}` : said;
    const last = steps.at(-1);
    if (last?.step === step) last.times += 1;
    else steps.push({ step, times: 1 });
  }
  return steps.map(({ step, times }) => (times === 1 ? step : `${step} (${times} times)`));
}

/** How `counterexamples.md` begins: it names the models that it was written from, by their contents. */
export function counterexamplesHead(sources) {
  const hash = createHash('sha256');
  for (const file of Object.keys(sources).sort()) hash.update(`${file}\n${sources[file]}`);
  return `# Counterexamples

How each mutant of the models breaks its invariant: the shortest way there, as \`npm run test:model -- --write\` found it. What of a worker's steps decides nothing is left out. The same in a few words is in [README.md](README.md).

Written from models whose SHA-256 begins with \`${hash.digest('hex').slice(0, 16)}\`.
`;
}
