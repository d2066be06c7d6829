/** A list of 100 videos has less than a megabyte. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The body of a response as text. @throws RangeError for one without an end, which would fill the memory */
export async function textOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return response.text();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
    if (bytes <= MAX_BYTES) continue;
    await reader.cancel().catch(() => undefined);
    throw new RangeError(`its answer has more than ${MAX_BYTES} bytes`);
  }
}
