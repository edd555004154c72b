/**
 * `npm run test:model`: the models of docs/model are searched exhaustively by Spin, and each of their mutants is to be
 * refuted; the shortest way to it is told in words. Spin is installed if it is missing, given root and apt; otherwise
 * everything counts as skipped, and it says why. `npm run test:model -- NO_WAIT create` runs only these; `-- --write`
 * writes docs/model/counterexamples.md. The last line sums up: N passed, N failed, N skipped.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MODELS, MUTANTS } from './modelRuns.js';
import { counterexamplesHead, inWords, wordsOfLines } from './modelWords.js';
import { readVerifier, unreachedLabels, verdict } from './spinOutput.js';

const SOURCES = fileURLToPath(new URL('../docs/model', import.meta.url));
const MEMORY_MB = 4_000;
/** A longer way than any search of these models takes. */
const DEPTH = 5_000_000;

function has(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Null when Spin can be run, otherwise why not. */
function install() {
  const missing = ['spin', 'gcc'].filter((program) => !has(program));
  if (missing.length === 0) return null;
  const names = missing.join(' and ');
  if (!has('apt-get')) return `${names} cannot be found, and this is not Debian: there is no apt-get`;
  if (process.getuid?.() !== 0)
    return `${names} cannot be found, and only root can install them: apt-get install ${names}`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync('apt-get', ['-qq', 'update'], options);
  spawnSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'spin', 'gcc', 'libc6-dev'], options);
  return has('spin') && has('gcc') ? null : `${names} could not be installed by apt-get`;
}

/** The text of each file of the models. */
function sourcesOfModels() {
  const files = readdirSync(SOURCES).filter((file) => file.endsWith('.pml'));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(SOURCES, file), 'utf8')]));
}

/**
 * Makes a verifier of a model in a folder of its own, and runs it: what it printed, or what went wrong, and the way to
 * an error in words. `shortest`: it is searched in breadth, so that the way is as short as can be.
 */
function verify({ file, defines, shortest = false }) {
  const folder = mkdtempSync(join(tmpdir(), 'craftsync-model-'));
  try {
    cpSync(SOURCES, folder, { recursive: true });
    const run = (program, args) => {
      const { stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 });
      return `${stdout ?? ''}${stderr ?? ''}`;
    };
    const options = defines.map((define) => `-D${define}`);
    const made = run('spin', [...options, '-a', file]);
    // COLLAPSE compresses the states without loss. -w: Spin's own code draws warnings from gcc.
    const search = ['-DSAFETY', '-DCOLLAPSE', `-DMEMLIM=${MEMORY_MB}`, ...(shortest ? ['-DBFS'] : [])];
    const compiled = run('gcc', ['-w', '-O2', ...search, '-o', 'pan', 'pan.c']);
    const output = run('./pan', [`-m${DEPTH}`]);
    const trail = shortest ? run('spin', [...options, '-t', '-p', file]) : '';
    return {
      output: output === '' ? `${made}${compiled}` : output,
      words: inWords(trail, wordsOfLines(sourcesOfModels())),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function show({ name, result, wrong, expected }) {
  const sign = wrong === null ? '✓' : '✗';
  const numbers =
    result === null
      ? ''
      : ` ${result.states} states, ${result.transitions} transitions, depth ${result.depth}, ` +
        `${Math.round(result.megabytes)} MB, ${result.seconds} s:`;
  console.log(`${sign} ${name}:${numbers} ${wrong ?? expected}`);
}

function runModel({ name, file, defines, reached }) {
  const { output } = verify({ file, defines });
  const result = readVerifier(output);
  const source = readFileSync(join(SOURCES, file), 'utf8');
  const missing = result === null ? [] : unreachedLabels(reached, { file, source, unreached: result.unreached });
  const wrong = verdict(result, { missing });
  show({ name, result, wrong, expected: 'I1 and I2 hold in all of them' });
  if (result === null) console.log(output);
  for (const [process, places] of result?.unreached ?? [])
    console.log(`    never come to in ${process}: ${places.join(' ')}`);
  return wrong === null;
}

function runMutant({ name, model, breaks }) {
  const { file, defines } = MODELS.find((one) => one.name === model);
  const mutated = [...defines, `MUTANT_${name}`, `ONLY_${breaks}`];
  const { output, words } = verify({ file, defines: mutated, shortest: true });
  const result = readVerifier(output);
  const wrong = verdict(result, { breaks });
  show({ name: `${model} with ${name}`, result, wrong, expected: `refuted, ${breaks} breaks` });
  if (result === null) console.log(output);
  for (const [at, step] of words.entries()) console.log(`    ${at + 1}. ${step}`);
  if (wrong === null) counterexamples.push({ name, model, breaks, words });
  return wrong === null;
}

/** Writes what was found by a run of all mutants, for people without Spin; a test holds it against the models. */
function writeCounterexamples() {
  if (counterexamples.length < MUTANTS.length)
    throw new Error('only a run in which all mutants are refuted is written');
  const told = counterexamples.map(
    ({ name, model, breaks, words }) =>
      `## ${name}\n\nOf \`${model}\`; ${breaks} breaks.\n\n${words.map((step, at) => `${at + 1}. ${step}`).join('\n')}\n`,
  );
  writeFileSync(join(SOURCES, 'counterexamples.md'), [counterexamplesHead(sourcesOfModels()), ...told].join('\n'));
}

const counterexamples = [];
const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== '--write');
const isWanted = ({ name }) => names.length === 0 || names.includes(name);
const runs = [
  ...MODELS.filter(isWanted).map((model) => () => runModel(model)),
  ...MUTANTS.filter(isWanted).map((mutant) => () => runMutant(mutant)),
];
const missing = install();
if (missing !== null) console.log(`${missing}. The models are skipped.`);
const results = missing === null ? runs.map((run) => run()) : [];
const passed = results.filter(Boolean).length;
const failed = results.length - passed;
console.log(`\n${passed} passed, ${failed} failed, ${missing === null ? 0 : runs.length} skipped`);
if (args.includes('--write') && missing === null) writeCounterexamples();
process.exitCode = failed === 0 ? 0 : 1;
