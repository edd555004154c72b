/** A tool that shows its key in all that it answers: nothing of it is stored, logged, printed or shown (I7). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { sweepReady } from '../../harness/deployment/followed.js';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import type { Program } from '../../harness/servers/program.js';

const KEY = 'Zk9+aBcD3eFgH/iJkL7mN=oP4qRsTuVwXyZ012345abc';
const PARTS = Array.from({ length: KEY.length - 7 }, (_, at) => KEY.slice(at, at + 8));

const lower = (text: string): string => text.replace(/%../g, (code) => code.toLowerCase());
const FORMS: readonly string[] = [
  KEY,
  lower(encodeURIComponent(KEY)),
  encodeURIComponent(encodeURIComponent(KEY)),
  KEY.replaceAll('/', '\\/').replaceAll('+', '\\u002b'),
  KEY.replaceAll('+', '&#43;').replaceAll('=', '&equals;'),
  Buffer.from(`user:${KEY}`).toString('base64'),
  Buffer.from(KEY).toString('base64url'),
  Buffer.from(KEY).toString('hex'),
];
/** What is looked for: the code of each part of eight characters. */
const CODES: readonly ((part: string) => string)[] = [
  (part) => part,
  (part) => lower(encodeURIComponent(part)),
  (part) => Buffer.from(part).toString('hex'),
];

/** Each answer is another one. The key stands at both ends, which messages show, and around where they are cut. */
function leak(answer: ServerResponse, count: number): void {
  const form = FORMS[count % FORMS.length] ?? '';
  const message = `the key ${form} ${'no '.repeat(30 + (count % 40))}${KEY}${' no'.repeat(100)} ${form} ${KEY}`;
  const answers = [
    () => answer.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [{ message }] })),
    () => answer.writeHead(500, { 'content-type': 'text/html' }).end(`<html>${message}</html>`),
    () => answer.writeHead(302, { location: `https://${encodeURIComponent(KEY)}.example/${form}` }).end(),
    () => answer.writeHead(200, { 'content-type': `text/${KEY.replaceAll(/[/=]/g, '+')}` }).end(message),
  ];
  answers[count % answers.length]?.();
}

/** As Kitemaker answers, by the sandbox, which knows another key. */
async function passOn(request: IncomingMessage, answer: ServerResponse, sandbox: Sandbox): Promise<void> {
  const { baseUrl, graphqlUrl, apiKey } = sandbox.tools.kitemaker;
  const { url = '', method = 'GET' } = request;
  const headers = new Headers();
  for (const name of ['authorization', 'x-api-key', 'content-type']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value.replace(KEY, apiKey));
  }
  const body = method === 'GET' ? {} : { body: await text(request) };
  const given = await fetch(url === '/graphql' ? graphqlUrl : `${baseUrl}${url}`, { method, headers, ...body });
  answer.writeHead(given.status, { 'content-type': 'application/json' }).end(await given.text());
}

/** The first item is handed over before, since a new ledger creates nothing until it was compared with the tool. */
let isLeaking = false;
let tool: Server;
let deployment: TestDeployment;
let worker: Program;

beforeAll(async () => {
  let count = 0;
  tool = createServer((request, answer) => {
    if (isLeaking) leak(answer, count++);
    else void passOn(request, answer, deployment.sandbox);
  });
  await new Promise<void>((ready) => tool.listen(0, '127.0.0.1', ready));
  const baseUrl = `http://127.0.0.1:${(tool.address() as AddressInfo).port}`;
  const km = { baseUrl, graphqlUrl: `${baseUrl}/graphql`, apiKey: KEY };
  deployment = await startDeployment({ items: 0, configuration: { km } });
  worker = await deployment.startWorker();
}, 240_000);

afterAll(async () => {
  await deployment.close();
  await new Promise((closed) => tool.close(closed));
}, 120_000);

function expectNoKey(shown: string, where: string): void {
  const plain = shown.toLowerCase();
  for (const part of PARTS)
    for (const code of CODES) expect(plain.includes(code(part).toLowerCase()), `${where}: ${part}`).toBe(false);
  const base64 = Buffer.from(KEY).toString('base64url').toLowerCase().slice(0, -2);
  for (let at = 0; at + 8 <= base64.length; at += 1) {
    expect(plain.includes(base64.slice(at, at + 8)), `${where}: base64`).toBe(false);
  }
}

async function tables(): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client({ connectionString: deployment.env['DATABASE_URL'] });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts = new Map<string, string>();
  for (const { name } of rows) {
    const { rows: all } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from "${name}" t`);
    texts.set(name, all.map(({ row }) => row).join('\n'));
  }
  await client.end();
  return texts;
}

/** Payloads are base64 in a history's JSON. */
async function histories(): Promise<string> {
  const { client } = deployment.temporal;
  let all = '';
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const json = historyToJSON(history);
    all += json;
    for (const [, data] of json.matchAll(/"data": ?"([^"]+)"/g)) all += Buffer.from(data ?? '', 'base64').toString();
  }
  return all;
}

describe('integration/operator/secrets', () => {
  it('leaves nothing of a key in tables, histories, logs and what commands print', async () => {
    seedReadyItems(deployment.sandbox.world, 1);
    await sweepReady(deployment);
    const followed = () => deployment.ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
    await eventually(async () => (await followed()).length > 0, 'the tool answers well at first');
    isLeaking = true;
    const [{ id: last } = { id: '0' }] = await deployment.ledger.log.read({ limit: 1 });
    seedReadyItems(deployment.sandbox.world, 4);
    await deployment.run('sweep', 'mobile');
    await deployment.run('progress', 'km');
    const entries = () => deployment.ledger.log.read({ afterId: last, limit: 100 });
    const failures = async () => (await entries()).filter(({ detail }) => detail?.includes('[redacted]')).length >= 4;
    await eventually(failures, 'the steps have failed several times');
    const printed: string[] = [];
    for (const args of [
      ['check'],
      ['check', '--json'],
      ['preview', 'mobile'],
      ['status'],
      ['status', '--json'],
      ['log', '--json'],
      ['progress', 'km'],
    ]) {
      const { stdout, stderr } = await deployment.run(...args);
      printed.push(`${args.join(' ')}\n${stdout}${stderr}`);
    }
    const stored = await tables();
    expect(stored.get('sync_log')).toContain('[redacted]');
    expect(stored.get('item_link')).toContain('[redacted]');
    expect(printed.join('\n')).toContain('[redacted]');
    for (const [table, rows] of stored) expectNoKey(rows, table);
    for (const output of printed) expectNoKey(output, output.slice(0, 20));
    expectNoKey(worker.lines.join('\n'), 'the log of the worker');
    const history = await histories();
    expect(history).toContain('km: ');
    expectNoKey(history, 'histories');
  }, 240_000);
});
