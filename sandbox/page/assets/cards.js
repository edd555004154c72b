/* global document */
/** Draws the cards of all systems. Everything from items goes through `textContent`: no text becomes markup. */

/** `properties` are set on the element; children are elements or texts, and null is left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('data-') || name.startsWith('aria-') || name === 'role') made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** `data-act` names the act of a click or a change, `data-id` its item; `page.js` listens for all of them. */
function button(act, id, text, name, className = '') {
  return element('button', { type: 'button', className, 'data-act': act, 'data-id': id, 'aria-label': name }, text);
}

/** A link if a browser may follow the address, else the text. */
function link(address, text) {
  const parsed = URL.canParse(address) ? new URL(address) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return text || address;
  return element('a', { href: address }, text || address);
}

const isBad = (state) => /^(Blocked|Paused)|no longer exists|Changed in Craft\.io|more than one/.test(state);

export function craftCard(card) {
  const isReady = card.status === 'Ready for Development';
  const kind = card.lock !== '' ? 'locked' : isReady ? 'ready' : '';
  const name = `${card.key} ${card.title}`;
  return element(
    'li',
    { id: card.key, className: `card craft ${kind}` },
    element(
      'div',
      { className: 'what' },
      element(
        'div',
        { className: 'top' },
        element('span', { className: 'quiet' }, card.key),
        element('span', { className: 'quiet' }, card.type),
        card.team === '' ? null : element('span', { className: 'quiet' }, card.team),
        card.effort === null ? null : element('span', { className: 'quiet' }, `effort ${card.effort}`),
        card.lock === '' ? null : element('span', { className: 'lock' }, card.lock),
      ),
      element('h4', {}, card.title),
      synced(card),
    ),
    element(
      'div',
      { className: 'acts' },
      isReady
        ? button('unready', card.id, 'Not ready', `Mark ${name} as not ready`)
        : button('mark-ready', card.id, 'Mark ready', `Mark ${name} as ready`),
      button('edit', card.id, 'Edit…', `Edit ${name}`),
      button('delete', card.id, 'Delete…', `Delete ${name}`),
    ),
  );
}

/** What craftsync has written into the item, in one line. */
function synced({ devStatus, devKey, devLink, devState }) {
  const parts = [
    devKey === '' && devLink === '' ? null : link(devLink, devKey),
    devStatus === '' ? null : element('strong', {}, devStatus),
    devState === '' ? null : element('span', { className: isBad(devState) ? 'bad' : 'quiet' }, devState),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return element(
    'p',
    { className: 'synced' },
    ...parts.flatMap((part, index) => (index === 0 ? [part] : [' · ', part])),
  );
}

function choice(act, card, name, options, chosen) {
  return element(
    'select',
    { 'data-act': act, 'data-id': card.uid, 'aria-label': `${name} of ${card.key} ${card.title}` },
    ...options.map(([value, text]) => element('option', { value, selected: value === chosen }, text)),
  );
}

export function devCard(card, frame) {
  const places = frame.tools.find(({ system }) => system === card.tool)?.places ?? [];
  const statuses = places.find(({ key }) => key === card.place)?.statuses ?? [];
  const count = card.comments.length;
  const statusOptions = statuses.map((status) => [status, status]);
  const placeOptions = places.map(({ key, name }) => [key, name]);
  return element(
    'li',
    // What `itemUrl` of the configuration points to: Kitemaker's has the key in it, the other ones have the id.
    { id: card.tool === 'kitemaker' ? card.key : card.uid, className: 'card' },
    element(
      'div',
      { className: 'top' },
      element('span', { className: 'quiet' }, card.key),
      card.effort === '' ? null : element('span', { className: 'quiet' }, card.effort),
      count === 0 ? null : element('span', { className: 'quiet' }, count === 1 ? '1 comment' : `${count} comments`),
    ),
    element('h4', {}, card.title),
    choice('move', card, 'Status', statusOptions, card.status),
    element(
      'details',
      {},
      element('summary', { 'data-id': card.uid, 'aria-label': `More for ${card.key} ${card.title}` }, 'More'),
      element(
        'div',
        { className: 'acts' },
        places.length < 2 ? null : choice('move-place', card, 'Place', placeOptions, card.place),
        button('comment', card.uid, 'Comments…', `Comments of ${card.key} ${card.title}`),
        button('delete-work', card.uid, 'Delete…', `Delete ${card.key} ${card.title}`),
      ),
    ),
  );
}
