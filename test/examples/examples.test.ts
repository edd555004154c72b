import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfiguration } from '../../config/configuration.js';
import type { Configuration } from '../../config/configuration.js';
import { TARGETS } from '../../connectors/targets.js';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const FILES = readdirSync(new URL('examples/', ROOT)).filter((name) => name.endsWith('.yaml'));

/** The variables that a file of `docker compose` gives to containers. */
const variablesOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value]) => {
    expect(value, `${path}: ${name}`).toBe('');
    return name;
  });
const keys = variablesOf('keys.env.example');
const secrets = variablesOf('webhooks.env.example');

/** Valid as a key, a secret and an address. */
const filled = (names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(names.map((name) => [name, `https://example.com/${name.toLowerCase()}`]));

function load(text: string, env: NodeJS.ProcessEnv, keysAre?: 'unused'): Configuration {
  const folder = mkdtempSync(join(tmpdir(), 'craftsync-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'craftsync.yaml'), text);
  return loadConfiguration({ path: join(folder, 'craftsync.yaml'), env, keys: keysAre });
}

/** A setting that is off, because the variable it names need not be filled in. */
const OFF = /^( *)# ([a-zA-Z]+: .*\$\{.*)$/gm;

describe('examples/examples: examples/', () => {
  it.each(FILES)('%s is right as it stands once the keys are filled in, and no secret of a webhook', (name) => {
    const text = read(`examples/${name}`);
    expect(load(text, filled(keys)).warnings).toEqual([]);
  });

  it.each(FILES)('%s is right with all that is off in it switched on', (name) => {
    const text = read(`examples/${name}`).replace(OFF, '$1$2');
    expect(text).not.toMatch(OFF);
    expect(load(text, filled([...keys, ...secrets])).warnings).toEqual([]);
  });

  it.each(FILES)('%s is right for a listener, which has only what webhooks.env gives', (name) => {
    const text = read(`examples/${name}`).replace(OFF, '$1$2');
    expect(load(text, filled(secrets), 'unused').warnings).toEqual([]);
  });

  it('name every variable of keys.env.example and webhooks.env.example, and no other', () => {
    const named = FILES.flatMap((name) =>
      [...read(`examples/${name}`).matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, variable = '']) => variable),
    );
    expect(new Set(named)).toEqual(new Set([...keys, ...secrets]));
  });

  it('has an example for every type of dev tool', () => {
    const types = FILES.flatMap((name) =>
      Object.values(load(read(`examples/${name}`), filled(keys)).settings.devTools).map(({ type }) => type),
    );
    expect(new Set(types)).toEqual(new Set(Object.keys(TARGETS)));
  });
});
