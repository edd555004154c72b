/** Pieces of SQL that several files of this folder use; `l` is `item_link`. */

/** A link whose dev item is read, in feeds and inventories; `done` ones too, because they may be reopened. */
export const LIVE = `l.phase not in ('released', 'not-ready') and l.dev_item_id is not null`;

/** The row of $1, $2. */
export const THIS_ITEM = 'pipeline_id = $1 and craft_item_id = $2';

/** The unique index that lets one Craft item alone hold a dev item. */
export const LIVE_DEV_ITEM_KEY = 'item_link_live_dev_item';
