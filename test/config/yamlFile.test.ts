import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../config/configuration.js';
import { configurationText, load, messageOf, temporaryFolder } from '../fixtures/configurationFile.js';

describe('config/yamlFile', () => {
  it('says that there is no such file, and how to name another', () => {
    const path = join(temporaryFolder(), 'absent.yaml');
    expect(() => loadConfiguration({ path, env: {} })).toThrow(
      `${path} cannot be read: there is no such file; name another with --config or CRAFTSYNC_CONFIG`,
    );
  });

  it('says that a folder is not a file', () => {
    const folder = temporaryFolder();
    expect(() => loadConfiguration({ path: folder, env: {} })).toThrow(
      `${folder} cannot be read: it is a folder; name the file in it`,
    );
  });

  it('names line and column of what is not YAML', () => {
    expect(messageOf('craft:\n  baseUrl: "https://c.test\n  apiKey: k\n')).toBe(
      'craftsync.yaml is not valid YAML:\n  line 4, column 1: Missing closing "quote',
    );
    expect(messageOf('craft:\n\tbaseUrl: x\n')).toMatch(/^craftsync\.yaml is not valid YAML:\n {2}line 2, column 1: /);
  });

  it('reads ids beyond 2^53 exactly, with and without quotes', () => {
    const sourceOf = (source: string) =>
      load(configurationText({ pipeline: { source } })).settings.pipelines['mobile']?.source;
    expect(sourceOf('{ workspace: 2305843010635321211 }')).toEqual({ workspace: '2305843010635321211' });
    expect(sourceOf('{ portfolio: "2305843010635321211" }')).toEqual({ portfolio: '2305843010635321211' });
    expect(sourceOf('{ workspace: 12 }')).toEqual({ workspace: '12' });
  });

  it('lets pipelines share what they have in common', () => {
    const text = `${configurationText().replace('  mobile:', '  mobile: &base')}  web:\n    <<: *base\n    maxNewPerSweep: 5\n`;
    const { pipelines } = load(text).settings;
    expect([pipelines['mobile']?.maxNewPerSweep, pipelines['web']?.maxNewPerSweep]).toEqual([1000, 5]);
    expect(pipelines['web']?.lock).toEqual(pipelines['mobile']?.lock);
  });
});
