/** What the real Redmine makes of texts. */
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { asAdministrator } from '../server/ruby.js';

/** As descriptions of an issue, in the given text formatting: each as HTML. */
export async function renderedByRedmine(texts: readonly string[], formatting: string): Promise<readonly string[]> {
  const file = join(inject('redmine').folder, `texts-${randomBytes(6).toString('hex')}.json`);
  await writeFile(file, JSON.stringify(texts));
  await asAdministrator(`
    Setting.text_formatting = '${formatting}'
    User.current = User.find_by_login('admin')
    issue = Issue.new(project: Project.first)
    html = JSON.parse(File.read('${file}')).map do |text|
      issue.description = text
      ApplicationController.helpers.textilizable(issue, :description, only_path: true)
    end
    File.write('${file}', html.to_json)
  `);
  const html = JSON.parse(await readFile(file, 'utf8')) as readonly string[];
  await rm(file);
  return html;
}
