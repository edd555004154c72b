/**
 * The listener's page: which dev tools may post where, when the last delivery came, what was refused, and the
 * budget of each connection. No secrets. Pure.
 */
import { createHash } from 'node:crypto';
import { escapeUTF8 } from 'entities';
import type { ConnectionBudget } from '../../domain/rules/budget.js';
import type { ListenedTool } from '../../runtime/listening.js';
import { budgetLines } from '../budgets.js';

export interface PageFacts {
  readonly tools: readonly ListenedTool[];
  /** Dev tool → ISO time. */
  readonly lastReceived: ReadonlyMap<string, string>;
  /** Dev tool → word → count, since the listener started. */
  readonly counts: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly problems: readonly string[];
  readonly budgets: readonly ConnectionBudget[];
  readonly startedAt: string;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2433}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #dde1e8;
vertical-align:top}code{background:#f2f4f7;padding:.1rem .3rem;border-radius:3px}.bad{color:#a3231b}.quiet{color:#5b6472}`;

/** What the page's policy allows: this one style, and nothing else. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

export function listenerPage(facts: PageFacts): string {
  const problems = facts.problems.map((problem) => `<p class="bad">${escapeUTF8(problem)}</p>`).join('\n');
  const rows = facts.tools.map((tool) => rowOf(tool, facts)).join('\n');
  const budgets = budgetLines(facts.budgets)
    .map((line) => `<li>${escapeUTF8(line)}</li>`)
    .join('\n');
  const none = '<p>No dev tool is configured.</p>';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>craftsync listener</title><style>${STYLE}</style></head><body>
<h1>craftsync listener</h1>
${problems}
${facts.tools.length === 0 ? none : `<table><tr><th>dev tool</th><th>webhooks go to</th><th>last delivery (UTC)</th><th>since the start</th></tr>\n${rows}\n</table>`}
${budgets === '' ? '' : `<h2>Budget of calls</h2>\n<ul>\n${budgets}\n</ul>`}
<p class="quiet">Started ${escapeUTF8(facts.startedAt)}. <a href="/metrics">metrics</a>, <a href="/readyz">readyz</a></p>
</body></html>
`;
}

function rowOf(tool: ListenedTool, { lastReceived, counts }: PageFacts): string {
  const own = counts.get(tool.name) ?? {};
  const words = Object.entries(own).map(([word, count]) => `${count} ${word}`);
  const cells = [
    `${escapeUTF8(tool.name)} <span class="quiet">${escapeUTF8(tool.type)}</span>`,
    placeOf(tool),
    escapeUTF8(lastReceived.get(tool.name) ?? 'never'),
    escapeUTF8(words.length === 0 ? 'none received' : words.join(', ')),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function placeOf({ name, type, hasWebhooks, hasSecret }: ListenedTool): string {
  if (!hasWebhooks)
    return `<span class="quiet">${escapeUTF8(type)} has no webhooks; its progress sweep finds all changes</span>`;
  if (!hasSecret) return `<span class="quiet">not listened to: <code>webhookSecret</code> is not set</span>`;
  return `<code>/webhooks/${escapeUTF8(name)}</code>`;
}
