/** Reads of portfolios (sources: Craft.io API). Initiatives are written by the same routes as work items. */
import type { Behaviour } from '../world/behaviour.js';
import type { Answer, Call, Route } from '../http/mount.js';
import type { CraftPortfolio } from './model.js';
import type { CraftWorld } from './craftWorld.js';
import { craftError } from './errors.js';
import { listItems } from './listQuery.js';
import { partOf, renderItem } from './render.js';
import { customFields, ofAccount, terminology, visibleIn, type Dialect } from './sharedRoutes.js';

/** All that a listing shows of an initiative, whatever `fields` asks for ("metadata for each initiative"). */
const LISTED = 'type,portfolioId,shortId,title,status,updateTime,webUrl';

export function portfolioRoutes(craft: CraftWorld, behaviour: Behaviour, dialect: Dialect): readonly Route[] {
  const within = (path: string, read: (portfolio: CraftPortfolio, call: Call) => Answer): Route => ({
    method: 'GET',
    path: `/portfolio/:id/${path}`,
    handle: (call) => inPortfolio(craft, call, read),
  });
  return [
    {
      method: 'GET',
      path: '/portfolios/:accountId',
      handle: (call) => ofAccount(craft, call, () => portfolios(craft, call)),
    },
    within('portfolio_fields', ({ id }) => ({ status: 200, body: customFields(craft, id) })),
    within('terminology', ({ id }) => ({ status: 200, body: terminology(craft, id, dialect) })),
    within('items', (portfolio, call) => list(craft, portfolio, call, behaviour, dialect)),
    { method: 'GET', path: '/portfolio_item/:id', handle: (call) => oneInitiative(craft, behaviour, call) },
  ];
}

/** With the workspaces that they are connected with. */
function portfolios(craft: CraftWorld, call: Call): readonly unknown[] {
  const isSeen = ({ id }: { readonly id: string }): boolean => call.sight.of(id) !== 'missing';
  return [...craft.portfolios.values()].filter(isSeen).map(({ id, name, workspaceIds }) => ({
    id,
    name,
    workspaces: workspaceIds
      .flatMap((workspaceId) => craft.workspaces.get(workspaceId) ?? [])
      .filter(isSeen)
      .map((workspace) => ({ id: workspace.id, name: workspace.name })),
  }));
}

function inPortfolio(craft: CraftWorld, call: Call, read: (portfolio: CraftPortfolio, call: Call) => Answer): Answer {
  const portfolio = craft.portfolios.get(call.params['id'] ?? '');
  if (portfolio === undefined || call.sight.of(portfolio.id) === 'missing')
    return craftError(404, 'No portfolio found');
  return read(portfolio, call);
}

function list(
  craft: CraftWorld,
  portfolio: CraftPortfolio,
  call: Call,
  behaviour: Behaviour,
  dialect: Dialect,
): Answer {
  const result = listItems(craft, portfolio.id, call.query, behaviour);
  if (result.status === 'invalid') return craftError(400, result.message);
  const empty = call.sight.of(portfolio.id) === 'empty';
  const items = empty ? [] : result.page.items.map((item) => partOf(renderItem(craft, item, behaviour), LISTED));
  if (dialect === 'guide' && behaviour.craftGuideList === 'array') return { status: 200, body: items };
  const metadata = empty ? { ...result.page.metadata, totalPages: 0, totalRecords: 0 } : result.page.metadata;
  return { status: 200, body: { items, metadata } };
}

function oneInitiative(craft: CraftWorld, behaviour: Behaviour, call: Call): Answer {
  const item = visibleIn(craft.initiatives, call, call.params['id'] ?? '');
  if (item === undefined) return craftError(404);
  return { status: 200, body: partOf(renderItem(craft, item, behaviour), call.query.get('fields') ?? 'all') };
}
