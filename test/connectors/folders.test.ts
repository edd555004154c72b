/** One name, one job: the same file names in every dev tool's folder, as docs/add-a-dev-tool.md lists them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DevToolConnector } from '../../connectors/port/devTool.js';
import { TARGETS } from '../../connectors/targets.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOOLS = Object.keys(TARGETS);
const MANDATORY = ['index.ts', 'requests.ts', 'schema.ts', 'mapping.ts', 'target.ts'];
const MOST_FILES = 15;

/** The optional objects of the port; one that is forgotten here does not compile. */
type Capability = {
  [Key in keyof DevToolConnector]-?: undefined extends DevToolConnector[Key] ? Key : never;
}[keyof DevToolConnector];
const CAPABILITIES = {
  comments: true,
  requiredFields: true,
  hierarchy: true,
  labels: true,
  feedback: true,
  webhooks: true,
} as const satisfies Record<Capability, true>;

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(ROOT + folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function foldersIn(folder: string): readonly string[] {
  const entries = readdirSync(ROOT + folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function allFolders(folder: string): readonly string[] {
  return [folder, ...foldersIn(folder).flatMap((name) => allFolders(`${folder}/${name}`))];
}

/** The file names in the first column of the page's tables. */
function documented(): readonly string[] {
  const page = readFileSync(`${ROOT}docs/add-a-dev-tool.md`, 'utf8');
  const cells = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

describe('connectors/folders', () => {
  it.each(TOOLS)('%s has the files that every dev tool has', (tool) => {
    expect(filesIn(`connectors/${tool}`)).toEqual(expect.arrayContaining(MANDATORY));
  });

  it.each(TOOLS)(
    '%s has a file for each of its capabilities, named as in the port, and folders for nothing else',
    (tool) => {
      const folders = foldersIn(`connectors/${tool}`);
      expect(['capabilities', 'check']).toEqual(expect.arrayContaining([...folders]));
      const files = folders.includes('capabilities') ? filesIn(`connectors/${tool}/capabilities`) : [];
      for (const file of files) expect(Object.keys(CAPABILITIES)).toContain(file.replace(/\.ts$/, ''));
      const index = readFileSync(`${ROOT}connectors/${tool}/index.ts`, 'utf8');
      for (const name of Object.keys(CAPABILITIES)) {
        expect([name, new RegExp(`^ {4}${name}[:,]`, 'm').test(index)]).toEqual([name, files.includes(`${name}.ts`)]);
      }
    },
  );

  it('the page lists every name that two dev tools share, and none that no tool has', () => {
    const names = TOOLS.flatMap((tool) => {
      const folders = foldersIn(`connectors/${tool}`);
      return [
        ...filesIn(`connectors/${tool}`),
        ...(folders.includes('check') ? ['check/index.ts'] : []),
        ...(folders.includes('capabilities') ? ['capabilities/<capability>.ts'] : []),
      ];
    });
    const several = [...new Set(names)].filter((name) => names.filter((one) => one === name).length > 1);
    const listed = documented();
    expect(several.filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(allFolders('connectors'))('%s holds at most 15 files of its own', (folder) => {
    expect(filesIn(folder).length).toBeLessThanOrEqual(MOST_FILES);
  });
});
