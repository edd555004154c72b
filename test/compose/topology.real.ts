/**
 * docker-compose.yml on a real engine, from nothing to a restored backup, with the sandbox as the other side. The steps
 * build on each other. What must hold throughout: nothing created twice, nothing lost, everything locked.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { PASSWORDS, secret, startTopology, type Topology } from './topology.js';

const CLEAN = { duplicates: [], missing: [], unlocked: [] };
const LASTING = ['postgres', 'temporal', 'temporal-ui', 'worker', 'listener'];

describe.skipIf(inject('engineMissing') !== null)('compose/topology', () => {
  let topology: Topology;
  let beganAt = 0;
  let hasFailed = false;

  beforeAll(async () => {
    topology = await startTopology();
  });
  beforeEach(({ skip }) => {
    skip(hasFailed, 'a step before it failed');
    beganAt = performance.now();
  });
  afterEach(async ({ task }) => {
    const took = Math.round((performance.now() - beganAt) / 1_000);
    console.log(`${task.result?.state ?? ''} after ${took} s: ${task.name}`);
    if (task.result?.state !== 'fail') return;
    hasFailed = true;
    const { out, err } = await topology.attempt(
      'docker compose ps --all; docker compose logs --no-color --tail 25 apply worker listener temporal postgres',
    );
    console.log(out.slice(-20_000), err);
  });
  afterAll(() => topology?.close());

  /** Looks every second. */
  async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + seconds * 1_000;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end) throw new Error(`after ${seconds} s still not: ${what}`);
      await sleep(1_000);
    }
  }
  const sweep = () => topology.attempt('docker compose exec -T worker craftsync sweep mobile');
  const handedOver = async (): Promise<void> => {
    await until('all is handed over', 240, async () => {
      const { missing, unlocked } = await topology.otherSide.verdict();
      return missing.length + unlocked.length === 0;
    }).catch(() => undefined);
    expect(await topology.otherSide.verdict()).toEqual(CLEAN);
  };
  const handOver = async (count: number): Promise<void> => {
    await topology.otherSide.addReady(count);
    await sweep();
    await handedOver();
  };
  /** Does something once the first of many creates are done. */
  const inTheMiddle = async (disturb: () => Promise<unknown>): Promise<void> => {
    const { otherSide } = topology;
    await otherSide.latency(300);
    const before = await otherSide.created();
    await otherSide.addReady(60);
    const swept = sweep();
    await until('ten are created', 120, async () => (await otherSide.created()) >= before + 10);
    expect(await otherSide.created()).toBeLessThan(before + 60);
    await disturb();
    await swept;
    await otherSide.latency(0);
    await handedOver();
  };
  const statusOf = async (path: string, token?: string): Promise<number> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await fetch(topology.listenerUrl + path, { headers })).status;
  };

  it('says what is wrong in the configuration before anything is started', async () => {
    await topology.run('docker compose build');
    await topology.run('docker compose run --rm --no-deps worker check');
    topology.editConfiguration((text) => text.replace('dialect: guide', 'dialekt: guide'));
    const checked = await topology.attempt('docker compose run --rm --no-deps worker check');
    expect([checked.code, checked.err]).toEqual([1, expect.stringContaining('craft.dialekt')]);
    topology.editConfiguration((text) => text.replace('dialekt: guide', 'dialect: guide'));
  });

  it('comes up from nothing', async () => {
    const { code, seconds, err } = await topology.attempt('docker compose up --detach');
    console.log(`up from nothing: ${seconds} s`);
    expect(code, err).toBe(0);
    const running = await topology.run('docker compose ps --services --status running');
    expect(running.trim().split('\n').sort()).toEqual([...LASTING].sort());
    expect(await topology.containers('worker')).toHaveLength(2);
    expect((await topology.attempt('docker compose exec -T worker craftsync check')).code).toBe(0);
  });

  it('runs craftsync as nobody special: not root, no capability, nothing to write to', async () => {
    for (const service of ['worker', 'listener']) {
      const facts = await topology.run(
        `docker compose exec -T ${service} sh -c 'id -u; grep -E "CapEff|NoNewPrivs" /proc/1/status; touch /app/x 2>&1 || true'`,
      );
      expect(facts.replace(/\s+/g, ' ')).toMatch(
        /^1000 CapEff: 0000000000000000 NoNewPrivs: 1 .*Read-only file system/,
      );
    }
    const ids = (await topology.containers(...LASTING)).join(' ');
    const limits = await topology.run(
      `docker inspect --format '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}' ${ids}`,
    );
    for (const line of limits.trim().split('\n')) expect(line).toMatch(/^[1-9]\d{7,} [1-9]\d*$/);
  });

  it('lets the listener see no API key, and no Temporal or PostgreSQL be seen from the port of others', async () => {
    const environment = await topology.run('docker compose exec -T listener env');
    expect(environment).toContain('KITEMAKER_WEBHOOK_SECRET=');
    for (const key of [topology.otherSide.keys.craft, topology.otherSide.keys.kitemaker])
      expect(environment).not.toContain(key);
    const reached = await topology.run(
      `docker compose exec -T listener node -e "require('dns').lookup('temporal-ui', (e) => console.log(e ? 'no' : 'yes'))"`,
    );
    expect(reached.trim()).toBe('yes');
    const ui = await topology.attempt('docker compose exec -T temporal-ui getent hosts postgres');
    expect(ui.out.trim()).toBe('');
  });

  it('gives workers and the listener a role that changes no table, no migration and no line of the log', async () => {
    const as = (sql: string) =>
      topology.attempt(
        `docker compose exec -T -e PGPASSWORD="$(sed -n s/^LEDGER_PASSWORD=//p .env)" postgres ` +
          `psql --host=127.0.0.1 --username=craftsync --dbname=craftsync --command="${sql}"`,
      );
    expect((await as('select count(*) from item_link')).code).toBe(0);
    for (const sql of [
      'create table extra (id int)',
      'create temporary table extra (id int)',
      'delete from craftsync_migrations',
      `update sync_log set outcome = 'x'`,
    ])
      expect((await as(sql)).err, sql).toMatch(/permission denied/);
    expect((await as('delete from sync_log')).out.trim()).toBe('DELETE 0');
  });

  it('hands 50 items over by two workers, each once', async () => {
    await handOver(50);
  });

  it('asks for the token, takes webhooks, and brings their news at once', async () => {
    expect(await statusOf('/healthz')).toBe(200);
    expect([await statusOf('/metrics'), await statusOf('/metrics', topology.token)]).toEqual([401, 200]);
    expect(await statusOf('/readyz', topology.token)).toBe(200);
    await topology.otherSide.sendWebhooksTo(`${topology.listenerUrl}/webhooks/km`);
    const moved = await topology.otherSide.moveNewest(5, 'In Progress');
    await until('progress is shown in Craft.io', 14, async () =>
      (await topology.otherSide.progressOf(moved)).every((value) => value === 'In development'),
    );
  });

  it('creates nothing twice when a worker is killed', async () => {
    const [first = ''] = await topology.containers('worker');
    await inTheMiddle(async () => {
      await topology.run(`docker exec ${first} sh -c 'kill -9 $(cat /proc/1/task/1/children)'`);
    });
    expect(await topology.containers('worker')).toContain(first);
  });

  it('creates nothing twice when Temporal is restarted, and killed', async () => {
    await inTheMiddle(() => topology.run('docker compose restart temporal'));
    await inTheMiddle(() => topology.run('docker compose kill temporal && docker compose start temporal'));
  });

  it('creates nothing twice when PostgreSQL is restarted', async () => {
    await inTheMiddle(() => topology.run('docker compose restart postgres'));
  });

  it('changes nothing with a second up', async () => {
    const before = await topology.containers(...LASTING);
    const { code, seconds } = await topology.attempt('docker compose up --detach');
    console.log(`second up: ${seconds} s`);
    expect(code).toBe(0);
    expect(await topology.containers(...LASTING)).toEqual(before);
  });

  it('starts as many workers as .env says, and keeps them with the next up', async () => {
    topology.set({ WORKERS: '3' });
    await topology.run('docker compose up --detach');
    await topology.run('docker compose up --detach');
    expect(await topology.containers('worker')).toHaveLength(3);
    await handOver(20);
    topology.set({ WORKERS: '2' });
    await topology.run('docker compose up --detach');
    expect(await topology.containers('worker')).toHaveLength(2);
  });

  it('takes a configuration that an editor replaced, in every worker, and they say so', async () => {
    topology.editConfiguration((text) => text.replace('{shortId} {title}', '{title} ({shortId})'));
    await topology.run(`docker compose run --rm apply`);
    await handOver(10);
    expect(await topology.otherSide.newestTitle()).toMatch(/\(MBK-\d+\)$/);
    const said = await topology.run('docker compose logs --no-color worker');
    expect(said.match(/the configuration changed and was read again/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('fails after a few tries with a mistake in the configuration, and leaves the workers alone', async () => {
    const before = await topology.containers('worker');
    topology.editConfiguration((text) => text.replace('dialect: guide', 'dialekt: guide'));
    const { code, seconds } = await topology.attempt('docker compose up --detach');
    console.log(`up with a mistake: ${seconds} s`);
    expect(code).not.toBe(0);
    const apply = (await topology.run('docker compose ps --all --quiet apply')).trim();
    expect((await topology.run(`docker inspect --format '{{.RestartCount}}' ${apply}`)).trim()).toBe('3');
    expect(await topology.run('docker compose logs --no-color apply')).toContain('craft.dialekt');
    expect(await topology.containers('worker')).toEqual(before);
    topology.editConfiguration((text) => text.replace('dialekt: guide', 'dialect: guide'));
    await topology.run('docker compose up --detach');
    await handOver(5);
  });

  it('goes on over down and up, in about the time of the first start', async () => {
    await topology.run('docker compose down');
    const { code, seconds } = await topology.attempt('docker compose up --detach');
    console.log(`down and up: ${seconds} s`);
    expect(code).toBe(0);
    await handOver(10);
  });

  it('takes changed passwords with the next up, and does not restart PostgreSQL for those of its roles', async () => {
    const [server] = await topology.containers('postgres');
    topology.set(Object.fromEntries(PASSWORDS.slice(1).map((name) => [name, secret()])));
    const { code, seconds } = await topology.attempt('docker compose up --detach');
    console.log(`changed passwords: ${seconds} s`);
    expect(code).toBe(0);
    expect(await topology.containers('postgres')).toEqual([server]);
    await handOver(10);
  });

  it('takes a changed password of the administrator as the runbook says', async () => {
    const changed = secret();
    await topology.run(
      `printf '%s\\n%s\\n' ${changed} ${changed} | docker compose exec -T postgres psql -U postgres -c '\\password'`,
    );
    topology.set({ POSTGRES_PASSWORD: changed });
    expect((await topology.attempt('docker compose up --detach')).code).toBe(0);
    await handOver(10);
  });

  it('replaces the image under running workflows', async () => {
    const { otherSide } = topology;
    const before = await topology.run(
      `docker inspect --format '{{.Image}}' ${(await topology.containers('worker')).join(' ')}`,
    );
    topology.set({ CRAFTSYNC_VERSION: `craftsync-test-${process.pid}-b` });
    await topology.run('docker compose build');
    await inTheMiddle(async () => {
      const { code, seconds } = await topology.attempt('docker compose up --detach');
      console.log(`upgrade: ${seconds} s`);
      expect(code).toBe(0);
    });
    const after = await topology.run(
      `docker inspect --format '{{.Image}}' ${(await topology.containers('worker')).join(' ')}`,
    );
    for (const image of after.trim().split('\n')) expect(before).not.toContain(image);
    const moved = await otherSide.moveNewest(5, 'In Progress');
    await until('items begun by the last image are followed by the new one', 60, async () =>
      (await otherSide.progressOf(moved)).every((value) => value === 'In development'),
    );
  });

  it('is brought back from a backup of all databases, links and running workflows', async () => {
    const { otherSide } = topology;
    await topology.run(topology.runbook('Backup and restore', 0));
    await topology.run('docker compose down --volumes');
    await topology.run(topology.runbook('Backup and restore', 1));
    expect((await topology.containers(...LASTING)).length).toBe(6);
    const moved = await otherSide.moveNewest(10, 'Done');
    await until('restored items are followed', 90, async () =>
      (await otherSide.progressOf(moved)).every((value) => value === 'Done'),
    );
    await handOver(10);
    const { out } = await topology.attempt('docker compose exec -T worker craftsync status');
    console.log(out.split('\n').slice(0, 12).join('\n'));
  });
});
