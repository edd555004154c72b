import { describe, expect, it } from 'vitest';
import { fetchingEnvironment, plainEnvironment } from '../../config/childEnvironment.js';

const SECRETS = {
  CRAFT_API_KEY: 'k',
  CRAFTSYNC_TOKEN: 'k',
  DATABASE_URL: 'postgres://u:k@h/d',
  TEMPORAL_API_KEY: 'k',
  KITEMAKER_WEBHOOK_SECRET: 'k',
  AWS_SECRET_ACCESS_KEY: 'k',
  GOOGLE_APPLICATION_CREDENTIALS: '/k',
  PGPASSWORD: 'k',
  GITHUB_TOKEN: 'k',
};

describe('config/childEnvironment', () => {
  it('passes on what any program needs, and no key', () => {
    const needed = { PATH: '/bin', HOME: '/home/me', TMPDIR: '/t', TZ: 'UTC', LANG: 'C' };
    expect(plainEnvironment({ ...needed, ...SECRETS })).toEqual(needed);
  });

  it('passes on to downloads and builds how this machine reaches the outside, and no key', () => {
    const needed = {
      PATH: '/bin',
      https_proxy: 'http://p',
      HTTP_PROXY: 'http://p',
      GOPROXY: 'https://g',
      GOPATH: '/go',
    };
    expect(fetchingEnvironment({ ...needed, ...SECRETS })).toEqual(needed);
    expect(plainEnvironment({ GOPROXY: 'https://g', https_proxy: 'http://p' })).toEqual({});
  });
});
