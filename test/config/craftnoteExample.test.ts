import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load } from './file.js';

describe('examples/craftnote.yaml', () => {
  it('is a configuration with both kinds of Craftnote items', () => {
    const text = readFileSync(new URL('../../examples/craftnote.yaml', import.meta.url), 'utf8');
    const env = { CRAFT_API_KEY: 'a', CRAFTNOTE_API_KEY: 'b', CRAFTNOTE_WEBHOOK_SECRET: 'c' };
    const { settings } = load(text, env);
    expect(Object.values(settings.pipelines).map(({ target }) => target)).toMatchObject([
      { resource: 'project' },
      { resource: 'task' },
    ]);
  });
});
