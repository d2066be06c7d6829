/** Every form in which the id of a video can stand in a path. */
export const ID_FORMS: readonly (readonly [name: string, toPath: (videoId: string) => string])[] = [
  ['exact', (id) => `/videos/${id}`],
  ['in capitals', (id) => `/videos/${id.toUpperCase()}`],
  ['percent-encoded', (id) => `/videos/${percentEncoded(id)}`],
  ['percent-encoded twice', (id) => `/videos/${percentEncoded(id).replaceAll('%', '%25')}`],
  ['with a slash behind', (id) => `/videos/${id}/`],
  ['with an encoded slash behind', (id) => `/videos/${id}%2F`],
  ['with an encoded slash before', (id) => `/videos/%2F${id}`],
  ['as the key of its document', (id) => `/videos/${id}%2Fjob.json`],
  ['from the folder above', (id) => `/videos/x%2F..%2F${id}`],
  ['with spaces behind', (id) => `/videos/${id}%20%20`],
  ['with a space before', (id) => `/videos/%20${id}`],
  ['with a plus behind', (id) => `/videos/${id}+`],
  ['with a line break', (id) => `/videos/${id}%0A`],
  ['with a NUL', (id) => `/videos/${id}%00`],
  ['with an invisible character', (id) => `/videos/${id}%E2%80%8B`],
  ['with a query', (id) => `/videos/${id}?owner=iam+AKIATWO&video_id=${id}`],
  ['as an ARN', (id) => `/videos/arn:aws:states:eu-west-1:123456789012:execution:Machine:${id}`],
  ['with a wildcard', (id) => `/videos/${id.slice(0, -1)}*`],
];

function percentEncoded(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Makes a media input of the place of another owner's upload, its name, and the own place of the sender. */
type ToValue = (theirs: string, name: string, own: string) => string;

/** Every form in which another owner's upload can be named. A place is as in `s3://bucket/uploads/hash/`. */
export const UPLOAD_FORMS: readonly (readonly [name: string, toValue: ToValue])[] = [
  ['exact', (theirs, name) => theirs + name],
  ['in capitals', (theirs, name) => (theirs + name).toUpperCase()],
  [
    'with its hash in capitals',
    (theirs, name) => theirs.replace(/\w+\/$/, (hash) => hash.toUpperCase()) + name,
  ],
  ['with its scheme in capitals', (theirs, name) => theirs.replace('s3:', 'S3:') + name],
  ['with an encoded slash', (theirs, name) => `${theirs.slice(0, -1)}%2F${name}`],
  ['percent-encoded', (theirs, name) => theirs + percentEncoded(name)],
  ['with one dot', (theirs, name) => `${theirs}./${name}`],
  ['with two dots', (theirs, name) => `${theirs}x/../${name}`],
  ['from the own place', (theirs, name, own) => `${own}../${hashOf(theirs)}/${name}`],
  ['from the own place, encoded', (theirs, name, own) => `${own}%2e%2e%2f${hashOf(theirs)}%2f${name}`],
  ['with two slashes', (theirs, name) => `${theirs}/${name}`],
  ['with a slash before its key', (theirs, name) => theirs.replace('/uploads', '//uploads') + name],
  ['with a slash behind', (theirs, name) => `${theirs}${name}/`],
  ['with a space before', (theirs, name) => ` ${theirs}${name}`],
  ['with an invisible character', (theirs, name) => `${theirs}${name}\u200b`],
  ['with a query', (theirs, name) => `${theirs}${name}?versionId=null`],
  ['without its owner', (theirs, name) => theirs.replace(/\w+\/$/, '') + name],
  ['without its bucket', (theirs, name) => `s3://${theirs.split('/').slice(3).join('/')}${name}`],
  ['without its scheme', (theirs, name) => theirs.replace('s3:', '') + name],
  ['as a key', (theirs, name) => theirs.split('/').slice(3).join('/') + name],
  ['as an ARN', (theirs, name) => theirs.replace('s3://', 'arn:aws:s3:::') + name],
];

function hashOf(place: string): string {
  return place.split('/').at(-2) ?? '';
}
