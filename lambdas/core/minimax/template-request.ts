import * as z from 'zod/mini';
import { ITEMS_RULE, imageUrl, inputText, MAX_ITEMS, minimaxId } from './inputs.ts';

const LIST_RULE = 'must be a list of { "value": … }';

/** The body of `POST /v1/video_template_generation`. */
export const templateRequestSchema = z.strictObject({
  template_id: minimaxId.check(z.describe("A template's id, as in GET /templates. Always a string.")),
  media_inputs: z.optional(
    z.array(z.strictObject({ value: imageUrl }), LIST_RULE).check(z.maxLength(MAX_ITEMS, ITEMS_RULE)),
  ),
  text_inputs: z.optional(
    z.array(z.strictObject({ value: inputText }), LIST_RULE).check(z.maxLength(MAX_ITEMS, ITEMS_RULE)),
  ),
});

export type TemplateRequest = Readonly<z.infer<typeof templateRequestSchema>>;

/** A request of a person's words. @param images none leaves out their list */
export function toTemplateRequest(
  template: string,
  texts: readonly string[],
  images?: readonly string[],
): TemplateRequest {
  const toInput = (value: string) => ({ value });
  return { template_id: template, media_inputs: images?.map(toInput), text_inputs: texts.map(toInput) };
}
