import { NO_KEYS } from '../../config/encryption/keys.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireDatabaseUrl, requireTemporal, resolveDeployment } from '../../config/deployment.js';
import { writeStack } from '../../config/stack.js';
import type { Stack } from '../../config/stack.js';
import { temporaryFolder } from '../fixtures/configurationFile.js';

/** No process has this id: it is higher than any that systems assign. */
const NO_PROCESS = 2 ** 30;

function startedStack(stateDir: string, changes: Partial<Stack> = {}): Stack {
  const stack: Stack = {
    pid: process.pid,
    temporalAddress: '127.0.0.1:4001',
    temporalNamespace: 'default',
    uiUrl: null,
    databaseUrl: 'postgres://127.0.0.1:4002/craftsync',
    configPath: '/stack/craftsync.yaml',
    listenUrl: null,
    sandboxUrl: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
  writeStack(stateDir, stack);
  return stack;
}

function folders(): { cwd: string; state: string } {
  const cwd = temporaryFolder();
  return { cwd, state: join(cwd, '.craftsync') };
}

describe('config/deployment', () => {
  it('takes everything from the running stack where the environment is silent', () => {
    const { cwd, state } = folders();
    const stack = startedStack(state);
    expect(resolveDeployment({ flags: { state }, env: {}, cwd })).toEqual({
      configPath: '/stack/craftsync.yaml',
      databaseUrl: 'postgres://127.0.0.1:4002/craftsync',
      temporal: {
        address: '127.0.0.1:4001',
        namespace: 'default',
        connectionOptions: { address: '127.0.0.1:4001' },
        tlsBecause: null,
        encryption: NO_KEYS,
      },
      source: 'stack',
      stateDir: state,
      stack,
      stackProblem: null,
    });
  });

  it.each([
    [{}, null],
    [{ TEMPORAL_API_KEY: 'hush' }, 'TEMPORAL_API_KEY is set'],
    [{ TEMPORAL_API_KEY: 'hush', TEMPORAL_TLS: 'false' }, null],
    [{ TEMPORAL_TLS: 'true' }, 'TEMPORAL_TLS is set'],
    [{ TEMPORAL_TLS: 'true', TEMPORAL_TLS_SERVER_NAME: 'x' }, 'TEMPORAL_TLS and TEMPORAL_TLS_SERVER_NAME are set'],
  ])('knows why TLS is on with %o', (variables, because) => {
    const { cwd, state } = folders();
    const env = { CRAFTSYNC_STATE: state, CRAFTSYNC_CONFIG: '/c.yaml', TEMPORAL_ADDRESS: 'temporal', ...variables };
    const { temporal } = resolveDeployment({ flags: {}, env, cwd });
    expect([temporal?.address, temporal?.tlsBecause]).toEqual(['temporal:7233', because]);
  });

  it('prefers what the environment names, even when a stack runs', () => {
    const { cwd, state } = folders();
    startedStack(state);
    const env = { CRAFTSYNC_STATE: state, DATABASE_URL: 'postgres://db/craftsync' };
    const half = resolveDeployment({ flags: {}, env, cwd });
    expect([half.databaseUrl, half.temporal?.address, half.source]).toEqual([
      'postgres://db/craftsync',
      '127.0.0.1:4001',
      'mixed',
    ]);
    const whole = resolveDeployment({
      flags: {},
      env: { ...env, TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'sync' },
      cwd,
    });
    expect([whole.temporal?.address, whole.temporal?.namespace, whole.source]).toEqual([
      'temporal:7233',
      'sync',
      'environment',
    ]);
  });

  it('passes on the key and TLS settings of the standard Temporal variables', () => {
    const { cwd } = folders();
    const env = {
      CRAFTSYNC_CONFIG: 'x.yaml',
      TEMPORAL_ADDRESS: 'eu.tmprl.test:7233',
      TEMPORAL_NAMESPACE: 'sync.abc',
      TEMPORAL_API_KEY: 'cloud-key',
      TEMPORAL_TLS_SERVER_NAME: 'eu.tmprl.test',
    };
    const { temporal } = resolveDeployment({ flags: {}, env, cwd });
    expect(temporal).toMatchObject({
      address: 'eu.tmprl.test:7233',
      namespace: 'sync.abc',
      connectionOptions: { apiKey: 'cloud-key', tls: { serverNameOverride: 'eu.tmprl.test' } },
    });
  });

  it('reads a Temporal profile only when the environment names one', () => {
    const { cwd, state } = folders();
    startedStack(state);
    const file = join(cwd, 'temporalio', 'temporal.toml');
    mkdirSync(join(cwd, 'temporalio'));
    writeFileSync(file, '[profile.default]\naddress = "far.test:7233"\nnamespace = "prod"\n');
    const temporalOf = (env: NodeJS.ProcessEnv) => resolveDeployment({ flags: { state }, env, cwd }).temporal;
    // Where Temporal's own tools would find the file by themselves.
    const found = { XDG_CONFIG_HOME: cwd };
    expect(temporalOf(found)?.address).toBe('127.0.0.1:4001');
    expect(temporalOf({ ...found, TEMPORAL_ADDRESS: 'near.test:7233' })).toMatchObject({
      address: 'near.test:7233',
      namespace: 'default',
    });
    expect(temporalOf({ ...found, TEMPORAL_PROFILE: 'default' })).toMatchObject({
      address: 'far.test:7233',
      namespace: 'prod',
    });
    expect(temporalOf({ TEMPORAL_CONFIG_FILE: file })).toMatchObject({ address: 'far.test:7233', namespace: 'prod' });
  });

  it('looks for the configuration at the flag, the environment, the folder, the stack, in this order', () => {
    const { cwd, state } = folders();
    startedStack(state);
    const pathOf = (config: string | undefined, env: NodeJS.ProcessEnv) =>
      resolveDeployment({ flags: { state, config }, env, cwd }).configPath;
    expect(pathOf(undefined, {})).toBe('/stack/craftsync.yaml');
    writeFileSync(join(cwd, 'craftsync.yaml'), '');
    expect(pathOf(undefined, {})).toBe(join(cwd, 'craftsync.yaml'));
    expect(pathOf(undefined, { CRAFTSYNC_CONFIG: 'env.yaml' })).toBe(join(cwd, 'env.yaml'));
    expect(pathOf('flag.yaml', { CRAFTSYNC_CONFIG: 'env.yaml' })).toBe(join(cwd, 'flag.yaml'));
  });

  it('says what to do when no configuration is named anywhere', () => {
    const { cwd, state } = folders();
    expect(() => resolveDeployment({ flags: { state }, env: {}, cwd })).toThrow(
      `there is no craftsync.yaml in ${cwd}, and no stack runs in ${state}: name the file with --config or CRAFTSYNC_CONFIG, or run npx craftsync up`,
    );
  });

  it('gives commands that need neither ledger nor Temporal their configuration', () => {
    const { cwd, state } = folders();
    const deployment = resolveDeployment({ flags: { state, config: 'c.yaml' }, env: {}, cwd });
    expect([deployment.databaseUrl, deployment.temporal, deployment.stack]).toEqual([null, null, null]);
  });

  it('says that the stack is not running, rather than using what it left behind', () => {
    const { cwd, state } = folders();
    startedStack(state, { pid: NO_PROCESS });
    const deployment = resolveDeployment({ flags: { state, config: 'c.yaml' }, env: {}, cwd });
    expect(() => requireDatabaseUrl(deployment)).toThrow(
      `DATABASE_URL is not set, and the stack in ${state}, started 2026-01-01T00:00:00.000Z, is not running: set it, or run npx craftsync up`,
    );
    expect(() => requireTemporal(deployment)).toThrow(
      `TEMPORAL_ADDRESS is not set, and the stack in ${state}, started 2026-01-01T00:00:00.000Z, is not running: set it, or run npx craftsync up`,
    );
  });
});
