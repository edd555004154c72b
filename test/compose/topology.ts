/**
 * A checkout of its own of the production files, used as the README and the runbook say: every command runs in it as a
 * person would type it. What is of this machine (the address of the sandbox, ports, the name of the project) stands in
 * `.env`, the two files of secrets, `settings/`, and an override file that changes nothing of the production file.
 */
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startOtherSide, type OtherSide } from './otherSide.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Reaches the sandbox on this host, and makes an upgraded image another one than the last. */
const OVERRIDE = `services:
  apply: &reaching-this-host
    build: { labels: { org.craftsync.tested-as: "\${CRAFTSYNC_VERSION}" } }
    extra_hosts: ['host.docker.internal:host-gateway']
  worker: *reaching-this-host
  listener: *reaching-this-host
`;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

export interface Topology {
  readonly otherSide: OtherSide;
  readonly listenerUrl: string;
  readonly token: string;
  /** A script of the shell, in the checkout. Never throws. */
  attempt(script: string): Promise<Ran>;
  /** As `attempt`; throws where it fails. Returns what it wrote to stdout. */
  run(script: string): Promise<string>;
  /** The commands of the runbook's n-th block of them below a heading. */
  runbook(heading: string, at?: number): string;
  /** In `.env`. Returns the values that were there before. */
  set(values: Readonly<Record<string, string>>): void;
  /** As an editor saves: another file takes its place. */
  editConfiguration(change: (text: string) => string): void;
  /** Ids of the containers that run, of these services. */
  containers(...services: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startTopology(): Promise<Topology> {
  const folder = mkdtempSync(join(tmpdir(), 'craftsync-topology-'));
  const checkout = join(folder, 'craftsync');
  const project = `craftsync-test-${process.pid}`;
  copyCheckout(checkout);
  const otherSide = await startOtherSide(folder);
  const ports = { listener: await freePort(), ui: await freePort() };
  const token = secret();
  writeFileSync(join(folder, 'override.yml'), OVERRIDE);
  const env = {
    ...process.env,
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: `docker-compose.yml:${join(folder, 'override.yml')}`,
    COMPOSE_PROGRESS: 'quiet',
  };
  const attempt = (script: string): Promise<Ran> => shell(script, checkout, env);
  const run = async (script: string): Promise<string> => {
    const { code, out, err } = await attempt(script);
    if (code !== 0) throw new Error(`exit code ${code} of:\n${script}\n${out.slice(-4_000)}\n${err.slice(-4_000)}`);
    return out;
  };
  const files = createFiles(checkout);
  files.fillIn(otherSide);
  files.set({
    ...Object.fromEntries(PASSWORDS.map((name) => [name, secret()])),
    CRAFTSYNC_TOKEN: token,
    CRAFTSYNC_VERSION: `${project}-a`,
    CRAFTSYNC_LISTEN_PORT: String(ports.listener),
    TEMPORAL_UI_PORT: String(ports.ui),
  });
  return {
    otherSide,
    token,
    listenerUrl: `http://127.0.0.1:${ports.listener}`,
    attempt,
    run,
    runbook,
    set: files.set,
    editConfiguration: files.editConfiguration,
    containers: async (...services) =>
      (await run(`docker compose ps --quiet ${services.join(' ')}`)).trim().split('\n'),
    async close() {
      await attempt('docker compose down --volumes --remove-orphans --timeout 5');
      await attempt(
        `docker images --quiet --filter reference='craftsync:${project}-*' | xargs -r docker image rm --force`,
      );
      await otherSide.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const PASSWORDS = ['POSTGRES_PASSWORD', 'TEMPORAL_DB_PASSWORD', 'LEDGER_OWNER_PASSWORD', 'LEDGER_PASSWORD'];

export const secret = (): string => randomBytes(24).toString('hex');

function copyCheckout(to: string): void {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(ROOT, file), join(to, file), { force: true, errorOnExist: false });
  }
}

/** The files that a person fills in, made from their examples. */
function createFiles(checkout: string) {
  const change = (path: string, values: Readonly<Record<string, string>>): void => {
    let text = readFileSync(path, 'utf8');
    for (const [name, value] of Object.entries(values)) {
      const filled = text.replace(new RegExp(`^${name}=.*$`, 'm'), () => `${name}=${value}`);
      if (filled === text && !text.includes(`${name}=${value}\n`)) throw new Error(`${path} has no line ${name}=`);
      text = filled;
    }
    writeFileSync(path, text);
  };
  const configuration = join(checkout, 'settings', 'craftsync.yaml');
  return {
    set: (values: Readonly<Record<string, string>>) => change(join(checkout, '.env'), values),
    fillIn({ configuration: made, keys, url, urlInside }: OtherSide) {
      for (const name of ['.env', 'keys.env', 'webhooks.env'])
        cpSync(join(checkout, `${name}.example`), join(checkout, name));
      mkdirSync(dirname(configuration));
      const text = readFileSync(made, 'utf8')
        .replaceAll(url, urlInside)
        .replaceAll(keys.craft, '${CRAFT_API_KEY}')
        .replaceAll(keys.kitemaker, '${KITEMAKER_API_KEY}')
        .replaceAll(keys.webhookSecret, '${KITEMAKER_WEBHOOK_SECRET}');
      writeFileSync(configuration, text);
      change(join(checkout, 'keys.env'), { CRAFT_API_KEY: keys.craft, KITEMAKER_API_KEY: keys.kitemaker });
      change(join(checkout, 'webhooks.env'), { KITEMAKER_WEBHOOK_SECRET: keys.webhookSecret });
    },
    editConfiguration(edit: (text: string) => string) {
      writeFileSync(`${configuration}.new`, edit(readFileSync(configuration, 'utf8')));
      renameSync(`${configuration}.new`, configuration);
    },
  };
}

function runbook(heading: string, at = 0): string {
  const page = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const blocks = [...(section.split('\n## ')[0] ?? '').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
  const block = blocks[at];
  if (block === undefined) throw new Error(`docs/runbook.md has no block ${at} of commands below "${heading}"`);
  return block;
}

function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const began = performance.now();
  const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile('sh', ['-euc', script], options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out, err, seconds: Math.round((performance.now() - began) / 1_000) });
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
