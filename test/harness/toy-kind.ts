import * as z from 'zod/mini';
import type { Kind } from '../../lambdas/core/minimax/kind.ts';

const toyRequest = z.strictObject({
  model: z.string('must be a string'),
  content: z.array(
    z.union([
      z.strictObject({ text: z.string() }),
      z.strictObject({ image: z.strictObject({ url: z.string() }) }),
    ]),
  ),
});
type ToyRequest = z.infer<typeof toyRequest>;

interface ToyTask {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly content?: { readonly url?: unknown };
  readonly error?: { readonly code?: unknown };
}

/** A kind of task as another file beside `template.ts` would have it. Its calls are shaped like those of MiniMax's V2. */
export const toy = {
  field: 'model',
  requestSchema: toyRequest,
  listFields: ['content'],
  textFields: [],
  createPath: '/v2/toy_generation',
  toBody: ({ model, content }) => ({ model, content }),
  queryPath: (taskId) => `/v2/query/toy_generation/${taskId}`,
  queriedIdField: 'id',
  readTask({ task }) {
    const { id, status, content, error } = (task ?? {}) as ToyTask;
    return { taskId: id, status, videoUrl: content?.url, code: error?.code };
  },
  finalWords: { succeeded: 'succeeded', failed: 'failed', cancelled: 'failed' },
  mapImages(body, replace) {
    const { content } = (body ?? {}) as Partial<ToyRequest>;
    if (!Array.isArray(content)) return body;
    const replaced = content.map((item, index) =>
      'image' in item ? { image: { url: replace(item.image.url, `/content/${index}/image/url`) } } : item,
    );
    return { ...(body as object), content: replaced };
  },
  violations: ({ content }) =>
    content.some((item) => 'text' in item) ? [] : [{ pointer: '/content', detail: 'needs a text' }],
  warnings: () => ['No host makes toys.'],
  price: () => ({ name: 'Toy', usd: 0.25, readOn: '2026-11-26' }),
  describe: (request) => `of the toy ${(request as ToyRequest).model}`,
} as const satisfies Kind<ToyRequest>;
