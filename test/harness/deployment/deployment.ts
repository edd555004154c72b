/**
 * A whole deployment for integration tests: the sandbox in this process, a fresh ledger, a fresh namespace, a
 * configuration file, and real worker processes that a test can freeze and kill.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { createLedger } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/ledger.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/sandbox.js';
import { built } from '../servers/built.js';
import { freshDatabase } from '../servers/database.js';
import { startCraftsync, type Program } from '../servers/program.js';
import { freshNamespace, type FreshNamespace } from '../servers/temporal.js';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Listener extends Program {
  readonly url: string;
}

export interface TestDeployment {
  readonly sandbox: Sandbox;
  readonly ledger: Ledger;
  readonly temporal: FreshNamespace;
  readonly configPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes the configuration again; resolves when running workers would read it. */
  configure(changes: ConfigurationChanges): Promise<void>;
  startWorker(env?: Readonly<Record<string, string>>): Promise<Program>;
  /** `craftsync listen` on a free port. */
  startListener(env?: Readonly<Record<string, string>>): Promise<Listener>;
  /** `craftsync <args>`, to its end. */
  run(...args: string[]): Promise<CommandResult>;
  /** With these variables besides, or in the place of, the deployment's. */
  runWith(more: Readonly<Record<string, string>>, ...args: string[]): Promise<CommandResult>;
  close(): Promise<void>;
}

/** Events such as a phase in the ledger have no notification, so tests poll for them. */
const POLL_MS = 100;

/** Servers of the deployment's own, and another build; without them those of the run, and this source tree's. */
export interface Surroundings {
  readonly postgresUrl?: string;
  readonly temporalAddress?: string;
  /** The compiled command of the build. */
  readonly main?: string;
}

type Section = Record<string, unknown>;

/** A worker does not read a file that was changed just now, because it may still be being written. */
const CONFIGURATION_SETTLES_MS = 100;

/** Merged over the defaults below, section by section; null takes a key out, or a whole pipeline. */
export interface ConfigurationChanges {
  readonly craft?: Section;
  readonly km?: Section;
  /** Dev tools besides `km`. */
  readonly devTools?: Readonly<Record<string, Section>>;
  readonly pipeline?: Section;
  /** Further pipelines; what is not set here is as in `mobile`. */
  readonly pipelines?: Readonly<Record<string, Section | null>>;
  readonly intake?: Readonly<Record<string, Section>>;
}

export async function startDeployment(
  options: Partial<SandboxOptions> & {
    /** A function gets the sandbox, whose ids are known only once it has started. */
    readonly configuration?: ConfigurationChanges | ((sandbox: Sandbox) => ConfigurationChanges);
    readonly surroundings?: Surroundings;
  } = {},
): Promise<TestDeployment> {
  const { configuration = {}, surroundings = {}, ...sandboxOptions } = options;
  const { postgresUrl, temporalAddress: address, main } = surroundings;
  const sandbox = await startSandbox({ port: 0, ...sandboxOptions });
  const [database, temporal] = await Promise.all([
    freshDatabase(postgresUrl),
    freshNamespace({ ...(address !== undefined && { address }) }),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-test-'));
  const configPath = join(folder, 'craftsync.yaml');
  const ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
  await ledger.migrate();
  const env = {
    CRAFTSYNC_CONFIG: configPath,
    CRAFTSYNC_STATE: join(folder, 'state'),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    NO_COLOR: '1',
  };
  const configure = async (changes: ConfigurationChanges): Promise<void> => {
    await writeFile(configPath, stringify(configurationFor(sandbox, changes)), { mode: 0o600 });
    await sleep(CONFIGURATION_SETTLES_MS);
  };
  await configure(typeof configuration === 'function' ? configuration(sandbox) : configuration);
  const programs: Program[] = [];
  const build = { ...(main !== undefined && { main }) };
  return {
    sandbox,
    ledger,
    temporal,
    configPath,
    env,
    configure,
    async startWorker(more = {}) {
      const worker = await startCraftsync(['worker'], { env: { ...env, ...more }, ...build });
      programs.push(worker);
      await worker.waitForLine(/the worker is ready/, 120_000);
      return worker;
    },
    async startListener(more = {}) {
      const listener = await startCraftsync(['listen', '--listen-port', '0'], { env: { ...env, ...more }, ...build });
      programs.push(listener);
      const line = await listener.waitForLine(/the listener is ready/, 60_000);
      return { ...listener, url: (JSON.parse(line) as { url: string }).url };
    },
    run: (...args) => runCraftsync(args, env, main),
    runWith: (more, ...args) => runCraftsync(args, { ...env, ...more }, main),
    async close() {
      await Promise.all(programs.map((program) => program.kill()));
      await ledger.close();
      await sandbox.close();
      await temporal.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function runCraftsync(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  main?: string,
): Promise<CommandResult> {
  const script = main ?? (await built('clients/main.js'));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ exitCode, stdout, stderr });
      },
    );
  });
}

export function configurationFor(sandbox: Sandbox, changes: ConfigurationChanges): Section {
  const {
    craft,
    tools: { kitemaker },
  } = sandbox;
  const [space] = kitemaker.spaces;
  const pipeline = merge(pipelineFor(craft.workspaceId, space?.id ?? ''), changes.pipeline);
  const others = Object.keys(changes.pipelines ?? {}).map((name) => [name, pipeline] as const);
  return {
    craft: merge(
      {
        baseUrl: craft.guideUrl,
        dialect: 'guide',
        accountId: craft.accountId,
        apiKey: craft.apiKey,
        timeout: '3 seconds',
        freshFor: '60 seconds',
      },
      changes.craft,
    ),
    devTools: {
      km: merge(
        {
          type: 'kitemaker',
          baseUrl: kitemaker.baseUrl,
          graphqlUrl: kitemaker.graphqlUrl,
          apiKey: kitemaker.apiKey,
          itemUrl: `${sandbox.url}/kitemaker/{spaceKey}/{number}`,
          timeout: '3 seconds',
          readAfterWrite: '1 second',
          lateWrite: '2 seconds',
        },
        changes.km,
      ),
      ...changes.devTools,
    },
    pipelines: merge(Object.fromEntries([['mobile', pipeline], ...others]), changes.pipelines),
    ...(changes.intake !== undefined && { intake: changes.intake }),
  };
}

function pipelineFor(workspaceId: string, spaceId: string): Section {
  return {
    source: { workspace: workspaceId },
    ready: { status: 'Ready for Development' },
    target: { devTool: 'km', spaceId, status: 'To do' },
    fields: { title: '{shortId} {title}', description: { from: 'description', required: true } },
    progress: {
      field: 'dev_status',
      linkField: 'dev_link',
      keyField: 'dev_key',
      stateField: 'dev_state',
      statuses: { 'To do': 'To do', 'In Progress': 'In development', Done: 'Done', Dropped: 'Dropped' },
      doneWhen: ['Done'],
      droppedWhen: ['Dropped'],
    },
    lock: { status: 'In Development', field: 'dev_lock', value: 'View only' },
  };
}

function merge(base: Section, changes: Section = {}): Section {
  const merged: Section = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else if (isSection(value) && isSection(merged[key])) merged[key] = merge(merged[key], value);
    else merged[key] = value;
  }
  return merged;
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Polls until `look` gives something; throws with `what` when the time is over. */
export async function eventually<T>(
  look: () => Promise<T | null | false>,
  what: string,
  timeoutMs = 60_000,
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (performance.now() > giveUpAt) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(POLL_MS);
  }
}
