/**
 * From the tool's event to Craft.io's write-back, without a sweep in between: as a ratio to a plain server that gets
 * the same webhooks in the same run (`webhookFloor.mjs`). Then the same events doubled, shuffled and forged.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, describe, it } from 'vitest';
import type { ItemLink } from '../domain/link.js';
import { kitemakerSigns } from '../test/connectors/conformance/kitemaker.js';
import { eventually, startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { move, sweepReady, valuesWritten } from '../test/harness/deployment/followed.js';
import { startProgram } from '../test/harness/servers/program.js';

const EVENTS = Number(process.env['CRAFTSYNC_BENCH_EVENTS'] ?? 200);
const FLOOR = fileURLToPath(new URL('./webhookFloor.mjs', import.meta.url));
const SECRET = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;
const tool = kitemakerSigns(SECRET);
const WRITTEN_WITHIN_MS = 20_000;
const POSTS_AT_ONCE = 20;

/** Milliseconds from a move in the tool to the write in Craft.io, for one event after the other. */
async function timesOf(deployment: TestDeployment, links: readonly ItemLink[], status: string): Promise<number[]> {
  const times: number[] = [];
  for (const link of links) {
    const written = new Promise<number>((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Error('nothing was written')), WRITTEN_WITHIN_MS);
      const end = deployment.sandbox.onChange(({ side, id }) => {
        if (side !== 'craft' || id !== link.craftItemId) return;
        clearTimeout(tooLate);
        end();
        resolve(performance.now());
      });
    });
    const movedAt = performance.now();
    move(deployment, link, status);
    times.push((await written) - movedAt);
    await sleep(20);
  }
  return times;
}

async function floorTimes(deployment: TestDeployment, links: readonly ItemLink[]): Promise<number[]> {
  const { craft, world } = deployment.sandbox;
  const { webhooks } = world.tools.kitemaker;
  const craftItems = Object.fromEntries(links.map(({ devItemId, craftItemId }) => [devItemId ?? '', craftItemId]));
  const { guideUrl, apiKey: craftKey, workspaceId } = craft;
  const given = JSON.stringify({ guideUrl, craftKey, workspaceId, secret: SECRET, craftItems });
  const floor = startProgram({ command: process.execPath, args: [FLOOR, given] });
  try {
    const port = await floor.waitForLine(/^\d+$/);
    webhooks.set({ url: `http://127.0.0.1:${port}/`, secret: SECRET });
    return await timesOf(deployment, links, 'Backlog');
  } finally {
    webhooks.set(null);
    await floor.stop();
  }
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const shown = (name: string, times: readonly number[]): string =>
  `${name}: median ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms over ${times.length} events`;

async function postAll(url: string, posts: readonly ReturnType<typeof tool.signed>[]): Promise<Record<number, number>> {
  const answers: Record<number, number> = {};
  const waiting = [...posts];
  const work = Array.from({ length: POSTS_AT_ONCE }, async () => {
    for (let post = waiting.shift(); post !== undefined; post = waiting.shift()) {
      const headers = post.headers as Record<string, string>;
      const answer = await fetch(`${url}/webhooks/km`, { method: 'POST', headers, body: post.body });
      await answer.arrayBuffer();
      answers[answer.status] = (answers[answer.status] ?? 0) + 1;
    }
  });
  await Promise.all(work);
  return answers;
}

const shuffled = <T>(all: readonly T[]): T[] =>
  all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

/** Half the items move twice and announce it, doubled and shuffled; for the other half only forged events arrive. */
async function disorder(deployment: TestDeployment, url: string, links: readonly ItemLink[]): Promise<string[]> {
  const told = links.slice(0, links.length / 2);
  const forged = links.slice(links.length / 2);
  const before = new Map(links.map((link) => [link, valuesWritten(deployment, link, 'dev_status').length]));
  const events: ReturnType<typeof tool.signed>[] = [];
  const say = (link: ItemLink): void => {
    const signed = tool.signed(tool.news(link.devItemId ?? ''));
    events.push(signed, signed);
  };
  for (const status of ['In Progress', 'Done']) {
    for (const link of told) {
      move(deployment, link, status);
      say(link);
    }
  }
  const forger = kitemakerSigns(tool.wrongSecret);
  for (const link of forged) {
    move(deployment, link, 'Done');
    events.push(forger.signed(forger.news(link.devItemId ?? '')));
  }
  const startedAt = performance.now();
  const answers = await postAll(url, shuffled(events));
  await eventually(
    () => Promise.resolve(told.every((link) => valuesWritten(deployment, link, 'dev_status').at(-1) === 'Done')),
    'every change that was announced is written',
  );
  const ms = performance.now() - startedAt;
  await sleep(3_000);
  const writtenSince = (link: ItemLink): readonly unknown[] =>
    valuesWritten(deployment, link, 'dev_status').slice(before.get(link));
  for (const link of told) expect([['Done'], ['In development', 'Done']]).toContainEqual(writtenSince(link));
  for (const link of forged) expect(writtenSince(link)).toEqual([]);
  return [
    `${events.length} deliveries for ${links.length} items, shuffled: answers ${JSON.stringify(answers)}`,
    `${told.length} items told twice and doubled: each ends at its newest state, none went back, in ${(ms / 1_000).toFixed(1)} s, ` +
      `${told.map(writtenSince).flat().length} writes; ${forged.length} items with forged events: 0 writes`,
  ];
}

describe('bench/webhook', () => {
  it('brings the tool’s events to Craft.io', async () => {
    const deployment = await startDeployment({ items: EVENTS + 20, configuration: { km: { webhookSecret: SECRET } } });
    try {
      await deployment.startWorker();
      await sweepReady(deployment);
      const links = await eventually(
        async () => {
          const followed = await deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
          return followed.length >= EVENTS && followed.slice(0, EVENTS);
        },
        `${EVENTS} items are followed`,
        600_000,
      );
      const plain = await floorTimes(deployment, links);
      const { url } = await deployment.startListener();
      deployment.sandbox.world.tools.kitemaker.webhooks.set({ url: `${url}/webhooks/km`, secret: SECRET });
      const measured = await timesOf(deployment, links, 'In Review');
      deployment.sandbox.world.tools.kitemaker.webhooks.set(null);
      const ratio = (share: number): string => (quantile(measured, share) / quantile(plain, share)).toFixed(1);
      const lines = [
        shown('floor, POST and PUT', plain),
        shown('craftsync, event to write-back', measured),
        `ratio craftsync to floor: median ${ratio(0.5)}, p99 ${ratio(0.99)}`,
        ...(await disorder(deployment, url, links)),
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    } finally {
      await deployment.close();
    }
  });
});
