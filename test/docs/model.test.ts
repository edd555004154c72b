import { describe, expect, it } from 'vitest';

import { allFiles, read, ROOT } from './repository.js';

interface Named {
  readonly name: string;
}
interface Model extends Named {
  readonly file: string;
  readonly defines: readonly string[];
  readonly reached: readonly string[];
}
interface Mutant extends Named {
  readonly model: string;
  readonly breaks: string;
}

const runs = (await import(new URL(`file://${ROOT}scripts/modelRuns.js`).href)) as {
  readonly MODELS: readonly Model[];
  readonly MUTANTS: readonly Mutant[];
};
const words = (await import(new URL(`file://${ROOT}scripts/modelWords.js`).href)) as {
  counterexamplesHead(sources: Readonly<Record<string, string>>): string;
};
const sources = allFiles('docs/model').filter((path) => path.endsWith('.pml'));
const README = read('docs/model/README.md');

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();
const inTable = (cells: RegExp): readonly string[] =>
  [...README.matchAll(cells)].map((match) => match.slice(1).join(' '));

describe('docs/model', () => {
  it('every mutant of the models is run, and none is run that no model has', () => {
    const inModels = sources.flatMap((path) =>
      [...read(path).matchAll(/\bMUTANT_(\w+)/g)].map(([, name = '']) => name),
    );
    expect(sorted(runs.MUTANTS.map(({ name }) => name))).toEqual(sorted(inModels));
  });

  it('README.md tells of each mutant that is run which model it is of and what it breaks', () => {
    const expected = runs.MUTANTS.map(({ name, model, breaks }) => `${name} ${model} ${breaks}`);
    expect(sorted(inTable(/^\| `([A-Z_]+)` +\| ([a-z-]+) +\| (I[12]) +\|/gm))).toEqual(sorted(expected));
  });

  it('README.md tells of each model that is run', () => {
    const expected = runs.MODELS.map(({ name, file, defines }) => `${name} ${[file, ...defines].join(' -D')}`);
    expect(sorted(inTable(/^\| ([a-z-]+) +\| `(\S+\.pml(?: -D[A-Z_=\d]+)*)` +\|/gm))).toEqual(sorted(expected));
  });

  it('counterexamples.md was written from the models as they are, and tells one of each mutant', () => {
    const told = read('docs/model/counterexamples.md');
    const texts = Object.fromEntries(sources.map((path) => [path.replace('docs/model/', ''), read(path)]));
    expect(told.startsWith(words.counterexamplesHead(texts)), 'run: npm run test:model -- --write').toBe(true);
    const sections = [...told.matchAll(/^## ([A-Z_]+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(runs.MUTANTS.map(({ name }) => name));
  });

  it('every step that has to be reached has its label in the model', () => {
    const missing = runs.MODELS.flatMap(({ file, reached }) =>
      reached.filter(
        (label) =>
          !read(`docs/model/${file}`)
            .split('\n')
            .some((line) => line.startsWith(`${label}:`)),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('every file of the code that the models name exists', () => {
    const files = new Set(allFiles());
    const named = sources.flatMap((path) =>
      [...read(path).matchAll(/\b[a-z]\w*(?:\/\w+)+\.ts\b/g)].map(([file]) => file),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(sorted(named).filter((file) => !files.has(file))).toEqual([]);
  });
});
