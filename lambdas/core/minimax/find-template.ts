interface Template {
  readonly template_id: string;
}

/** The template of an id in a catalogue. It stands apart from the catalogue, so that a browser needs no schema for it. */
export function findTemplate<T extends Template>(
  id: string | undefined,
  { templates }: { readonly templates: readonly T[] },
): T | undefined {
  return templates.find(({ template_id }) => template_id === id);
}
