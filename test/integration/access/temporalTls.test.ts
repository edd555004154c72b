/** Temporal over TLS, with an authority of one's own, client certificates and an API key, and each way to be wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { authority } from '../../connectors/http/selfSigned.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { handOverFacts } from '../../harness/deployment/handOverCheck.js';
import { startCraftsync } from '../../harness/servers/program.js';
import { startTlsTemporal, type TlsTemporal } from '../../harness/access/tlsTemporal.js';

const API_KEY = 'tmprl_0123456789abcdefghij';
const DAY_MS = 24 * 3_600_000;
const ours = authority('Authority of the company');
const others = authority('Authority of somebody else');

let folder = '';
let deployment: TestDeployment;
const servers: TlsTemporal[] = [];

type Env = Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'craftsync-tls-'));
  deployment = await startDeployment({ items: 0 });
}, 240_000);
afterAll(async () => {
  await deployment.close();
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function serve(more: Partial<Parameters<typeof startTlsTemporal>[0]> = {}): Promise<TlsTemporal> {
  const own = { target: deployment.temporal.address, ...ours.issue(), clientAuthority: ours.cert, apiKey: API_KEY };
  const server = await startTlsTemporal({ ...own, ...more });
  servers.push(server);
  return server;
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

/** All that is right; a test takes away or changes one of them. */
function settings({ port }: TlsTemporal, client = ours.issue({ host: 'worker' })): Env {
  return {
    TEMPORAL_ADDRESS: `localhost:${port}`,
    TEMPORAL_API_KEY: API_KEY,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem', ours.cert),
    TEMPORAL_TLS_CLIENT_CERT_PATH: file(`client-${client.cert.length}.pem`, client.cert),
    TEMPORAL_TLS_CLIENT_KEY_PATH: file(`client-${client.cert.length}.key`, client.key),
  };
}

describe('integration/access/temporalTls', { timeout: 240_000 }, () => {
  it('hands items over through mutual TLS, with the API key in each call', async () => {
    const server = await serve();
    const env = settings(server);
    await deployment.startWorker(env);
    seedReadyItems(deployment.sandbox.world, 2);
    const { exitCode, stderr } = await deployment.runWith(env, 'sweep', 'mobile');
    expect([exitCode, stderr]).toEqual([0, '']);
    await eventually(async () => {
      const { links } = await handOverFacts(deployment);
      return links.length === 2 && links.every(({ phase }) => phase === 'following');
    }, 'the items are followed');
    expect([...server.authorizations]).toEqual([`Bearer ${API_KEY}`]);
  });

  it.each<[string, Partial<Parameters<typeof startTlsTemporal>[0]>, Partial<Record<string, string>>, RegExp]>([
    [
      'an authority that is not known',
      {},
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '' },
      /certificate .*name its authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [
      'the authority of somebody else',
      others.issue(),
      {},
      /certificate .*name its authority in TEMPORAL_TLS_SERVER_CA/,
    ],
    [
      'a certificate for another host',
      ours.issue({ host: 'temporal.example' }),
      {},
      /certificate for another host name .*: write the host name of the certificate in TEMPORAL_ADDRESS/,
    ],
    [
      'a certificate that has expired',
      ours.issue({ validForMs: -DAY_MS }),
      {},
      /certificate that has expired .*: renew it there/,
    ],
    [
      'no certificate of the client',
      {},
      { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' },
      /asks for a client certificate.*correct the client certificate and its key/,
    ],
    ['another API key', {}, { TEMPORAL_API_KEY: 'tmprl_another_key_of_somebody' }, /UNAUTHENTICATED.*TEMPORAL_API_KEY/],
    ['a server without TLS', { target: '' }, {}, /does not speak TLS/],
  ])('tells an operator what is wrong and what to do: %s', async (_name, server, changed, expected) => {
    const served = server.target === '' ? null : await serve(server);
    const plain = Number(deployment.temporal.address.split(':')[1]);
    const env = { ...settings(served ?? { port: plain, authorizations: new Set(), close: () => Promise.resolve() }) };
    for (const [name, value] of Object.entries(changed)) env[name] = value ?? '';
    const askedAt = performance.now();
    const { exitCode, stderr } = await deployment.runWith(env, 'progress', 'km');
    // Of these a process needs some to start.
    expect(performance.now() - askedAt).toBeLessThan(60_000);
    expect([exitCode, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain(`localhost:${served?.port ?? plain}`);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain('tmprl_');
    const worker = await startCraftsync(['worker'], { env: { ...deployment.env, ...env } });
    // It ends, or, where the other side may mend it, waits with the same words.
    await worker.waitForLine(expected, 60_000);
    await worker.kill();
  });
});
