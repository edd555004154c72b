/** `npm run record-histories`: records what no file holds yet. An existing file is never written again. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../config/environment.js';
import { claimPort } from '../../../stack/ports.js';
import { findTemporalCli } from '../../../stack/temporal/cli.js';
import { spawnTied, type TiedProcess } from '../../../stack/tiedProcess.js';
import { eventually } from '../../harness/deployment/deployment.js';
import { itemRuns } from '../../workflows/itemRun.js';
import { Connection } from '@temporalio/client';
import { HISTORIES, recordedHistories, UNRELEASED } from '../histories.js';
import { normal, tracesIn } from '../normal.js';
import { playing } from './played.js';
import { SITUATIONS } from './situations.js';
import type { Stage } from './stage.js';

const FOLDER = `${HISTORIES}${UNRELEASED}`;
/** After so many events the server of `suggesting` suggests that a run continues as new. */
const SUGGESTS_AFTER = 40;

interface Closable {
  close(): Promise<void>;
}

const made: Closable[] = [];
let server: TiedProcess | null = null;

function once<T extends Closable>(make: () => Promise<T>): () => Promise<T> {
  let one: Promise<T> | null = null;
  return () => {
    one ??= make().then((thing) => {
      made.push(thing);
      return thing;
    });
    return one;
  };
}

let address: Promise<string> | null = null;
const suggestingServer = (): Promise<string> => (address ??= startSuggesting());

async function startSuggesting(): Promise<string> {
  const { cacheDir } = readEnvironment(process.env);
  const command = await findTemporalCli({ cacheDir, log: () => undefined });
  const port = await claimPort(0, { what: 'the Temporal server', flag: '--temporal-port' });
  const limit = `limit.historyCount.suggestContinueAsNew=${SUGGESTS_AFTER}`;
  const args = ['server', 'start-dev', '--headless', '--port', String(port), '--dynamic-config-value', limit];
  server = spawnTied({ command, args, onLine: () => undefined });
  const at = `127.0.0.1:${port}`;
  await eventually(
    () =>
      Connection.connect({ address: at, connectTimeout: '1 second' }).then(
        (connection) => connection.close().then(() => true),
        () => false,
      ),
    'the server serves',
  );
  return at;
}

const stage: Stage = {
  items: once(() => itemRuns()),
  played: once(() => playing()),
  suggesting: once(async () => playing(await suggestingServer())),
  suggestingItems: once(async () => itemRuns(await suggestingServer())),
};

afterAll(async () => {
  await Promise.all(made.map((thing) => thing.close()));
  await server?.stop(10_000);
}, 60_000);

describe('replay/recording/record', () => {
  const missing = SITUATIONS.filter(({ file }) => !existsSync(`${FOLDER}/${file}.json`));

  it('has no two situations of one name', () => {
    expect(new Set(SITUATIONS.map(({ file }) => file)).size).toBe(SITUATIONS.length);
    expect(recordedHistories().length).toBeGreaterThan(0);
  });

  it.each(missing.map((situation) => [situation.file, situation] as const))('records %s', async (file, situation) => {
    const text = normal(await situation.record(stage));
    expect(await tracesIn(text)).toEqual([]);
    await mkdir(FOLDER, { recursive: true });
    await writeFile(`${FOLDER}/${file}.json`, text);
  });
});
