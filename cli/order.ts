import type { ImageType, NewVideo, VideosClient } from '../client/index.ts';
import type { ExistingTaskRequest, NewTaskRequest } from '../lambdas/core/api/request.ts';

export interface LocalImage {
  readonly bytes: Buffer;
  readonly type: ImageType;
}

/** An image for the template: the URL of one, a local file, or that of MiniMax's own example. */
export type Image = { readonly url: string } | LocalImage | 'example';

/** The request of a person, with its images. */
export interface Order {
  /** The body to POST, but for its images. */
  readonly request: ExistingTaskRequest | NewTaskRequest;
  readonly images: readonly Image[];
}

interface RequestOptions {
  /** The image of MiniMax's own example, or another one instead. */
  readonly exampleImage: string;
  readonly upload: VideosClient['upload'];
}

/** Uploads the local images, each once. @throws ApiError, NoResponse, Stopped */
export async function toRequest(
  { request, images }: Order,
  { exampleImage, upload }: RequestOptions,
): Promise<NewVideo> {
  if ('task_id' in request) return request;
  const values = images.map((image) => {
    if (image === 'example') return exampleImage;
    return 'url' in image ? image.url : upload(image.bytes, { content_type: image.type });
  });
  const media_inputs = (await Promise.all(values)).map((value) => ({ value }));
  return { ...request, media_inputs };
}
