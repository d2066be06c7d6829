import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listen, readBody } from '../../local/loopback-server.ts';

/**
 * An S3 endpoint that counts bytes and does not store them, so that no disk is measured. It completes a multipart upload at
 * once, as S3 does. The local object store would copy all parts.
 */
export function startSink(): Promise<Listening> {
  const objects = new Map<string, number>();
  const uploads = new Map<string, number>();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(`http://sink${request.url}`);
    const uploadId = searchParams.get('uploadId') ?? '';
    const etag = { etag: `"${randomUUID()}"` };
    switch (`${request.method} ${kindOf(searchParams)}`) {
      case 'PUT object':
        objects.set(pathname, await count(request));
        return void response.writeHead(200, etag).end();
      case 'PUT upload': {
        const bytes = await count(request);
        uploads.set(uploadId, (uploads.get(uploadId) ?? 0) + bytes);
        return void response.writeHead(200, etag).end();
      }
      case 'POST uploads': {
        const id = randomUUID();
        return xml(response, 'InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`);
      }
      case 'POST upload':
        await readBody(request);
        objects.set(pathname, uploads.get(uploadId) ?? 0);
        return xml(
          response,
          'CompleteMultipartUploadResult',
          `<Key>${pathname}</Key><ETag>${etag.etag}</ETag>`,
        );
      case 'GET uploads':
        return xml(response, 'ListMultipartUploadsResult', '');
      case 'HEAD object': {
        const bytes = objects.get(pathname);
        if (bytes === undefined) return void response.writeHead(404).end();
        const dated = { 'last-modified': new Date().toUTCString() };
        return void response.writeHead(200, { ...etag, ...dated, 'content-length': bytes }).end();
      }
      default:
        return xml(response, 'Error', '<Code>NoSuchKey</Code>', 404);
    }
  }
  return listen(createServer(), route, 0);
}

function kindOf(query: URLSearchParams): 'uploads' | 'upload' | 'object' {
  if (query.has('uploads')) return 'uploads';
  return query.has('uploadId') ? 'upload' : 'object';
}

/** The number of content bytes, with or without the chunk headers of a signed stream. */
async function count(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  return Number(request.headers['x-amz-decoded-content-length'] ?? bytes);
}

function xml(response: ServerResponse, root: string, inside: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inside}</${root}>`);
}
