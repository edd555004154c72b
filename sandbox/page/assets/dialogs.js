/* global document, FormData */
/** The dialogs that some acts need first: one dialog element, filled again each time. */
import { element } from './cards.js';

const dialog = document.getElementById('dialog');

/** Resolves with the form's values, or null if the person cancelled. */
function ask(heading, fields, confirm, confirmClass = 'main') {
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', { id: 'dialog-heading' }, heading),
    ...fields,
    element(
      'div',
      { className: 'acts' },
      element('button', { type: 'button', className: 'cancel' }, 'Cancel'),
      element('button', { type: 'submit', className: confirmClass, value: 'yes' }, confirm),
    ),
  );
  dialog.replaceChildren(form);
  form.querySelector('.cancel').addEventListener('click', () => dialog.close());
  return new Promise((resolve) => {
    let values = null;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      values = Object.fromEntries(new FormData(form));
      dialog.close();
    });
    dialog.addEventListener('close', () => resolve(values), { once: true });
    dialog.showModal();
  });
}

function field(text, control) {
  return element('label', {}, text, control);
}

function options(all, chosen) {
  return all.map((value) => element('option', { value, selected: value === chosen }, value === '' ? '(none)' : value));
}

/** Asks about an existing item, or a new one if `card` is null. Resolves with an edit as the sandbox takes it. */
export async function askForItem(card, frame) {
  const status = card?.status ?? 'New';
  const values = await ask(
    card === null ? 'A new item' : `Edit ${card.key}`,
    [
      ...(card !== null && card.lock !== ''
        ? [element('p', { className: 'lock' }, `${card.lock}: craftsync will see this as drift.`)]
        : []),
      field('Title', element('input', { name: 'title', required: true, maxLength: 500, value: card?.title ?? '' })),
      field('Description', element('textarea', { name: 'description', rows: 6, value: card?.description ?? '' })),
      field(
        'Effort',
        element('input', { name: 'effort', type: 'number', min: 0, max: 100, value: card?.effort ?? '' }),
      ),
      field('Status', element('select', { name: 'status' }, ...options(frame.craftStatuses, status))),
      field(
        'Team',
        element('select', { name: 'team' }, ...options(['', ...frame.teams], card?.team ?? frame.teams[0])),
      ),
    ],
    card === null ? 'Create' : 'Save',
  );
  if (values === null) return null;
  const { title, description, effort, team } = values;
  return {
    title,
    description: description === '' ? null : description,
    effort: effort === '' ? null : Number(effort),
    status: values.status,
    customFields: { team: team === '' ? null : team },
  };
}

/** Shows the existing comments; resolves with the text of a new one. */
export async function askForComment(card) {
  const values = await ask(
    `Comments of ${card.key}`,
    [
      element('p', {}, card.title),
      element(
        'ol',
        { className: 'comments' },
        ...card.comments.map(({ by, text }) => element('li', {}, element('strong', {}, `${by}: `), text)),
      ),
      field('New comment', element('textarea', { name: 'text', rows: 3, required: true })),
    ],
    'Comment',
  );
  return values === null ? null : values.text;
}

export async function askForDelete(card, where) {
  const values = await ask(
    `Delete ${card.key}?`,
    [element('p', {}, `“${card.title}” will be deleted in ${where}. This cannot be undone.`)],
    'Delete',
    'bad',
  );
  return values !== null;
}
