interface Listed<Page, Item> {
  /** Of the first page. @default that of the list */
  readonly cursor: string | undefined;
  readonly ask: (cursor: string | undefined) => Promise<Page>;
  readonly itemsOf: (page: Page) => readonly Item[];
}

/** A list that comes in pages, each with the cursor of the next one. A page is asked for when it is needed. */
export function pagesOf<Page extends { readonly next_cursor?: string | undefined }, Item>({
  cursor: first,
  ask,
  itemsOf,
}: Listed<Page, Item>) {
  async function* pages(): AsyncGenerator<Page, void> {
    let cursor = first;
    do {
      const page = await ask(cursor);
      yield page;
      cursor = page.next_cursor;
    } while (cursor !== undefined);
  }

  async function* items(): AsyncGenerator<Item, void> {
    for await (const page of pages()) yield* itemsOf(page);
  }

  return { pages, [Symbol.asyncIterator]: items };
}
