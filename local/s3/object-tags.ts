import S3Object from '@20minutes/s3rver/lib/models/object.js';

/** The header with the tags of a new object, as in `a=1&b=2`. */
export const TAGGING = 'x-amz-tagging';

/** Makes s3rver keep the tags of an object with its other headers. */
export function keepTags(): void {
  if (!S3Object.ALLOWED_METADATA.includes(TAGGING)) S3Object.ALLOWED_METADATA.push(TAGGING);
}

/** The tags of an object as GetObjectTagging answers with them. */
export function toTagging({ [TAGGING]: tags = '' }: Readonly<Record<string, string>>): {
  toXML(): string;
} {
  const set = toTags(tags).map(
    ([name, value]) => `<Tag><Key>${escaped(name)}</Key><Value>${escaped(value)}</Value></Tag>`,
  );
  return { toXML: () => `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>` };
}

/** Name and value of each tag. */
export function toTags(tags: string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(tags)];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
