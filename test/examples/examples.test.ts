import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../config/configuration.js';
import { TARGETS } from '../../connectors/targets.js';

const FOLDER = new URL('../../examples/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

/** Every variable that a file names, with a value that is valid as a key, a secret and an address. */
function environmentOf(text: string): NodeJS.ProcessEnv {
  const names = [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, `https://example.com/${name.toLowerCase()}`]));
}

describe('examples/examples: examples/', () => {
  it.each(FILES)('%s is a configuration without a problem or a warning', (name) => {
    const path = new URL(name, FOLDER);
    const env = environmentOf(readFileSync(path, 'utf8'));
    const { warnings } = loadConfiguration({ path: path.pathname, env });
    expect(warnings).toEqual([]);
  });

  it('has an example for every type of dev tool', () => {
    const types = FILES.flatMap((name) => {
      const path = new URL(name, FOLDER);
      const env = environmentOf(readFileSync(path, 'utf8'));
      return Object.values(loadConfiguration({ path: path.pathname, env }).settings.devTools).map(({ type }) => type);
    });
    expect(new Set(types)).toEqual(new Set(Object.keys(TARGETS)));
  });
});
