/**
 * Reports, before the first item is handed over, what would stop it: the key and its scopes, the account, the sources,
 * and what `pipeline.ts` and `intake.ts` find. Each finding names the bad value and the nearest one that exists.
 */
import { closest } from 'fastest-levenshtein';
import type { CraftSource } from '../../../domain/craftItem.js';
import { ToolError } from '../../../domain/errors.js';
import { allNamed } from '../../../domain/rules/names.js';
import type { IntakeSettings, PipelineSettings } from '../../../domain/settings.js';
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import { checkIntake } from './intake.js';
import { checkPipeline } from './pipeline.js';
import type { CraftContext } from '../context.js';
import { sourceWords } from '../mapping.js';
import { getApiKey, listFeedbackPortals, listPortfolios, listWorkspaces } from '../requests.js';
import type { ApiKeyFacts, Named } from '../schema.js';
import { type Survey, takeSurvey } from './survey.js';

const WRITE_SCOPE = 'write:items:craft';
const SUBMIT_SCOPE = 'write:feedback:craft';

/** What the configuration does with Craft.io. */
export interface Used {
  readonly pipelines: readonly PipelineSettings[];
  readonly intakes: readonly IntakeSettings[];
}

export async function checkCraft(context: CraftContext, used: Used, call: ReadCall): Promise<readonly Finding[]> {
  const { pipelines, intakes } = used;
  const findings: Finding[] = [];
  if (context.craft.dialect.describesKey) findings.push(...(await checkKey(context, used, call)));
  if (isRefused(findings)) return findings;
  findings.push(...(await checkAccount(context, used, call)));
  if (isRefused(findings)) return findings;
  // Only what a server answers with this key proves the key.
  let isKeyProven = findings.some(({ level }) => level === 'ok');
  const surveys = new Map<string, Survey | Finding>();
  for (const pipeline of pipelines) {
    const key = sourceWords(pipeline.source);
    const survey = surveys.get(key) ?? (await surveyed(context, pipeline, isKeyProven, call));
    surveys.set(key, survey);
    isKeyProven ||= !('level' in survey);
    if ('level' in survey) findings.push(survey);
    else findings.push(...(await probed(craftAt('baseUrl'), () => checkPipeline(context, pipeline, survey, call))));
    if (isRefused(findings)) return findings;
  }
  for (const intake of intakes) {
    const found = await probed(craftAt('baseUrl'), () => checkIntake(context, intake, call));
    isKeyProven ||= found.some(({ level }) => level === 'ok');
    findings.push(...found);
    if (isRefused(findings)) return findings;
  }
  if (isKeyProven && !context.craft.dialect.describesKey)
    findings.unshift({ level: 'ok', where: craftAt('apiKey'), message: 'key accepted by Craft.io' });
  if (findings.length === 0) {
    const message = 'the key cannot be tried without a pipeline or accountId';
    findings.push({ level: 'warning', where: craftAt('apiKey'), message });
  }
  return findings;
}

/** With a key that is not accepted, every other check would only repeat that. */
function isRefused(findings: readonly Finding[]): boolean {
  return findings.some(({ level, where }) => level === 'wrong' && where === craftAt('apiKey'));
}

function craftAt(setting: 'apiKey' | 'baseUrl' | 'accountId'): string {
  return `craft.${setting}`;
}

/** Findings of a look whose failure is itself a finding. */
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

/** A server may lack the endpoint: the key is then proven by what it reads. */
async function checkKey(context: CraftContext, used: Used, call: ReadCall): Promise<readonly Finding[]> {
  try {
    return keyFindings(context, await getApiKey(context.craft, call), used);
  } catch (error) {
    if (error instanceof ToolError && (error.kind === 'not-found' || error.kind === 'unexpected-response')) {
      const message =
        'GET /me/api-key does not show what the key may do: whether it may write shows only at the first write';
      return [{ level: 'warning', where: `${craftAt('apiKey')}`, message }];
    }
    return [findingOf(error, craftAt('baseUrl'))];
  }
}

function keyFindings({ settings }: CraftContext, key: ApiKeyFacts, { pipelines, intakes }: Used): readonly Finding[] {
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
  if (intakes.length > 0 && !key.scopes.includes(SUBMIT_SCOPE)) {
    const message = `the key has no scope ${SUBMIT_SCOPE}: submitting feedback will be refused`;
    findings.push({ level: 'warning', where: at, message });
  }
  const account = key.accountId ?? null;
  if (settings.accountId !== null && account !== null && account !== settings.accountId) {
    const message = `"${settings.accountId}" is not the account of the key, which is ${account}`;
    findings.push({ level: 'warning', where: craftAt('accountId'), message });
  }
  const places = placesOf({ pipelines, intakes });
  return [...findings, ...places.flatMap((place) => scopeFindings(place, key))];
}

/** A key may be limited to some workspaces, portfolios or portals. */
function scopeFindings({ kind, id, where }: Place, key: ApiKeyFacts): readonly Finding[] {
  const dimension = { workspace: 'workspaces', portfolio: 'portfolios', feedbackPortal: 'feedback_portals' } as const;
  const allowed = key.resourceScope?.[dimension[kind]] ?? null;
  if (allowed === null || allowed.includes(id)) return [];
  const message = `the key does not cover "${id}"; it is limited to: ${allowed.join(', ') || 'none'}`;
  return [{ level: 'wrong', where, message }];
}

type Kind = 'workspace' | 'portfolio' | 'feedbackPortal';

/** A workspace, portfolio or portal that the configuration names, and where. */
interface Place {
  readonly kind: Kind;
  readonly id: string;
  readonly where: string;
}

function placesOf({ pipelines, intakes }: Used): readonly Place[] {
  return [
    ...pipelines.map((pipeline) => ({ ...sourceParts(pipeline.source), where: sourceAt(pipeline) })),
    ...intakes.map(({ name, feedbackPortal }) => ({
      kind: 'feedbackPortal' as const,
      id: feedbackPortal,
      where: `intake.${name}.feedbackPortal`,
    })),
  ];
}

function sourceParts(source: CraftSource): Pick<Place, 'kind' | 'id'> {
  if ('workspace' in source) return { kind: 'workspace', id: source.workspace };
  if ('portfolio' in source) return { kind: 'portfolio', id: source.portfolio };
  return { kind: 'feedbackPortal', id: source.feedbackPortal };
}

function sourceAt(pipeline: PipelineSettings): string {
  return `pipelines.${pipeline.name}.source.${sourceParts(pipeline.source).kind}`;
}

const KINDS = ['workspace', 'portfolio', 'feedbackPortal'] as const satisfies readonly Kind[];

const ACCOUNT_LISTS = {
  workspace: { list: listWorkspaces, word: 'workspace' },
  portfolio: { list: listPortfolios, word: 'portfolio' },
  feedbackPortal: { list: listFeedbackPortals, word: 'feedback portal' },
} as const satisfies Record<Kind, unknown>;

/** With an account id: what the account holds, and whether each configured place exists in it. */
async function checkAccount(
  { craft, settings }: CraftContext,
  used: Used,
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { accountId } = settings;
  if (accountId === null) return [];
  const places = placesOf(used);
  const findings: Finding[] = [];
  for (const kind of KINDS) {
    const { list, word } = ACCOUNT_LISTS[kind];
    const named = places.filter((place) => place.kind === kind);
    const found = await probed(craftAt('accountId'), async () => {
      const existing = await list(craft, accountId, call);
      const shown = existing.map(({ id, name }) => `"${name ?? id}"`).join(', ') || 'none';
      const ok: Finding = { level: 'ok', where: craftAt('accountId'), message: `${word}s of the account: ${shown}` };
      return [ok, ...named.map((place) => existence(place, existing, word))];
    });
    // The key need not see places that are not used, but a key that is refused altogether is reported.
    const isNeeded = named.length > 0 || (places.length === 0 && kind === 'workspace') || isRefused(found);
    findings.push(...(isNeeded ? found : found.filter(({ level }) => level === 'ok')));
    if (isRefused(found)) break;
  }
  return findings;
}

function existence({ id, where }: Place, named: readonly Named[], word: string): Finding {
  const found = named.find((one) => one.id === id);
  if (found !== undefined) return { level: 'ok', where, message: `${word} "${found.name ?? id}"` };
  const byName = allNamed(named, id);
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

/**
 * What the source holds, or why that cannot be seen. `isProven`: something was answered at this address with this key,
 * so that a source that is not found is at fault, and not the address.
 */
async function surveyed(
  context: CraftContext,
  pipeline: PipelineSettings,
  isProven: boolean,
  call: ReadCall,
): Promise<Survey | Finding> {
  try {
    return await takeSurvey(context, pipeline.source, call);
  } catch (error) {
    const isSource = error instanceof ToolError && ['not-found', 'invalid', 'forbidden'].includes(error.kind);
    const finding = findingOf(error, isSource ? sourceAt(pipeline) : craftAt('baseUrl'));
    if (!isSource) return finding;
    const { id } = sourceParts(pipeline.source);
    const orAddress =
      error.kind === 'not-found' && !isProven
        ? `; or ${craftAt('baseUrl')} is the mistake: nothing has answered yet at ${context.settings.baseUrl}`
        : '';
    return { ...finding, message: `"${id}": ${finding.message}${orAddress}` };
  }
}
