import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_KEYS } from '../../config/encryption/keys.js';
import { isLoopback, readEnvironment } from '../../config/environment.js';
import { ConfigurationError } from '../../config/problems.js';

const KEY = 'cr+Zk9aBcD3eFgHiJkL7mN0/oP4qRsTuVwXyZ';

function messageOf(env: NodeJS.ProcessEnv): string {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('config/environment', () => {
  it('has a value for everything when nothing is set', () => {
    expect(readEnvironment({ HOME: '/home/ada' })).toEqual({
      configPath: null,
      databaseUrl: null,
      temporalAddress: null,
      stateDir: resolve('.craftsync'),
      listen: { host: '127.0.0.1', port: 8788 },
      token: null,
      codecOrigins: [],
      encryption: NO_KEYS,
      workerListen: null,
      workerCachedRuns: 150,
      logLevel: 'info',
      startedAs: null,
      cacheDir: join('/home/ada', '.cache', 'craftsync'),
    });
  });

  it('counts blank variables as not set, and trims the others', () => {
    const { configPath, databaseUrl, temporalAddress, cacheDir } = readEnvironment({
      CRAFTSYNC_CONFIG: '  ',
      DATABASE_URL: ' postgres://u:p@db/craftsync\n',
      TEMPORAL_ADDRESS: '',
      XDG_CACHE_HOME: '/cache',
    });
    expect([configPath, databaseUrl, temporalAddress, cacheDir]).toEqual([
      null,
      'postgres://u:p@db/craftsync',
      null,
      '/cache/craftsync',
    ]);
  });

  it.each([
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['[::1]:9000', { host: '::1', port: 9000 }],
    ['0', { host: '127.0.0.1', port: 0 }],
  ])('listens where CRAFTSYNC_LISTEN=%s says', (value, expected) => {
    expect(readEnvironment({ CRAFTSYNC_LISTEN: value }).listen).toEqual(expected);
  });

  it.each(['nowhere', '127.0.0.1:', '127.0.0.1:70000', 'a b:80'])('refuses CRAFTSYNC_LISTEN=%s', (value) => {
    expect(messageOf({ CRAFTSYNC_LISTEN: value })).toBe(
      `CRAFTSYNC_LISTEN is "${value}": write host:port, such as 127.0.0.1:8788`,
    );
  });

  it.each(['pa%ss', '100%', 'a#b', 'a/b', '1/b', '1?b', 'a?b', '1#b', '%ff'])(
    'refuses a password with signs that mean something else in an address, without showing it: %s',
    (password) => {
      expect(messageOf({ DATABASE_URL: `postgres://u:${password}@db:5432/craftsync` })).toBe(
        'DATABASE_URL is not a valid URL; expected postgres://user:password@host:5432/database, ' +
          'with % in user and password written as %25, # as %23, @ as %40, / as %2F, ? as %3F, : as %3A',
      );
    },
  );

  it.each([
    'postgres://u:pa%25%23@db/craftsync',
    'postgres:///craftsync?host=/run/postgresql',
    'postgres://u:a@b@db/c',
  ])('takes %s', (url) => {
    expect(readEnvironment({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it.each([
    [
      'http://127.0.0.1:7233',
      'is "http://127.0.0.1:7233": write host:port, without http:// or https:// (TLS: TEMPORAL_TLS=true)',
    ],
    ['127.0.0.1:72330', 'is "127.0.0.1:72330": write host:port'],
    ['host:7233/path', 'is "host:7233/path": write host:port'],
    ['user:secret@host:7233', 'is no address of a Temporal server: write host:port'],
  ])('refuses TEMPORAL_ADDRESS=%s', (value, problem) => {
    expect(messageOf({ TEMPORAL_ADDRESS: value })).toBe(`TEMPORAL_ADDRESS ${problem}, such as 127.0.0.1:7233`);
  });

  it('says where a worker tells whether it is ready, and nowhere unless it is asked to', () => {
    expect(readEnvironment({ CRAFTSYNC_WORKER_LISTEN: '8789' }).workerListen).toEqual({
      host: '127.0.0.1',
      port: 8789,
    });
    expect(messageOf({ CRAFTSYNC_WORKER_LISTEN: 'here' })).toMatch(
      /^CRAFTSYNC_WORKER_LISTEN is "here": write host:port/,
    );
  });

  it('takes the number of runs that a worker keeps, and refuses what is none', () => {
    expect(readEnvironment({ CRAFTSYNC_WORKER_CACHED_RUNS: '1000' }).workerCachedRuns).toBe(1_000);
    for (const value of ['1', '-5', '2.5', 'many', '100001']) {
      expect(messageOf({ CRAFTSYNC_WORKER_CACHED_RUNS: value })).toBe(
        `CRAFTSYNC_WORKER_CACHED_RUNS is "${value}": write a whole number from 2 to 100000`,
      );
    }
  });

  it.each([
    ['LOG_LEVEL', KEY, /^LOG_LEVEL is what looks like a key, and is not shown: write one of trace, debug/],
    ['CRAFTSYNC_LISTEN', KEY, /^CRAFTSYNC_LISTEN is what looks like a key, and is not shown: write host:port/],
    [
      'CRAFTSYNC_LISTEN',
      `${KEY.replace('/', '-')}:80`,
      /^CRAFTSYNC_LISTEN binds what looks like a key, and is not shown/,
    ],
    ['CRAFTSYNC_WORKER_LISTEN', KEY, /^CRAFTSYNC_WORKER_LISTEN is what looks like a key/],
    ['CRAFTSYNC_WORKER_CACHED_RUNS', KEY, /^CRAFTSYNC_WORKER_CACHED_RUNS is what looks like a key/],
    ['CRAFTSYNC_CODEC_ORIGIN', KEY, /^CRAFTSYNC_CODEC_ORIGIN holds what looks like a key/],
    [
      'CRAFTSYNC_CODEC_ORIGIN',
      `https://ui:${KEY}@ui.example`,
      /^CRAFTSYNC_CODEC_ORIGIN holds "https:\/\/…@ui.example":/,
    ],
    ['TEMPORAL_ADDRESS', KEY, /^TEMPORAL_ADDRESS is what looks like a key/],
    ['TEMPORAL_ADDRESS', `https://ui.example/?key=${KEY}`, /^TEMPORAL_ADDRESS is "https:\/\/ui.example\/\?key=…":/],
  ])('does not show a key that was given to the wrong variable: %s=%s', (name, value, expected) => {
    const message = messageOf({ [name]: value });
    expect(message).toMatch(expected);
    expect(message).not.toContain(KEY.slice(0, 8));
  });

  it('requires a token when others can reach the listener', () => {
    expect(messageOf({ CRAFTSYNC_LISTEN: '0.0.0.0:8788' })).toBe(
      'CRAFTSYNC_LISTEN binds "0.0.0.0", which others can reach: set CRAFTSYNC_TOKEN to a long random text, or bind 127.0.0.1',
    );
    expect(readEnvironment({ CRAFTSYNC_LISTEN: '0.0.0.0:8788', CRAFTSYNC_TOKEN: 't' }).token).toBe('t');
  });

  it('does not take a name that only begins like a loopback address for one', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '127.0.0.1.example.com', '::', '10.0.0.1'].some(isLoopback)).toBe(false);
  });

  it('never shows the database address, which may hold a password', () => {
    const message = messageOf({ DATABASE_URL: 'mysql://root:hunter2@db/x' });
    expect(message).toBe(
      'DATABASE_URL is not the address of a Postgres database: write postgres://user:password@host:5432/database',
    );
  });

  it('reads encryption keys, and names a wrong one without showing it', () => {
    const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64');
    expect(readEnvironment({ CRAFTSYNC_ENCRYPTION_KEYS: `a:${key}` }).encryption.encryptsWith).toBe('a');
    const message = messageOf({ CRAFTSYNC_ENCRYPTION_KEYS: `a:${key.slice(4)}` });
    expect(message).toContain('CRAFTSYNC_ENCRYPTION_KEYS: the key a has 29 bytes instead of 32');
    expect(message).not.toContain(key.slice(4, 16));
    expect(readEnvironment({ CRAFTSYNC_ENCRYPTION_KEYS: ' ' }).encryption).toEqual(NO_KEYS);
  });

  it('takes origins of Temporal’s UI as browsers write them, and refuses what is none', () => {
    const { codecOrigins } = readEnvironment({
      CRAFTSYNC_CODEC_ORIGIN: 'http://127.0.0.1:8233/, https://Temporal.example',
    });
    expect(codecOrigins).toEqual(['http://127.0.0.1:8233', 'https://temporal.example']);
    for (const wrong of [
      '*',
      'null',
      'temporal.example',
      'https://temporal.example/ui',
      'https://a:b@temporal.example',
    ])
      expect(messageOf({ CRAFTSYNC_CODEC_ORIGIN: wrong }), wrong).toMatch(
        /^CRAFTSYNC_CODEC_ORIGIN holds ".*": write the address of Temporal’s UI without a path/,
      );
  });

  it('reports all problems at once', () => {
    expect(messageOf({ LOG_LEVEL: 'inf', CRAFTSYNC_LISTEN: 'x' }).split('\n')).toEqual([
      'CRAFTSYNC_LISTEN is "x": write host:port, such as 127.0.0.1:8788',
      'LOG_LEVEL is "inf" (did you mean info?): write one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });
});
