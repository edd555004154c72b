/** What craftsync knows of a dev item, in words that every dev tool shares. */

export interface DevItem {
  readonly id: string;
  /** What people call it, e.g. `MOB-12`; null if the tool has no keys. */
  readonly key: string | null;
  readonly url: string | null;
  /** What its feed is read by: a space, a project, a list. A dev item may be moved to another. */
  readonly scope: string;
  /** The tool's own word, exactly; `archived` for archived items of CraftDesk and Craftnote (design 6). */
  readonly status: string;
  /** ISO time; null if the tool has none. */
  readonly updatedAt: string | null;
  readonly createdAt: string | null;
}

/** What a `devItemChanged` signal carries (design 7, Messages). */
export interface DevItemSnapshot {
  readonly id: string;
  readonly key: string | null;
  readonly url: string | null;
  readonly status: string;
  readonly updatedAt: string | null;
  /** The scope that it was read in; absent in signals of older releases. */
  readonly scope?: string;
  /** True: taken from the item's row because its mapping changed, so nothing newer is known and no read is needed. */
  readonly fromLedger?: boolean;
}

/** A dev item as others refer to it. */
export interface DevItemRef {
  readonly id: string;
  readonly key: string | null;
  readonly url: string | null;
  readonly scope: string | null;
}

/** A link in Craft.io's text to another handed-over item: the link to its dev item is added beside it. */
export interface RelatedItem {
  readonly craftUrl: string;
  readonly devItem: DevItemRef;
}

/**
 * Everything a connector needs to create one dev item. Texts are Craft.io's own: the connector converts, neutralises
 * and cuts them.
 */
export interface DevItemDraft {
  /** The pipeline's `target`, parsed by the connector's own schema. */
  readonly target: unknown;
  readonly marker: string;
  /** The Craft item's page, put beside the marker; null if it is not known. */
  readonly craftUrl: string | null;
  readonly title: string;
  /** As Craft.io has it: HTML, Markdown or plain text. `connectors/text/` turns it into what the tool speaks. */
  readonly description: string;
  /** Further fields by the connector's names, e.g. `effort`: their values, at least one each. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** IANA name: where a moment of Craft.io is a day. */
  readonly timeZone: string;
  /** The dev item to create it under; given only where the connector's `hierarchy` accepted it. */
  readonly parent?: DevItemRef;
  /** The parent's dev item if this one cannot be created under it: a first line of the description names it. */
  readonly partOf?: DevItemRef;
  /** Handed-over items that the description links to. */
  readonly related?: readonly RelatedItem[];
}
