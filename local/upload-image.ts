import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Image } from './flags.ts';
import type { LocalService } from './local-service.ts';

/** What to put as a media input: a URL as it is, or the place in the service's bucket that a local image was put to. */
export async function toMediaValue(image: Image, { deployment, environment }: LocalService): Promise<string> {
  if ('url' in image) return image.url;
  const [Bucket = ''] = deployment.buckets;
  const Key = `uploads/${crypto.randomUUID()}`;
  const client = new S3Client({
    region: environment.AWS_REGION,
    endpoint: environment.AWS_ENDPOINT_URL_S3,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
  await client.send(new PutObjectCommand({ Bucket, Key, Body: image.bytes, ContentType: image.type }));
  client.destroy();
  return `s3://${Bucket}/${Key}`;
}
