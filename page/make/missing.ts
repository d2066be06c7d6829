import type { Template } from '../catalogue.ts';
import { T } from '../strings.ts';
import type { Draft } from './draft.ts';
import type { ChosenImage } from './image-check.ts';

interface Filled {
  readonly draft: Draft;
  readonly image: ChosenImage | undefined;
  readonly template: Template | undefined;
}

/** What a form lacks before it can be sent. @returns '' for nothing */
export function missingIn({ draft, image, template }: Filled): string {
  if (image?.why !== undefined) return T.imageWrong(image.name, image.why);
  if (template === undefined) return '';
  const { media_inputs, text_inputs } = template;
  if (media_inputs.min_items > 0 && image === undefined && draft.image === undefined) return T.imageMissing;
  const isTextMissing = text_inputs.min_items > 0 && draft.text.trim() === '';
  return isTextMissing ? T.textMissing(text_inputs.description ?? T.anyText) : '';
}
