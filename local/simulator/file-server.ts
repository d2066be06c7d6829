import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Down, DownloadBehaviour } from './script.ts';

const CLIP_PATH = '/clip.mp4';
/** No name has a label of 64 letters (RFC 1035, 2.3.4), so this one is looked up nowhere. */
export const NOWHERE = `https://${'x'.repeat(64)}.example/clip.mp4`;

/** Serves the finished videos, well or badly. */
export interface FileServer {
  /** Answers when the path is the clip's own, without any link. */
  answersTo(path: string): boolean;
  serve(response: ServerResponse, path: string, behaviour: Exclude<DownloadBehaviour, Down>): void;
}

export async function createFileServer(): Promise<FileServer> {
  const clip = await readFile(join(import.meta.dirname, 'clip.mp4'));
  const headers = { 'content-type': 'video/mp4', 'content-length': clip.length };
  const half = clip.subarray(0, clip.length / 2);
  const redirect = (response: ServerResponse, location: string): void =>
    void response.writeHead(302, { location }).end();

  /** As before HTTP/1.1: no length and no chunks, so that only the closed connection is the end. */
  const unmeasured = (response: ServerResponse, content: Buffer): void => {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { 'content-type': 'video/mp4', connection: 'close' });
    response.flushHeaders();
    response.end(content);
  };

  return {
    answersTo: (path) => path === CLIP_PATH,
    serve(response, path, behaviour) {
      if (typeof behaviour === 'object') {
        response.writeHead(behaviour.httpStatus).end();
        return;
      }
      switch (behaviour) {
        case 'whole':
          response.writeHead(200, headers).end(clip);
          return;
        case 'half':
          response.writeHead(200, headers).write(half, () => response.destroy());
          return;
        case 'stalled':
          response.writeHead(200, headers).write(half);
          return;
        case 'unmeasured':
          return unmeasured(response, clip);
        case 'half, unmeasured':
          return unmeasured(response, half);
        case 'lost':
          response.destroy();
          return;
        case 'empty':
          response.writeHead(200, { 'content-length': 0 }).end();
          return;
        case 'page':
          response.writeHead(200, { 'content-type': 'text/html' });
          response.end('<html>This is not the video that you paid for.</html>');
          return;
        case 'moved':
          return redirect(response, CLIP_PATH);
        case 'moved in circles':
          return redirect(response, path);
        case 'moved away':
          return redirect(response, NOWHERE);
      }
    },
  };
}
