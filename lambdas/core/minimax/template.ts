import { fieldsOf } from '../json/fields.ts';
import { plain } from '../text/plain.ts';
import { findTemplate } from './find-template.ts';
import type { Kind, ReplaceImage } from './kind.ts';
import { type TemplateRequest, templateRequestSchema } from './template-request.ts';
import { templateViolations, templateWarnings, toCatalogue } from './templates.ts';

/** A video from one of MiniMax's templates. */
export const template = {
  field: 'template_id',
  requestSchema: templateRequestSchema,
  listFields: ['media_inputs', 'text_inputs'],
  textFields: ['text_inputs'],
  createPath: '/v1/video_template_generation',
  toBody: ({ template_id, media_inputs, text_inputs }) => ({ template_id, media_inputs, text_inputs }),
  queryPath: (taskId) => `/v1/query/video_template_generation?task_id=${encodeURIComponent(taskId)}`,
  queriedIdField: 'task_id',
  readTask: ({ task_id, status, video_url }) => ({ taskId: task_id, status, videoUrl: video_url }),
  finalWords: { success: 'succeeded', fail: 'failed', failed: 'failed' },
  mapImages,
  violations: (request, host) => templateViolations(request, toCatalogue(host)),
  warnings: (request, host) => templateWarnings(templateIdOf(request), toCatalogue(host)),
  price(request, host) {
    const { read_on: readOn, ...catalogue } = toCatalogue(host);
    const known = findTemplate(templateIdOf(request), catalogue);
    return { name: known?.name, usd: known?.price_usd ?? null, readOn };
  },
  describe(request) {
    const id = templateIdOf(request);
    return id === undefined ? '' : `of template ${plain(id)}`;
  },
} as const satisfies Kind<TemplateRequest>;

function mapImages(body: unknown, replace: ReplaceImage): unknown {
  const { media_inputs } = fieldsOf(body);
  if (!Array.isArray(media_inputs)) return body;
  const replaced = media_inputs.map((input: unknown, index) => {
    const { value } = fieldsOf(input);
    if (typeof value !== 'string') return input;
    return { ...(input as object), value: replace(value, `/media_inputs/${index}/value`) };
  });
  return { ...(body as object), media_inputs: replaced };
}

function templateIdOf(request: unknown): string | undefined {
  const { template_id } = fieldsOf(request);
  return typeof template_id === 'string' ? template_id : undefined;
}
