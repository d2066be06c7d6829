/** A request with its inline images (`data:` URLs) named instead of repeated; whatever else it is, it stays as it is. */
export function withoutInlineImages<Request>(request: Request): Request {
  const { media_inputs } = (request ?? {}) as { readonly media_inputs?: unknown };
  if (!Array.isArray(media_inputs)) return request;
  return { ...request, media_inputs: media_inputs.map(withoutInlineImage) };
}

function withoutInlineImage(input: unknown): unknown {
  const { value } = (input ?? {}) as { readonly value?: unknown };
  const inline = typeof value === 'string' ? /^data:([^;,]*)[;,]/i.exec(value) : null;
  return inline === null
    ? input
    : { value: `data:${inline[1]} (inline, ${String(value).length} characters)` };
}
