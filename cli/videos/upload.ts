import { printableJson } from '../../lambdas/core/text/plain.ts';
import type { Interruption } from '../command.ts';
import { readImage } from '../make/order.ts';
import { connect } from '../service/connect.ts';
import type { WhereValues } from '../service/where.ts';

interface UploadValues extends WhereValues {
  readonly json: boolean;
}

/** Uploads an image, and prints the value of a media input. @returns the exit code */
export async function upload(file: string, values: UploadValues, { signal }: Interruption): Promise<number> {
  const { bytes } = await readImage('FILE', file);
  const { client } = await connect(values, signal);
  const value = await client.upload(bytes);
  console.log(values.json ? printableJson({ value }) : value);
  return 0;
}
