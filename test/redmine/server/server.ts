/**
 * A real Redmine for tests, from Debian's packages `redmine redmine-sqlite puma`, which must be installed. It runs from
 * a copy in its own folder, with its own database, on a free port: /etc/redmine and /var/lib/redmine are neither used
 * nor changed.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { claimPort } from '../../../stack/ports.js';
import { startProgram } from '../../harness/servers/program.js';

/** The facts that `seed.rb` writes. */
export interface RedmineFacts {
  readonly url: string;
  readonly adminKey: string;
  /** The key of a user with the least rights, a member of the project `other`. */
  readonly apiKey: string;
  readonly userId: number;
  readonly roleId: number;
  readonly otherProjectId: number;
  readonly markerField: number;
  readonly teamField: number;
  readonly unfilteredField: number;
  readonly dateField: number;
  /** The folder of its copy. */
  readonly folder: string;
}

export interface RedmineServer extends RedmineFacts {
  stop(): Promise<void>;
}

const INSTALLED = '/usr/share/redmine';
const LOCK = '/var/lib/redmine/Gemfile.lock';
const INSTANCE = 'craftsync-test';

const run = promisify(execFile);

export async function startRedmine(log: (line: string) => void): Promise<RedmineServer> {
  const folder = join(tmpdir(), `craftsync-redmine-${randomBytes(6).toString('hex')}`);
  try {
    await copyTo(folder);
    log('Redmine: making its database');
    await bundle(folder, ['exec', 'rake', 'db:migrate']);
    await bundle(folder, ['exec', 'rake', 'redmine:load_default_data']);
    await runRuby(folder, rubyFile('seed.rb'), { OUT: join(folder, 'facts.json') });
    return await serve(folder, log);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function serve(folder: string, log: (line: string) => void): Promise<RedmineServer> {
  const port = await claimPort(0, { what: 'Redmine', flag: '' });
  const url = `http://127.0.0.1:${port}`;
  const args = ['-e', 'production', '-b', `tcp://127.0.0.1:${port}`, '-t', '1:5', 'config.ru'];
  const puma = startProgram({ command: 'puma', args, env: environment(), cwd: join(folder, 'app') });
  const console = startProgram({
    command: 'bundle',
    args: ['exec', 'rails', 'runner', rubyFile('console.rb')],
    env: environment({ ORDERS: ordersIn(folder) }),
    cwd: join(folder, 'app'),
  });
  try {
    await mkdir(ordersIn(folder));
    await puma.waitForLine(/Listening on/, 60_000);
    const facts = JSON.parse(await readFile(join(folder, 'facts.json'), 'utf8')) as Omit<
      RedmineFacts,
      'url' | 'folder'
    >;
    await answering(url, facts.apiKey);
    log(`Redmine: serves at ${url}`);
    return {
      ...facts,
      url,
      folder,
      async stop() {
        await Promise.all([puma.stop(5_000), console.kill()]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await Promise.all([puma.kill(), console.kill()]);
    throw error;
  }
}

/** Where `ruby.ts` puts the code that `console.rb` runs. */
export function ordersIn(folder: string): string {
  return join(folder, 'orders');
}

function rubyFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function answering(url: string, key: string): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const answer = await fetch(`${url}/users/current.json`, { headers: { 'X-Redmine-API-Key': key } }).catch(
      () => null,
    );
    if (answer?.status === 200) return;
    if (performance.now() > giveUpAt) throw new Error(`Redmine answers ${answer?.status ?? 'nothing'}`);
    await sleep(200);
  }
}

/** Debian's Redmine reads `instances/<REDMINE_INSTANCE>` below its own folder; its Gemfile reads a fixed path. */
async function copyTo(folder: string): Promise<void> {
  const app = join(folder, 'app');
  const instance = join(app, 'instances', INSTANCE);
  const skipped = ['instances', 'Gemfile.lock', 'config/database.yml'].map((path) => join(INSTALLED, path));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await cp(INSTALLED, app, {
    recursive: true,
    dereference: false,
    verbatimSymlinks: true,
    filter: (source) => !skipped.includes(source),
  });
  for (const path of ['config', 'log', 'tmp/cache', 'files', 'public/plugin_assets']) {
    await mkdir(join(instance, path), { recursive: true });
  }
  await mkdir(join(app, 'plugins'), { recursive: true });
  const database = { adapter: 'sqlite3', database: join(folder, 'redmine.sqlite3'), timeout: 10_000 };
  await writeFile(join(instance, 'config/database.yml'), JSON.stringify({ production: database }));
  await writeFile(join(instance, 'config/secret_key.txt'), randomBytes(32).toString('hex'));
  const gemfile = await readFile(join(app, 'Gemfile'), 'utf8');
  await writeFile(
    join(app, 'Gemfile'),
    gemfile.replaceAll(`${INSTALLED}/{config,instances`, `${app}/{config,instances`),
  );
  const lock = await readFile(LOCK, 'utf8').catch(() => null);
  if (lock === null) await bundle(folder, ['install', '--local']);
  else await writeFile(join(app, 'Gemfile.lock'), lock);
}

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    REDMINE_INSTANCE: INSTANCE,
    RAILS_ENV: 'production',
    REDMINE_LANG: 'en',
    SCHEMA: '/dev/null',
    RUBYOPT: '-W0',
    ...more,
  };
}

/** Runs a Ruby file in Redmine's application. */
async function runRuby(folder: string, file: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await bundle(folder, ['exec', 'rails', 'runner', file], env);
}

async function bundle(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await run('bundle', args, {
    cwd: join(folder, 'app'),
    env: { ...process.env, ...environment(env) },
    maxBuffer: 16 * 1024 * 1024,
  });
}
