import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Reads the whole video into memory, and stores it with one put. */
const [link = '', Bucket = '', Key = ''] = process.argv.slice(2);
const answer = await fetch(link);
const Body = Buffer.from(await answer.arrayBuffer());
await new S3Client().send(new PutObjectCommand({ Bucket, Key, Body }));
