import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { DownloadBehaviour, Served, Unreachable } from './scenario.ts';
import { serveFile } from './serve-file.ts';

const CLIP_PATH = '/clip.mp4';
/** The path of the image that replaces the one in MiniMax's example. */
export const IMAGE_PATH = '/pet.jpg';
/** A label has 63 letters at most (RFC 1035, 2.3.4), so no resolver asks for this name. */
export const NOWHERE = `https://${'x'.repeat(64)}.example/clip.mp4`;

const WORDS = {
  whole: {},
  half: { ends: 'half-way' },
  stalled: { ends: 'silent half-way' },
  unmeasured: { framing: 'none' },
  'half, unmeasured': { framing: 'none', ends: 'half-way' },
  empty: { content: 'nothing' },
  page: { content: 'a page' },
} as const satisfies Readonly<Record<string, Served>>;

/** Serves finished videos as a scenario says. */
export interface FileServer {
  /** Is it the path of the clip, which needs no task? */
  answersTo(path: string): boolean;
  serveImage(response: ServerResponse): void;
  /** @param video the file behind the link. @default the clip */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    behaviour: Exclude<DownloadBehaviour, Unreachable>,
    video?: Buffer,
  ): void;
}

export async function createFileServer(): Promise<FileServer> {
  const clip = await readFile(join(import.meta.dirname, 'clip.mp4'));
  const image = await readFile(join(import.meta.dirname, 'pet.jpg'));
  return {
    serveImage(response) {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': image.length }).end(image);
    },
    answersTo: (path) => path === CLIP_PATH,
    serve(request, response, behaviour, video = clip) {
      const redirect = (location: string): void => void response.writeHead(302, { location }).end();
      if (typeof behaviour === 'object' && 'httpStatus' in behaviour) {
        response.writeHead(behaviour.httpStatus).end();
        return;
      }
      if (typeof behaviour === 'object' && 'redirects' in behaviour) {
        const query = new URL(`http://simulator${request.url}`).searchParams;
        const left = Number(query.get('left') ?? behaviour.redirects);
        return left > 0 ? redirect(`?left=${left - 1}`) : serveFile(request, response, {}, video);
      }
      if (typeof behaviour === 'object') return serveFile(request, response, behaviour, video);
      switch (behaviour) {
        case 'lost':
          response.destroy();
          return;
        case 'moved':
          return redirect(CLIP_PATH);
        case 'moved in circles':
          return redirect(request.url ?? '');
        case 'moved away':
          return redirect(NOWHERE);
        case 'moved inside':
          return redirect('http://169.254.169.254/latest/meta-data/');
        default:
          return serveFile(request, response, WORDS[behaviour], video);
      }
    },
  };
}
