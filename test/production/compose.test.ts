/**
 * docker-compose.yml without an engine: its types by the specification's own schema, what Compose makes of it where
 * there is one, and what it promises about secrets, networks and limits. With an engine: `npm run test:compose`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProgram } from '../../clients/program.js';
import { createTerminal } from '../../clients/terminal.js';
import { readEnvironment } from '../../config/environment.js';
import {
  assignments,
  compose,
  composeText,
  ours,
  parseCompose,
  read,
  ROOT,
  service,
  services,
  variables,
} from './composeFile.js';

const JOBS = ['apply', 'postgres-roles', 'temporal-schema', 'temporal-namespace'];
const example = assignments('.env.example');

const isCompose = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(read('test/production/composeSpec/compose-spec.json').replace('"$schema": "https:', '"$schema": "http:')),
);

/** What the specification refuses: the place and why. Choices of which none fits repeat what is wrong in them. */
function schemaProblems(text: string): readonly string[] {
  if (isCompose(parseCompose(text))) return [];
  return (isCompose.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

const hasCompose = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0;

describe('production/compose: the file as Compose takes it', () => {
  it('has the types that the Compose specification asks for, in every entry', () => {
    expect(schemaProblems(composeText)).toEqual([]);
  });

  it.each([
    ['a word of a health check that YAML reads as a mapping', /'fetch.*|"fetch.*/, '[ok ? 0: 1]', 'healthcheck/test/3'],
    ['a limit that is a list', 'pids_limit: 200', 'pids_limit: [200]', 'pids_limit'],
    ['a key that does not exist', 'pids_limit: 200', 'pid_limit: 200', 'must NOT have'],
    ['an environment with a nested value', 'DB: postgres12', 'DB: { is: postgres12 }', 'temporal/environment'],
  ])('is refused with %s', (_what, found, instead, place) => {
    const broken = composeText.replace(found, instead);
    expect(broken).not.toBe(composeText);
    expect(schemaProblems(broken).join('\n')).toContain(place);
  });

  it.skipIf(!hasCompose)('is taken by the Compose of this machine, beside the examples of its three files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'craftsync-compose-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'settings'));
    cpSync(join(ROOT, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
    cpSync(join(ROOT, 'keys.env.example'), join(folder, 'keys.env'));
    writeFileSync(join(folder, '.env'), read('.env.example').replace(/^([A-Z_]+)=$/gm, '$1=filled'));
    const config = () => spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: folder, encoding: 'utf8' });
    expect(config()).toMatchObject({ status: 0, stderr: '' });
    rmSync(join(folder, 'keys.env'));
    expect(config().stderr).toMatch(/keys\.env.*not found/);
  });

  it('takes each of its variables from .env, and .env.example names every one and no other', () => {
    const used = new Set(variables(composeText));
    expect([...used].filter((name) => !example.has(name))).toEqual([]);
    expect([...example.keys()].filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('production/compose: health', () => {
  it.each([
    ['worker', 'CRAFTSYNC_WORKER_LISTEN', '/readyz'],
    ['listener', 'CRAFTSYNC_LISTEN', '/healthz'],
  ])('of a %s is asked at the address that %s gives it, without a token', (name, variable, path) => {
    const { environment = {}, healthcheck } = service(name);
    const { workerListen, listen } = readEnvironment({
      [variable]: environment[variable],
      CRAFTSYNC_TOKEN: 'x'.repeat(32),
    });
    const place = variable === 'CRAFTSYNC_LISTEN' ? listen : workerListen;
    expect(healthcheck?.test.at(-1)).toContain(`'http://127.0.0.1:${place?.port ?? 0}${path}'`);
  });

  it('and one-off commands in the documents name a service of ours, and a command where they give arguments', () => {
    const pages = ['README.md', 'docs/runbook.md', 'docker-compose.yml', 'CONTRIBUTING.md'].map(read).join('\n');
    const runs = [...pages.matchAll(/docker compose run(?: --\S+)* ([a-z-]+)((?: [\w=-]+)*)/g)];
    expect(runs.length).toBeGreaterThan(3);
    const commands = createProgram(createTerminal(process, {}, ROOT)).commands.map((command) => command.name());
    for (const [line, name = '', rest = ''] of runs) {
      expect(service(name), line).toBeDefined();
      const [first] = rest.trim().split(' ');
      if (first !== '' && service(name).build !== undefined) expect(commands, line).toContain(first);
    }
  });
});

describe('production/compose: secrets', () => {
  it('refuses to start without a password or the token, instead of starting with an empty or a well-known one', () => {
    const secrets = [...example].filter(([, value]) => value === '').map(([name]) => name);
    expect(secrets).toContain('POSTGRES_PASSWORD');
    for (const [name, value] of example) if (/PASSWORD|KEY|TOKEN|SECRET$/.test(name)) expect(value, name).toBe('');
    for (const secret of secrets) {
      const uses = [...composeText.matchAll(new RegExp(`\\$\\{${secret}([^}]*)\\}`, 'g'))].map((match) => match[1]);
      expect(uses.length, secret).toBeGreaterThan(0);
      for (const use of uses) expect(use, secret).toMatch(/^:\?/);
    }
  });

  it('asks for no key of a tool that is not used: those come from a file', () => {
    for (const name of [...assignments('keys.env.example').keys(), ...assignments('webhooks.env.example').keys()])
      expect(composeText).not.toContain(name);
    for (const name of ['apply', 'worker'])
      expect(service(name).env_file).toEqual(['keys.env', { path: 'webhooks.env', required: false }]);
  });

  it('gives the listener, which others reach, no API key', () => {
    expect(service('listener').env_file).toEqual([{ path: 'webhooks.env', required: false }]);
    for (const name of assignments('webhooks.env.example').keys()) expect(name).not.toMatch(/API_KEY/);
  });

  it('keeps what holds secrets out of version control, and out of the folder that containers see', () => {
    const ignored = read('.gitignore').split('\n');
    for (const path of ['.env', '/keys.env', '/webhooks.env', '/settings/']) expect(ignored).toContain(path);
    expect(example.get('CRAFTSYNC_SETTINGS')).toBe('./settings');
  });

  it('lets workers and the listener read and write rows only: the owner of the tables is used by apply alone', () => {
    expect(service('apply').environment?.['DATABASE_URL']).toMatch(/^postgres:\/\/craftsync_owner:/);
    for (const user of ['worker', 'listener']) {
      expect(service(user).environment?.['DATABASE_URL']).toMatch(/^postgres:\/\/craftsync:/);
      const environment = JSON.stringify(service(user).environment);
      for (const name of ['POSTGRES_PASSWORD', 'LEDGER_OWNER_PASSWORD', 'TEMPORAL_DB_PASSWORD']) {
        expect(environment).not.toContain(name);
      }
    }
  });

  it('gives the server of the databases no password but its own, so that a changed one does not restart it', () => {
    expect(Object.keys(service('postgres').environment ?? {})).toEqual(['POSTGRES_PASSWORD']);
  });
});

describe('production/compose: what runs', () => {
  it('is the production topology: Temporal and its UI, PostgreSQL, apply once, workers, a listener', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'apply',
      'listener',
      'postgres',
      'postgres-roles',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ]);
    expect(service('worker').command).toEqual(['worker']);
    expect(service('apply').command).toEqual(['apply']);
    expect(service('listener').command).toEqual(['listen']);
  });

  it('has as many workers as .env says, so that the next up keeps their number', () => {
    expect(service('worker').deploy?.replicas).toBe('${WORKERS:-2}');
    expect(example.get('WORKERS')).toBe('2');
  });

  it('pins every image of others to an exact version', () => {
    for (const [name, { image, build }] of services) {
      if (build === undefined) expect(image, name).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    }
  });

  it('starts nothing before what it needs; restarts what serves for ever, and jobs for seconds', () => {
    const conditions = (name: string) =>
      Object.entries(service(name).depends_on ?? {}).map(([on, { condition }]) => `${on} ${condition}`);
    expect(conditions('postgres-roles')).toEqual(['postgres service_healthy']);
    expect(conditions('temporal-schema')).toContain('postgres-roles service_completed_successfully');
    expect(conditions('temporal')).toContain('temporal-schema service_completed_successfully');
    expect(conditions('temporal-namespace')).toEqual(['temporal service_healthy']);
    expect(conditions('apply')).toContain('temporal-namespace service_completed_successfully');
    expect(conditions('worker')).toContain('apply service_completed_successfully');
    expect(conditions('listener')).toContain('apply service_completed_successfully');
    for (const [name, { depends_on: needed = {}, restart }] of services) {
      expect(restart, name).toBe(JOBS.includes(name) ? 'on-failure:3' : 'unless-stopped');
      for (const [on, { condition }] of Object.entries(needed)) {
        if (condition === 'service_healthy') expect(service(on).healthcheck, on).toBeDefined();
      }
    }
  });

  it('gives craftsync an environment that it can use', () => {
    for (const [name, { environment }] of ours) {
      const values = Object.entries(environment ?? {}).map(([key, value]) => {
        const filled = value.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1').replace(/\$\{[A-Z_]+:\?[^}]*\}/g, 'secret');
        return [key, filled] as const;
      });
      expect(() => readEnvironment(Object.fromEntries(values)), name).not.toThrow();
    }
  });

  it('lets a new container of Temporal start without waiting for the address of the last one', () => {
    expect(service('temporal').environment?.['TEMPORAL_BROADCAST_ADDRESS']).toBe('127.0.0.1');
  });

  it('mounts the folder of the configuration: a file alone would stay the old one after an editor replaced it', () => {
    for (const [name, { volumes }] of ours) {
      expect(volumes, name).toEqual([
        {
          type: 'bind',
          source: '${CRAFTSYNC_SETTINGS:-./settings}',
          target: '/etc/craftsync',
          read_only: true,
          bind: { create_host_path: false },
        },
      ]);
    }
    expect(read('Dockerfile')).toContain('CRAFTSYNC_CONFIG=/etc/craftsync/craftsync.yaml');
  });

  it('keeps data in named volumes, and mounts only files that are there', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes).filter((mount) => typeof mount === 'string');
    for (const mount of mounts) {
      const [source = ''] = mount.split(':');
      if (source.startsWith('./')) expect(statSync(ROOT + source).isFile(), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    expect(service('postgres').volumes).toContain('postgres-data:/var/lib/postgresql');
  });

  it('leaves a worker more time to stop than it gives its activities', () => {
    const [, grace = ''] = /SHUTDOWN_GRACE = '(\d+) seconds'/.exec(read('workers/main.ts')) ?? [];
    expect(Number.parseInt(service('worker').stop_grace_period ?? '0', 10)).toBeGreaterThan(Number(grace) + 5);
  });
});

describe('production/compose: what is kept apart', () => {
  const reach = (a: string, b: string): boolean =>
    (service(a).networks ?? []).some((network) => (service(b).networks ?? []).includes(network));

  it('gives craftsync no root, no capability and no disk to write to', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(['apply', 'listener', 'worker']);
    for (const [name, { user, privileged, ...rest }] of ours) {
      expect(user, name).toBeUndefined();
      expect(privileged, name).toBeUndefined();
      expect(rest.read_only, name).toBe(true);
      expect(rest.cap_drop, name).toEqual(['ALL']);
      expect(rest.security_opt, name).toEqual(['no-new-privileges:true']);
    }
  });

  it('limits the memory, the processes and the logs of every service', () => {
    for (const [name, { mem_limit: memory, pids_limit: processes, logging }] of services) {
      expect(memory, name).toMatch(/^\d+[mg]$/);
      expect(processes, name).toBeGreaterThan(0);
      expect(logging, name).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
    }
  });

  it('opens ports to this host alone', () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
  });

  it('shows PostgreSQL to those who ask it alone, and Temporal to nobody outside', () => {
    const reachPostgres = services.map(([name]) => name).filter((name) => reach(name, 'postgres'));
    expect(reachPostgres.sort()).toEqual([
      ...['apply', 'listener', 'postgres', 'postgres-roles', 'temporal', 'temporal-schema', 'worker'],
    ]);
    for (const name of ['postgres', 'temporal']) {
      for (const network of service(name).networks ?? [])
        expect(compose.networks[network], network).toEqual({ internal: true });
    }
  });

  it('puts a service with a port into a network of its own, out of which nothing can be called', () => {
    for (const [name, { ports, networks = [] }] of services) {
      if (ports === undefined) continue;
      const open = networks.filter((network) => compose.networks[network]?.internal !== true);
      expect(open, name).toHaveLength(1);
      const [network = ''] = open;
      expect(services.filter(([, other]) => other.networks?.includes(network)).map(([other]) => other)).toEqual([name]);
      expect(compose.networks[network]?.driver_opts).toEqual({
        'com.docker.network.bridge.enable_ip_masquerade': 'false',
      });
    }
  });

  it('lets those call the outside who call Craft.io and the dev tools, and nobody else', () => {
    const outside = services.filter(([, { networks }]) => networks?.includes('outside')).map(([name]) => name);
    expect(outside).toEqual(['apply', 'worker']);
    for (const [name, { networks }] of services) expect(networks?.length, name).toBeGreaterThan(0);
  });
});
