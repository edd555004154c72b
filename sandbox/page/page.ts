/**
 * The sandbox's web page at `/`: Craft.io and the dev tools next to each other, live, and acting as the people of all.
 *
 * Its markup, style and script are files of `assets/`, which the compiler does not copy: they are read from beside this
 * file's source, whether it runs from there or from `dist`. Acts go to the admin API
 * (`POST /_sandbox/act`), which refuses pages of other origins.
 */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { createLive } from './live.js';

const ASSETS = new URL(
  import.meta.url.endsWith('.ts') ? './assets/' : '../../../sandbox/page/assets/',
  import.meta.url,
);

/** Path → file of `assets/`. */
const FILES = {
  '/': { file: 'page.html', type: 'text/html; charset=utf-8' },
  '/page/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/page/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page/cards.js': { file: 'cards.js', type: 'text/javascript; charset=utf-8' },
  '/page/dialogs.js': { file: 'dialogs.js', type: 'text/javascript; charset=utf-8' },
} as const;

/** Nothing from elsewhere, nothing inline: what items contain can never run. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

/** What fits `SandboxOptions.pages`; `systems`: the dev tools that are shown. */
export function sandboxPage(
  systems: readonly string[] = ['kitemaker'],
): (app: FastifyInstance, sandbox: Pick<Sandbox, 'world'>) => void {
  return (app, sandbox) => servePage(app, sandbox, systems);
}

function servePage(app: FastifyInstance, sandbox: Pick<Sandbox, 'world'>, systems: readonly string[]): void {
  for (const [path, { file, type }] of Object.entries(FILES)) {
    const text = readFileSync(new URL(file, ASSETS), 'utf8');
    app.get(path, (_request, reply) => reply.headers(HEADERS).type(type).send(text));
  }
  const live = createLive(sandbox.world, systems);
  app.get('/page/events', (_request, reply) => {
    reply.hijack();
    live.join(reply.raw);
  });
  app.addHook('preClose', (done) => {
    live.close();
    done();
  });
}
