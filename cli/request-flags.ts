import { readFile } from 'node:fs/promises';
import { toVideoRequest } from '../lambdas/core/api/request.ts';
import { inspectWhole } from '../lambdas/core/image/image.ts';
import { template as templateKind } from '../lambdas/core/minimax/template.ts';
import { toTemplateRequest } from '../lambdas/core/minimax/template-request.ts';
import { UsageError } from '../local/user-error.ts';
import { EXAMPLE } from './commands.ts';
import type { Image, Order } from './order.ts';

/** The flags that describe the video. */
export interface RequestValues {
  readonly template?: string;
  readonly media?: readonly string[];
  readonly text?: readonly string[];
  readonly task?: string;
}

/** @throws UsageError */
export async function toOrder({ template, media, text, task }: RequestValues): Promise<Order> {
  if (task !== undefined) {
    if (template !== undefined || media !== undefined || text !== undefined) {
      throw new UsageError(
        '--task adopts a task that exists, so --template, --media and --text cannot be used with it.',
      );
    }
    assertValidRequest({ task_id: task });
    return { request: { task_id: task }, images: [] };
  }
  const isExample = template === undefined;
  const images = await Promise.all(media?.map(toImage) ?? (isExample ? (['example'] as const) : []));
  const id = template ?? EXAMPLE.template;
  const texts = text ?? (isExample ? [EXAMPLE.text] : []);
  const urls = images.flatMap((image) => (image !== 'example' && 'url' in image ? [image.url] : []));
  assertValidRequest(toTemplateRequest(id, texts, urls));
  return { request: toTemplateRequest(id, texts), images };
}

/** Checks a request as the service does, and names the flag instead of the field. */
function assertValidRequest(request: object): void {
  const checked = toVideoRequest(request);
  if (checked.ok) return;
  const flagOf = (pointer: string): string => FLAGS[pointer.split('/')[1] ?? ''] ?? pointer;
  throw new UsageError(
    checked.issues.map(({ pointer, detail }) => `${flagOf(pointer)} ${detail}.`).join('\n'),
  );
}

const FLAGS: Readonly<Record<string, string>> = {
  task_id: '--task',
  [templateKind.field]: '--template',
  media_inputs: '--media',
  text_inputs: '--text',
};

async function toImage(media: string): Promise<Image> {
  if (/^[a-z0-9]{2,}:/i.test(media)) return { url: media };
  const bytes = await readFile(media).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--media "${media}" cannot be read (${error.code}); allowed is a URL or a local image file.`,
    );
  });
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) throw new UsageError(`--media "${media}" ${inspected.why}.`);
  return { bytes, type: inspected.type };
}
