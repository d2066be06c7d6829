import { inspectWhole } from '../../lambdas/core/image/image.ts';
import { IMAGE_LIMIT_BYTES } from '../../lambdas/core/image/limits.ts';
import { T } from '../strings.ts';

/** An image that was chosen, with what is wrong with it by MiniMax's rules. */
export interface ChosenImage {
  readonly file: Blob;
  readonly name: string;
  /** A `blob:` address for the picture, to be revoked. */
  readonly address: string;
  readonly why?: string;
}

/** Checks an image with the rules of the service, before anything is sent. */
export async function chooseImage(file: Blob, name: string): Promise<ChosenImage> {
  return { file, name, address: URL.createObjectURL(file), why: await wrongWith(file) };
}

async function wrongWith(file: Blob): Promise<string | undefined> {
  if (file.size >= IMAGE_LIMIT_BYTES) return T.imageTooLarge(file.size, IMAGE_LIMIT_BYTES);
  const inspected = inspectWhole(new Uint8Array(await file.arrayBuffer()));
  return 'why' in inspected ? inspected.why : undefined;
}
