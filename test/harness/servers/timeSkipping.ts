/**
 * A Temporal server whose clock jumps over sleeps, for tests of long waits: the SDK's download, else Maven's
 * `io.temporal:temporal-test-server` run by Java, fetched once into the user's cache folder.
 *
 * It is not a full server: it has no schedules, no listing or counting of workflows and no reset, and does not enforce
 * ParentClosePolicy. Test those with the run's development server.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';

import { readEnvironment } from '../../../config/environment.js';
import { claimPort } from '../../../stack/ports.js';
import { reasonOf } from '../../../stack/stackError.js';
import { spawnTied } from '../../../stack/tiedProcess.js';
import { needsTemporal } from './needsTemporal.js';

const TEST_SERVER_VERSION = '1.38.0';
const DOWNLOAD_MS = 20_000;
const MAVEN_MS = 180_000;
/** A JVM starts slowly on a busy machine. */
const SERVES_WITHIN_MS = 60_000;

export type TimeSkipping =
  | { readonly status: 'ready'; readonly environment: TestWorkflowEnvironment; stop(): Promise<void> }
  | { readonly status: 'unavailable'; readonly reason: string };

/** A machine with neither way skips these tests, and `reason` says why. */
export async function startTimeSkipping(): Promise<TimeSkipping> {
  needsTemporal();
  const reasons: string[] = [];
  for (const start of [startDownloaded, startFromMaven]) {
    try {
      return await start();
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  const reason = `no time-skipping server: ${reasons.join('; ')}`;
  console.error(reason);
  return { status: 'unavailable', reason };
}

async function startDownloaded(): Promise<TimeSkipping> {
  const starting = TestWorkflowEnvironment.createTimeSkipping();
  const outcome = await Promise.race([starting, sleep(DOWNLOAD_MS, null, { ref: false })]);
  if (outcome !== null) return ready(outcome, async () => undefined);
  void starting.then((late) => late.teardown()).catch(() => undefined);
  throw new Error(`the SDK's download did not arrive within ${DOWNLOAD_MS / 1_000} s`);
}

function ready(environment: TestWorkflowEnvironment, stopServer: () => Promise<void>): TimeSkipping {
  return {
    status: 'ready',
    environment,
    stop: async () => {
      await environment.teardown();
      await stopServer();
    },
  };
}

/**
 * The SDK waits 5 seconds for a server that it starts, too few for a JVM on a busy machine. So Java is started and
 * waited for here, and the program that the SDK gets to run on the same port only sleeps.
 */
async function startFromMaven(): Promise<TimeSkipping> {
  const jars = await fetchJars();
  const port = await claimPort(0, { what: 'the time-skipping server', flag: 'no flag' });
  const lines: string[] = [];
  const java = spawnTied({
    command: 'java',
    args: ['-Xmx256m', '-cp', join(jars, '*'), 'io.temporal.testserver.TestServer', String(port)],
    onLine: (line) => lines.push(line),
  });
  try {
    let ended = false;
    void java.ended.then(() => (ended = true));
    await untilServing(`127.0.0.1:${port}`, () => ended);
    const folder = await mkdtemp(join(tmpdir(), 'craftsync-time-'));
    const placeholder = join(folder, 'placeholder');
    await writeFile(placeholder, '#!/bin/sh\nexec sleep 86400\n');
    await chmod(placeholder, 0o755);
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { port, executable: { type: 'existing-path', path: placeholder } },
    });
    return ready(environment, async () => {
      await java.stop(5_000);
      await rm(folder, { recursive: true, force: true });
    });
  } catch (error) {
    java.kill();
    throw new Error(
      `Java's test server: ${reasonOf(error)}${lines.length === 0 ? '' : ` (${lines.slice(-2).join(' ')})`}`,
      { cause: error },
    );
  }
}

async function untilServing(address: string, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + SERVES_WITHIN_MS;
  for (;;) {
    if (isOver()) throw new Error('it ended before it served');
    try {
      const connection = await Connection.connect({ address, connectTimeout: '1 second' });
      await connection.close();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** Returns the folder with the jars, which is made in one piece or not at all. */
async function fetchJars(): Promise<string> {
  const parent = join(readEnvironment(process.env).cacheDir, 'temporal-test-server');
  const target = join(parent, TEST_SERVER_VERSION);
  if ((await readdir(target).catch(() => [])).length > 0) return target;

  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, '.making-'));
  try {
    await writeFile(join(folder, 'pom.xml'), POM);
    const jars = join(folder, 'jars');
    const args = [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${jars}`,
    ];
    await promisify(execFile)('mvn', [...args, '-DincludeScope=runtime'], { timeout: MAVEN_MS });
    // Another process may have been first; then its folder is used.
    await rename(jars, target).catch(() => undefined);
    return target;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Error(missing ? 'Maven is not on the PATH' : `Maven: ${reasonOf(error).slice(0, 300)}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>craftsync</groupId><artifactId>time-skipping</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVER_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
