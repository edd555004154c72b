/**
 * Says before the first item what would stop it: the key and its scopes, the account, the sources, and of each pipeline
 * what `checkPipeline.ts` finds. Each finding names the bad value and the nearest one that exists.
 */
import { closest } from 'fastest-levenshtein';
import type { CraftSource } from '../../domain/craftItem.js';
import { ToolError } from '../../domain/errors.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { Finding, ReadCall } from '../port.js';
import { checkPipeline } from './checkPipeline.js';
import type { CraftContext } from './context.js';
import { sourceWords } from './mapping.js';
import { getApiKey, listFeedbackPortals, listPortfolios, listWorkspaces } from './requests.js';
import type { ApiKeyFacts, Named } from './schema.js';
import { type Survey, takeSurvey } from './survey.js';

const WRITE_SCOPE = 'write:items:craft';

export async function checkCraft(
  context: CraftContext,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (context.craft.dialect.describesKey) findings.push(...(await checkKey(context, pipelines, call)));
  if (isRefused(findings)) return findings;
  findings.push(...(await checkAccount(context, pipelines, call)));
  if (isRefused(findings)) return findings;
  // What a server answers with this key, and nothing that it does not answer, proves the key.
  let isKeyProven = findings.some(({ level }) => level === 'ok');
  const surveys = new Map<string, Survey | Finding>();
  for (const pipeline of pipelines) {
    const key = sourceWords(pipeline.source);
    const survey = surveys.get(key) ?? (await surveyed(context, pipeline, call));
    surveys.set(key, survey);
    isKeyProven ||= !('level' in survey);
    if ('level' in survey) findings.push(survey);
    else findings.push(...(await probed(craftAt('baseUrl'), () => checkPipeline(context, pipeline, survey, call))));
    if (isRefused(findings)) return findings;
  }
  if (isKeyProven && !context.craft.dialect.describesKey)
    findings.unshift({ level: 'ok', where: craftAt('apiKey'), message: 'key accepted by Craft.io' });
  if (findings.length === 0) {
    const message = 'cannot be tried without a pipeline or accountId';
    findings.push({ level: 'warning', where: craftAt('apiKey'), message });
  }
  return findings;
}

/** A key that is not accepted would say so for everything else too. */
function isRefused(findings: readonly Finding[]): boolean {
  return findings.some(({ level, where }) => level === 'wrong' && where === craftAt('apiKey'));
}

function craftAt(setting: 'apiKey' | 'baseUrl' | 'accountId'): string {
  return `craft.${setting}`;
}

/** Findings of requests whose failure is one. */
async function probed(where: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [findingOf(error, where)];
  }
}

function findingOf(error: unknown, where: string): Finding {
  if (!(error instanceof ToolError)) throw error;
  const level = error.kind === 'rate-limited' ? 'warning' : 'wrong';
  const place = error.kind === 'unauthorized' ? craftAt('apiKey') : where;
  return { level, where: place, message: error.message };
}

/** Servers without the endpoint are no worse: the key is then proven by what it reads. */
async function checkKey(
  context: CraftContext,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  try {
    return keyFindings(context, await getApiKey(context.craft, call), pipelines);
  } catch (error) {
    if (error instanceof ToolError && (error.kind === 'not-found' || error.kind === 'unexpected-response')) {
      const message =
        'GET /me/api-key does not tell what the key may do, so whether it may write shows only when it does';
      return [{ level: 'warning', where: `${craftAt('apiKey')}`, message }];
    }
    return [findingOf(error, craftAt('baseUrl'))];
  }
}

function keyFindings(
  { settings }: CraftContext,
  key: ApiKeyFacts,
  pipelines: readonly PipelineSettings[],
): readonly Finding[] {
  const at = craftAt('apiKey');
  const findings: Finding[] = [
    {
      level: 'ok',
      where: at,
      message: `key accepted by Craft.io, with the scopes ${key.scopes.join(', ') || '(none)'}`,
    },
  ];
  const writes = pipelines.some((pipeline) => pipeline.lock !== null || pipeline.progress !== null);
  if (writes && !key.scopes.includes(WRITE_SCOPE)) {
    const message = `the key has no scope ${WRITE_SCOPE}: locking and progress will be refused`;
    findings.push({ level: 'warning', where: at, message });
  }
  const account = key.accountId ?? null;
  if (settings.accountId !== null && account !== null && account !== settings.accountId) {
    const message = `"${settings.accountId}" is not the account of the key, which is ${account}`;
    findings.push({ level: 'warning', where: craftAt('accountId'), message });
  }
  return [...findings, ...pipelines.flatMap((pipeline) => scopeFindings(pipeline, key))];
}

/** A key may be narrowed to some workspaces, portfolios or portals. */
function scopeFindings(pipeline: PipelineSettings, key: ApiKeyFacts): readonly Finding[] {
  const { kind, id } = sourceParts(pipeline.source);
  const dimension = { workspace: 'workspaces', portfolio: 'portfolios', feedbackPortal: 'feedback_portals' } as const;
  const allowed = key.resourceScope?.[dimension[kind]] ?? null;
  if (allowed === null || allowed.includes(id)) return [];
  const message = `the key is narrowed to other ones than "${id}": ${allowed.join(', ') || 'none'}`;
  return [{ level: 'wrong', where: sourceAt(pipeline), message }];
}

function sourceParts(source: CraftSource): {
  readonly kind: 'workspace' | 'portfolio' | 'feedbackPortal';
  readonly id: string;
} {
  if ('workspace' in source) return { kind: 'workspace', id: source.workspace };
  if ('portfolio' in source) return { kind: 'portfolio', id: source.portfolio };
  return { kind: 'feedbackPortal', id: source.feedbackPortal };
}

function sourceAt(pipeline: PipelineSettings): string {
  return `pipelines.${pipeline.name}.source.${sourceParts(pipeline.source).kind}`;
}

const ACCOUNT_LISTS = {
  workspace: { list: listWorkspaces, word: 'workspace' },
  portfolio: { list: listPortfolios, word: 'portfolio' },
  feedbackPortal: { list: listFeedbackPortals, word: 'feedback portal' },
} as const;

/** With an account id: does each source exist in it? */
async function checkAccount(
  { craft, settings }: CraftContext,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { accountId } = settings;
  if (accountId === null) return [];
  const kinds = new Set(pipelines.map((pipeline) => sourceParts(pipeline.source).kind));
  if (kinds.size === 0) kinds.add('workspace');
  const findings: Finding[] = [];
  for (const kind of kinds) {
    const { list, word } = ACCOUNT_LISTS[kind];
    const found = await probed(craftAt('accountId'), async () => {
      const named = await list(craft, accountId, call);
      const using = pipelines.filter((pipeline) => sourceParts(pipeline.source).kind === kind);
      const shown = named.map(({ id, name }) => `"${name ?? id}"`).join(', ') || 'none';
      const ok: Finding = { level: 'ok', where: craftAt('accountId'), message: `${word}s of the account: ${shown}` };
      return [ok, ...using.map((pipeline) => existence(pipeline, named, word))];
    });
    findings.push(...found);
  }
  return findings;
}

function existence(pipeline: PipelineSettings, named: readonly Named[], word: string): Finding {
  const { id } = sourceParts(pipeline.source);
  const where = sourceAt(pipeline);
  const found = named.find((one) => one.id === id);
  if (found !== undefined) return { level: 'ok', where, message: `${word} "${found.name ?? id}"` };
  const byName = named.filter((one) => one.name === id);
  const [meant] = byName;
  if (meant !== undefined) return { level: 'wrong', where, message: `"${id}" is a name; the id is ${meant.id}` };
  return { level: 'wrong', where, message: `the account has no ${word} "${id}"${nearestNamed(id, named)}` };
}

function nearestNamed(value: string, named: readonly Named[]): string {
  if (named.length === 0) return '; the key sees none';
  const near = closest(
    value,
    named.flatMap(({ id, name }) => [id, ...(name === null || name === undefined ? [] : [name])]),
  );
  const one = named.find(({ id, name }) => id === near || name === near);
  return one === undefined ? '' : `; the nearest is "${one.name ?? one.id}", ${one.id}`;
}

/** What the source holds, or why that cannot be seen. */
async function surveyed(context: CraftContext, pipeline: PipelineSettings, call: ReadCall): Promise<Survey | Finding> {
  try {
    return await takeSurvey(context, pipeline.source, call);
  } catch (error) {
    const isSource = error instanceof ToolError && ['not-found', 'invalid', 'forbidden'].includes(error.kind);
    return findingOf(error, isSource ? sourceAt(pipeline) : craftAt('baseUrl'));
  }
}
