/** A configuration file that lives as long as its test, and what becomes of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ConfigurationError, loadConfiguration } from '../../src/config/configuration.js';
import type { Configuration } from '../../src/config/configuration.js';
import { TARGETS } from '../../src/connectors/targets.js';

/** As messages list them. */
export const TYPES = Object.keys(TARGETS).join(', ');

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'craftsync-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function load(text: string, env: NodeJS.ProcessEnv = {}): Configuration {
  const path = join(temporaryFolder(), 'craftsync.yaml');
  writeFileSync(path, text);
  return loadConfiguration({ path, env });
}

/** The whole message, the folder taken out. */
export function messageOf(text: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.replaceAll(/\S*\/craftsync-config-[^/]*\//g, '');
    throw error;
  }
  throw new Error('the configuration was accepted');
}

/** The lines of the message below its heading, without indentation. */
export function problemsOf(text: string, env: NodeJS.ProcessEnv = {}): readonly string[] {
  return messageOf(text, env)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

interface Parts {
  readonly craft?: string;
  readonly devTool?: string;
  /** Lines of the pipeline that take the place of those of the same key. */
  readonly pipeline?: Readonly<Record<string, string | null>>;
  /** Further sections. */
  readonly more?: string;
}

const PIPELINE = {
  source: '{ workspace: "1" }',
  ready: '{ status: Ready }',
  target: '{ devTool: km, spaceId: s, statusId: t }',
  progress: '{ field: dev_status, statuses: { Backlog: To do, Closed: Done }, doneWhen: [Done] }',
  lock: '{ field: dev_lock, value: View only }',
};

/** A small configuration that is right, but for the given parts. */
export function configurationText(parts: Parts = {}): string {
  const pipeline = Object.entries({ ...PIPELINE, ...parts.pipeline }).flatMap(([key, value]) =>
    value === null ? [] : [`    ${key}: ${value}`],
  );
  return [
    `craft: ${parts.craft ?? '{ baseUrl: "https://api.craft.io", apiKey: craft-key }'}`,
    'devTools:',
    `  km: ${parts.devTool ?? '{ type: kitemaker, baseUrl: "https://km.test/developers/rest/v1", apiKey: km-key }'}`,
    'pipelines:',
    '  mobile:',
    ...pipeline,
    ...(parts.more === undefined ? [] : [parts.more]),
    '',
  ].join('\n');
}
