import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../fixtures/configurationFile.js';

/** What the lock's value becomes when the file says `text`. */
function read(text: string, env: NodeJS.ProcessEnv = {}): string | undefined {
  const lock = `{ field: dev_lock, value: ${JSON.stringify(text)} }`;
  return load(configurationText({ pipeline: { lock } }), env).settings.pipelines['mobile']?.lock?.value;
}

describe('config/variables', () => {
  it('takes values from the environment, even several in one text', () => {
    expect(read('${A}-${B_2}', { A: 'x', B_2: 'y' })).toBe('x-y');
  });

  it('replaces after parsing, so that no value changes the structure of the file', () => {
    expect(read('${A}', { A: 'x, released: "y" } # {[' })).toBe('x, released: "y" } # {[');
  });

  it('does not look for variables in the values of variables', () => {
    expect(read('${A}', { A: '${B}', B: 'no' })).toBe('${B}');
  });

  it('leaves $${ as a literal ${, and a lone dollar alone', () => {
    expect(read('$${A} costs $5 {title}', {})).toBe('${A} costs $5 {title}');
  });

  it('names the variable that is missing or empty', () => {
    const craft = '{ baseUrl: "${URL}", apiKey: "${KEY}" }';
    expect(problemsOf(configurationText({ craft }), { KEY: ' ' })).toEqual([
      'craft.baseUrl (line 1): the environment variable URL is not set',
      'craft.apiKey (line 1): the environment variable KEY is empty',
    ]);
  });

  it.each(['${A-B}', '${', '${}', '${A'])('says how a variable is written, given %s', (text) => {
    const lock = `{ field: dev_lock, value: ${JSON.stringify(text)} }`;
    expect(problemsOf(configurationText({ pipeline: { lock } }), { A: 'x' })).toEqual([
      `pipelines.mobile.lock.value (line 10): ${text} is not a variable: write \${NAME} to take a value from the environment, or $\${ for a literal \${`,
    ]);
  });

  it('reads numbers and flags that arrive as text', () => {
    const pipeline = { maxNewPerSweep: '"${MAX}"', alsoHandedOver: '"${ALSO}"' };
    const { settings } = load(configurationText({ pipeline }), { MAX: '25', ALSO: 'false' });
    expect(settings.pipelines['mobile']).toMatchObject({ maxNewPerSweep: 25, alsoHandedOver: false });
  });
});
