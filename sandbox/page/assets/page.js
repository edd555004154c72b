/* global document, window, EventSource, setTimeout, clearTimeout */
/**
 * Keeps the page up to date with the sandbox, and sends what a person does.
 *
 * A card is redrawn only when it changed, so that changes elsewhere leave an open menu, the scroll position and the
 * keyboard's focus alone.
 */
import { craftCard, devCard, element } from './cards.js';
import { askForComment, askForDelete, askForItem } from './dialogs.js';

const MOST_SHOWN = 300;
/** The statuses of the hand-over; the others follow in Craft.io's order. */
const SHOWN_FIRST = ['Ready for Development', 'In Development'];
const NEWS_SHOWN = 12;
const SAID_FOR_MS = 6000;

const byId = (id) => document.getElementById(id);
const state = { frame: null, craft: new Map(), dev: new Map(), find: '' };
/** Id → { card, node }: what was drawn last. */
const drawn = { craft: new Map(), dev: new Map() };

const BY = { api: 'craftsync', 'product-manager': 'product manager', developer: 'developer', seed: 'seed' };

// ---- Drawing

/** The key of a card: ids of different tools may be the same. */
const keyOf = (card) => card.uid ?? card.id;

function nodeOf(side, card, draw) {
  const before = drawn[side].get(keyOf(card));
  if (before?.card === card) return before.node;
  const node = draw(card, state.frame);
  if (before !== undefined) {
    node.classList.add('fresh');
    const [isOpen, details] = [before.node.querySelector('details')?.open, node.querySelector('details')];
    if (details !== null) details.open = isOpen === true;
  }
  drawn[side].set(keyOf(card), { card, node });
  return node;
}

/** Names the control that has the keyboard's focus, since its element may be redrawn elsewhere. */
function focusedControl() {
  const { id, act } = document.activeElement?.dataset ?? {};
  return id === undefined ? null : { id, act };
}

/** Focuses the same control of the same item again, or the item's first one if that control is gone. */
function giveFocusBack(had) {
  if (had === null || (document.activeElement !== document.body && document.activeElement !== null)) return;
  const controls = [...document.querySelectorAll('[data-id]')].filter((control) => control.dataset.id === had.id);
  const same = controls.find((control) => control.dataset.act === had.act);
  (same ?? controls[0])?.focus({ preventScroll: true });
}

/** Puts `nodes` into `list` in order, moving only those out of place: a node that moves loses focus and scroll. */
function arrange(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

function isFound(card) {
  return state.find === '' || `${card.key} ${card.title}`.toLowerCase().includes(state.find);
}

function draw() {
  if (state.frame === null) return;
  const focused = focusedControl();
  drawCraft();
  drawDev();
  giveFocusBack(focused);
}

/** A list under a heading, made once and then found by its name. */
function group(parent, name, make) {
  const found = [...parent.children].find((child) => child.dataset.name === name);
  return found ?? parent.appendChild(make());
}

function drawCraft() {
  const parent = byId('craft-groups');
  const found = [...state.craft.values()].filter(isFound);
  const others = state.frame.craftStatuses.filter((status) => !SHOWN_FIRST.includes(status));
  const statuses = [...SHOWN_FIRST, ...others, ''].filter((status) => found.some((card) => card.status === status));
  const groups = statuses.map((status) => {
    const cards = found.filter((card) => card.status === status);
    const node = group(parent, status, () =>
      element('div', { 'data-name': status }, element('h3'), element('ul', { className: 'cards' }), element('p')),
    );
    const [heading, list, more] = node.children;
    heading.textContent = `${status || 'No status'} (${cards.length})`;
    arrange(
      list,
      cards.slice(0, MOST_SHOWN).map((card) => nodeOf('craft', card, craftCard)),
    );
    more.textContent = cards.length > MOST_SHOWN ? `and ${cards.length - MOST_SHOWN} more: use Find to see them` : '';
    return node;
  });
  arrange(parent, groups);
}

function drawDev() {
  const parent = byId('dev-tools');
  const found = [...state.dev.values()].filter(isFound).sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  arrange(
    parent,
    state.frame.tools.map((tool) => {
      const cards = found.filter((card) => card.tool === tool.system);
      const node = group(parent, tool.system, () =>
        element('div', { 'data-name': tool.system, id: tool.system }, element('h2'), element('div')),
      );
      const [heading, places] = node.children;
      heading.textContent = `${tool.name} (${cards.length})`;
      arrange(
        places,
        tool.places.map((place) => drawPlace(places, place, cards)),
      );
      return node;
    }),
  );
}

function drawPlace(parent, { key, name, statuses }, all) {
  const cards = all.filter((card) => card.place === key);
  const node = group(parent, key, () =>
    element(
      'div',
      { 'data-name': key },
      element('h3'),
      element('div', { className: 'board', role: 'region', tabIndex: 0, 'aria-label': `Board of ${name}` }),
    ),
  );
  const [heading, board] = node.children;
  heading.textContent = `${name} (${cards.length})`;
  arrange(
    board,
    statuses.map((status) =>
      drawColumn(
        board,
        status,
        cards.filter((card) => card.status === status),
      ),
    ),
  );
  return node;
}

function drawColumn(board, status, cards) {
  const node = group(board, status, () =>
    element('div', { className: 'column', 'data-name': status }, element('h4'), element('ul', { className: 'cards' })),
  );
  const [heading, list] = node.children;
  node.classList.toggle('empty', cards.length === 0);
  heading.textContent = `${status} (${cards.length})`;
  arrange(
    list,
    cards.slice(0, MOST_SHOWN).map((card) => nodeOf('dev', card, devCard)),
  );
  return node;
}

/** An item's link to its dev item points into this page, whose card may be drawn after the address was read. */
function showTarget() {
  const key = decodeURIComponent(window.location.hash.slice(1));
  if (byId(key)?.classList.contains('card') !== true) return;
  window.location.replace(`#${encodeURIComponent(key)}`);
  byId(key).scrollIntoView({ block: 'center', inline: 'center' });
}

// ---- What happens

function take(side, cards) {
  for (const [id, card] of Object.entries(cards)) {
    if (card === null) {
      state[side].delete(id);
      drawn[side].delete(id);
    } else state[side].set(id, card);
  }
}

function tell(news) {
  const lines = news.map(({ at, by, text }) =>
    element('li', {}, `${new Date(at).toLocaleTimeString()} `, element('strong', {}, BY[by] ?? by), ` ${text}`),
  );
  const list = byId('news');
  list.prepend(...lines.reverse());
  while (list.children.length > NEWS_SHOWN) list.lastElementChild.remove();
}

function listen() {
  const events = new EventSource('/page/events');
  let isFirst = true;
  events.addEventListener('view', ({ data }) => {
    const view = JSON.parse(data);
    state.frame = view.frame;
    state.craft = new Map(view.craft.map((card) => [card.id, card]));
    state.dev = new Map(view.dev.map((card) => [card.uid, card]));
    drawn.craft.clear();
    drawn.dev.clear();
    byId('craft-heading').textContent = `Craft.io · ${view.frame.account}`;
    byId('nav-tools').replaceChildren(
      ...view.frame.tools.map(({ system, name }) => element('a', { href: `#${system}` }, name)),
    );
    byId('connection').textContent = 'Live';
    draw();
    if (isFirst) showTarget();
    isFirst = false;
  });
  events.addEventListener('change', ({ data }) => {
    const change = JSON.parse(data);
    take('craft', change.craft);
    take('dev', change.dev);
    tell(change.news);
    draw();
  });
  events.addEventListener('error', () => {
    byId('connection').textContent = 'The sandbox does not answer. Trying again…';
  });
}

// ---- Acting

let saidTimer;
function say(text) {
  byId('said').textContent = text;
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => (byId('said').textContent = ''), SAID_FOR_MS);
}

async function send(act) {
  try {
    const answer = await fetch('/_sandbox/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(act),
    });
    const outcome = await answer.json();
    if (!answer.ok) say(outcome.message);
  } catch {
    say('The sandbox does not answer. Is it still running?');
  }
}

const developer = (card) => ({ as: 'developer', tool: card.tool });
const toolName = (card) => state.frame.tools.find(({ system }) => system === card.tool)?.name ?? card.tool;

/** Name in `data-act` → the act that it means, or null if the person cancelled. */
const ACTS = {
  'mark-ready': (card) => ({ as: 'product-manager', action: 'mark-ready', id: card.id }),
  unready: (card) => ({ as: 'product-manager', action: 'unready', id: card.id }),
  edit: async (card) => {
    const edit = await askForItem(card, state.frame);
    return edit && { as: 'product-manager', action: 'edit', id: card.id, edit };
  },
  delete: async (card) =>
    (await askForDelete(card, 'Craft.io')) ? { as: 'product-manager', action: 'delete', id: card.id } : null,
  move: (card, value) => ({ ...developer(card), action: 'move', id: card.id, status: value }),
  'move-place': (card, value) => ({ ...developer(card), action: 'move-place', id: card.id, place: value }),
  comment: async (card) => {
    const text = await askForComment(card);
    return text && { ...developer(card), action: 'comment', id: card.id, text };
  },
  'delete-work': async (card) =>
    (await askForDelete(card, toolName(card))) ? { ...developer(card), action: 'delete', id: card.id } : null,
};

async function onAct({ target, type }) {
  const control = target.closest('[data-act]');
  if (control === null || (control.tagName === 'SELECT') !== (type === 'change')) return;
  const card = state.craft.get(control.dataset.id) ?? state.dev.get(control.dataset.id);
  if (card === undefined) return;
  const act = await ACTS[control.dataset.act](card, control.value);
  if (act) await send(act);
}

byId('new-item').addEventListener('click', async () => {
  const edit = await askForItem(null, state.frame);
  if (edit !== null) await send({ as: 'product-manager', action: 'create', edit });
});
byId('find').addEventListener('input', ({ target }) => {
  state.find = target.value.trim().toLowerCase();
  draw();
});
document.querySelector('main').addEventListener('click', onAct);
document.querySelector('main').addEventListener('change', onAct);
window.addEventListener('hashchange', showTarget);
listen();
