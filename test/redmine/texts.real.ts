/** What people see in a real Redmine of craftsync's texts, in each text formatting. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { HttpClient } from '../../connectors/http/client.js';
import { draftFor, markerOf, writing } from '../connectors/conformance/calls.js';
import { connectTool } from '../connectors/conformance/connectTool.js';
import { realRedmine } from './conformance.js';
import { peopleOf } from './people.js';
import { asAdministrator } from './server/ruby.js';

/** A text as Craft.io's editor writes it, with everything that must not take effect in Redmine. */
function hostile(issue: string): string {
  return `<h2>Goal</h2><p>A <strong>bold</strong> word, <a href="https://example.com/a">a link</a>, ask @admin about #${issue}.</p>
<ul><li>first<ul><li>nested</li></ul></li><li>second</li></ul>
<table><tr><th>Key</th><th>Value</th></tr><tr><td>a</td><td>b</td></tr></table>
<script>alert(1)</script><img src="x" onerror="alert(2)"><a href="javascript:alert(3)">press</a>
<p>{{include(Secret)}} {{thumbnail(a.png)}} {{issue(${issue})}} [[Secret]] ##${issue} (#${issue})</p>
<p>&lt;script&gt;alert(4)&lt;/script&gt; &lt;notextile&gt;&lt;b onclick="alert(5)"&gt;x&lt;/b&gt;&lt;/notextile&gt;</p>
<p>"press":javascript:alert(6) !javascript:alert(7)! %{color:red}red% bc.. open</p>
<p>&lt;pre&gt; never closed, <code>@admin</code> and <code>{{include(Secret)}} #${issue}</code></p>
<pre><code>const x = "{{include(Secret)}}"; // #${issue} @admin</code></pre>`;
}

interface Rendered {
  readonly html: string;
  readonly mentioned: readonly string[];
}

async function rendered(id: string, formatting: string): Promise<Rendered> {
  const out = join(inject('redmine').folder, `rendered-${id}.json`);
  await asAdministrator(`
    Setting.text_formatting = '${formatting}'
    User.current = User.find_by_login('admin')
    issue = Issue.find(${id})
    html = ApplicationController.helpers.textilizable(issue, :description, only_path: true)
    mentioned = issue.send(:scan_for_mentioned_users, issue.description).flatten
    File.write('${out}', { html: html, mentioned: mentioned }.to_json)
  `);
  return JSON.parse(await readFile(out, 'utf8')) as Rendered;
}

describe('redmine/texts', () => {
  it.each(['textile', 'common_mark', 'markdown'] as const)(
    'of Craft.io keep their form in %s, and neither run, include nor link anything, nor notify anybody',
    async (textFormatting) => {
      const subject = await realRedmine('description').start();
      const clients: HttpClient[] = [];
      try {
        const facts = inject('redmine');
        const known = await peopleOf(facts).create(subject.scope, {});
        const { url: baseUrl, apiKey } = facts;
        const tool = connectTool(
          clients,
          { type: 'redmine', baseUrl, apiKey, itemUrl: null, own: { textFormatting } },
          {},
        );
        const marker = markerOf(80);
        const { item } = await tool.createItem(draftFor(subject, marker, { description: hostile(known) }), writing());
        const { html, mentioned } = await rendered(item.id, textFormatting);
        expect(mentioned).toEqual([]);
        expect(html).not.toMatch(
          /<script|<b onclick|<[a-z]+[^>]* on\w+=|(?:href|src)="\s*(?:javascript|data|vbscript):/i,
        );
        expect(html).not.toMatch(
          /class="issue|class="wiki-page|class="user|\/issues\/\d+"|flash error|Error executing/,
        );
        for (const form of [
          /<strong>bold<\/strong>/,
          /<li>second/,
          /<td>\s*b/,
          /https:\/\/example\.com\/a"/,
          /<pre>/,
        ]) {
          expect(html).toMatch(form);
        }
        const outside = html.replace(/<pre[\s\S]*?<\/pre>/g, '');
        expect(outside).toContain(marker);
        expect(outside).toMatch(/<a [^>]*href="https:\/\/app\.craft\.io\/item\/1"[^>]*>Craft\.io<\/a>/);
      } finally {
        await Promise.all(clients.map((client) => client.close()));
        await subject.close();
      }
    },
    120_000,
  );
});
