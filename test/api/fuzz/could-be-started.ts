import { REQUEST } from '../../harness/running-service.ts';

const GOOD_IMAGE = REQUEST.media_inputs[0]?.value;

/** The rules of a request, on purpose written a second time and without the schemas. */
export function couldBeStarted(text: string): boolean {
  const request = parsed(text) as Record<string, unknown> | null | undefined;
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return false;
  const isId = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);
  const isList = (value: unknown, isRight: (item: string) => boolean): boolean =>
    value === undefined ||
    (Array.isArray(value) &&
      value.every(
        (item) =>
          typeof item === 'object' &&
          item !== null &&
          Object.keys(item).join() === 'value' &&
          typeof item.value === 'string' &&
          isRight(item.value),
      ));
  const { task_id, template_id, media_inputs, text_inputs, metadata, ...rest } = request;
  if (Object.keys(rest).length > 0) return false;
  if (
    metadata !== undefined &&
    (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
  )
    return false;
  if ('task_id' in request)
    return isId(task_id) && Object.keys(request).every((key) => /^(task_id|metadata)$/.test(key));
  return (
    isId(template_id) &&
    fitsTemplate(template_id, media_inputs, text_inputs) &&
    isList(text_inputs, (text_) => text_ !== '') &&
    isList(
      media_inputs,
      (value) => value === GOOD_IMAGE || /^(https?:|s3:\/\/videos\/uploads\/)/i.test(value),
    )
  );
}

/** The template Run for Life takes one image and one text. The other templates are unknown. */
function fitsTemplate(templateId: unknown, media: unknown, texts: unknown): boolean {
  const isOne = (list: unknown): boolean => Array.isArray(list) && list.length === 1;
  return templateId !== REQUEST.template_id || (isOne(media) && isOne(texts));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
